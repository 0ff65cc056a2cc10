#!/usr/bin/env bash
# tests/benchmark/run.sh - installs what is missing, builds the library optimised, measures, and prints one table: what an operation of
# uatrust costs, and the OpenSSL or system calls that it cannot do without, measured in the same run. Debian 12, as root or with sudo.
#
#   tests/benchmark/run.sh           trusted lists of up to 10 000 certificates, CRLs of up to 100 000 entries
#   tests/benchmark/run.sh --full    a list of 100 000 certificates as well, and a flood of 10 000: takes some minutes and gigabytes more
#
# Compare ratios of one run. Times depend on the machine and on what else it does meanwhile. Nothing fails by being slow.
# Other options go to the program (--help). The numbers go to table.json in ${UATRUST_BUILD_DIR:-build}/benchmark as well, the rows that
# have a target to table.md, for a document, and the files that are measured to ${TMPDIR:-/tmp} while it runs: the kind of file system
# there matters.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
. "$root/cmake/scripts/common.sh"
. "$root/cmake/scripts/packages.sh"

if [ "${1:-}" = --help ]; then
    sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit
fi

build="${UATRUST_BUILD_DIR:-$root/build}/benchmark"
unset OPENSSL_CONF   # it may exchange the implementations that are measured

"$root/cmake/scripts/install-packages.sh" "${UATRUST_PACKAGES_BUILD[@]}" "${UATRUST_PACKAGES_BENCHMARK[@]}"
cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DUATRUST_BUILD_BENCHMARKS=ON -DUATRUST_BUILD_TOOL=OFF \
    -DUATRUST_BUILD_EXAMPLES=OFF -DUATRUST_INSTALL=OFF >&2
cmake --build "$build" --target uatrust_benchmark --parallel "$(uatrust_jobs)" >&2
"$build/tests/benchmark/uatrust_benchmark" "--json=$build/table.json" "--markdown=$build/table.md" "$@"
say "the same numbers, with every repetition: $build/table.json; as Markdown: $build/table.md"
