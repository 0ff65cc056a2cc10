#!/usr/bin/env bash
# tests/run.sh - installs what is missing, builds, and passes every test. Debian 12, as root or with sudo; asks nothing.
#
#   tests/run.sh            everything: unit tests, package, interoperability, the page in a browser, sanitizers, fuzzing, the dialogue of the
#                           examples
#   tests/run.sh --fast     unit tests, architecture and package only: no foreign peers, no browser, no sanitizers, no fuzzing
#
# Each fuzz target runs for ${UATRUST_FUZZ_SECONDS:-10} seconds; what it finds stays in the build folder.
# UATRUST_STRESS_ROUNDS=5000 makes processes and threads change one folder for some minutes, and not for some seconds.
# Things fetched and built once go to ${UATRUST_CACHE:-~/.cache/uatrust}, what ccache keeps too, builds to ${UATRUST_BUILD_DIR:-build}.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/cmake/scripts/common.sh"
. "$root/cmake/scripts/packages.sh"

fast=
case "${1:-}" in
    --fast) fast=1 ;;
    '') ;;
    *) sed -n '2,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; [ "$1" = --help ] && exit 0; exit 2 ;;
esac

build="${UATRUST_BUILD_DIR:-$root/build}"
jobs=$(uatrust_jobs)
# node-opcua and openssl read this variable; a test must not depend on the caller's.
unset OPENSSL_CONF

step() { printf '\n=== %s\n' "$*"; }

step "installing what is missing"
packages=("${UATRUST_PACKAGES_BUILD[@]}" "${UATRUST_PACKAGES_TEST[@]}")
[ -n "$fast" ] || packages+=("${UATRUST_PACKAGES_EXAMPLES[@]}" "${UATRUST_PACKAGES_BROWSER[@]}" "${UATRUST_PACKAGES_FUZZ[@]}")
"$root/cmake/scripts/install-packages.sh" "${packages[@]}"
use_ccache "$root"

options=(-G Ninja -DCMAKE_BUILD_TYPE=Debug -DUATRUST_REQUIRE_TOOL=ON)
if [ -z "$fast" ]; then
    open62541=$("$root/cmake/scripts/open62541.sh" | tail -n 1)
    node_opcua=$("$root/tests/interop/install-node-opcua.sh" | tail -n 1)
    playwright=$("$root/tests/web/install-playwright.sh" | tail -n 1)
    options+=("-DCMAKE_PREFIX_PATH=$open62541" "-DUATRUST_NODE_OPCUA=$node_opcua" "-DUATRUST_PLAYWRIGHT=$playwright" -DUATRUST_REQUIRE_OPEN62541=ON)
fi
# Said either way: the build folder remembers what the last run said.
with_examples=ON
[ -z "$fast" ] || with_examples=OFF
options+=(-DUATRUST_BUILD_EXAMPLES=$with_examples -DUATRUST_INTEROP_TESTS=$with_examples -DUATRUST_WEB_TESTS=$with_examples)

step "building the library, the examples and the tests"
cmake -S "$root" -B "$build/test" "${options[@]}"
cmake --build "$build/test" --parallel "$jobs"

step "running the tests"
ctest --test-dir "$build/test" --output-on-failure --no-tests=error --parallel "$jobs"

if [ -z "$fast" ]; then
    # Optimisation -O1 keeps the sanitizers' reports readable and the RSA arithmetic of the tests quick.
    for kind in asan tsan; do
        sanitizers="address;undefined"
        tool=ON
        # No case of the program's tests is tagged [threads]: nothing of it would run.
        [ $kind = tsan ] && sanitizers=thread tool=OFF
        step "building the tests with -fsanitize=${sanitizers//;/,}"
        cmake -S "$root" -B "$build/$kind" -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS="-O1 -g1" \
            "-DUATRUST_SANITIZE=$sanitizers" -DUATRUST_BUILD_TOOL=$tool -DUATRUST_BUILD_EXAMPLES=OFF -DUATRUST_INSTALL=OFF
        cmake --build "$build/$kind" --parallel "$jobs"
        step "running the unit tests with -fsanitize=${sanitizers//;/,}"
        ctest --test-dir "$build/$kind" --output-on-failure --no-tests=error --parallel "$jobs" -L 'unit|fuzz'
    done

    step "building the library and the fuzz targets with Clang"
    cmake -S "$root" -B "$build/fuzz" -G Ninja -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS="-O1 -g1" \
        -DUATRUST_FUZZERS=ON -DUATRUST_BUILD_EXAMPLES=OFF -DUATRUST_INSTALL=OFF
    cmake --build "$build/fuzz" --target uatrust_fuzzers --parallel "$jobs"
    step "fuzzing"
    "$root/tests/fuzz/run.sh" "$build/fuzz"
fi

if [ -z "$fast" ]; then
    step "playing the dialogue of the examples"
    UATRUST_BUILD_DIR="$build/examples" "$root/examples/run.sh"
fi

printf '\nAll tests passed.\n'
