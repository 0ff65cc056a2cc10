#!/usr/bin/env bash
# tests/fuzz/run.sh BUILD [TARGET...] - fuzzes with what BUILD holds (a build with -DUATRUST_FUZZERS=ON, see CMakeLists.txt):
# every target, or those named, for UATRUST_FUZZ_SECONDS (10) each, as many at once as CMAKE_BUILD_PARALLEL_LEVEL or the machine allows.
# New inputs, logs and the inputs of crashes go to BUILD/fuzz/TARGET; the tree stays as it is. Fails on any crash.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/../../cmake/scripts/common.sh"

# fuzz BUILD TARGET CORPUS - one target; what it says goes to a log, what matters to stdout.
fuzz() {
    local work="$1/fuzz/$2" log
    log="$work/log"
    mkdir -p "$work/corpus" "$work/crashes"
    # The first folder takes new inputs, the second one is only read.
    if "$1/tests/fuzz/uatrust_fuzz_$2" -max_total_time="${UATRUST_FUZZ_SECONDS:-10}" -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$work/crashes/" "$work/corpus" "$here/corpus/$3" >"$log" 2>&1; then
        printf '%-26s %9s inputs run\n' "$2" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
        return
    fi
    tail -n 60 "$log"
    printf '%s: FAILED, see %s\n' "$2" "$log"
    sed -n 's/^.*Test unit written to /  input: /p' "$log"
    return 1
}
if [ "${1:-}" = --one ]; then
    shift
    fuzz "$@"
    exit
fi

[ -r "${1:-}/tests/fuzz/targets.txt" ] || { sed -n '2,4s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2; }
build=$(cd "$1" && pwd)
shift
wanted=" $* "
while read -r name corpus; do
    [ "$wanted" != "  " ] && [[ "$wanted" != *" $name "* ]] && continue
    printf '%s\0%s\0%s\0' "$build" "$name" "$corpus"
done <"$build/tests/fuzz/targets.txt" | xargs -0 -n 3 -P "$(uatrust_jobs)" "${BASH_SOURCE[0]}" --one || die "fuzzing has found something"
