# What uatrust needs, as Debian package names; sourced, never run.
# shellcheck shell=bash disable=SC2034
#
# a|b      any of these counts; the first one there is gets installed
# cmd:x|p  the command x counts as well, wherever it comes from. This matters
#          for node: a node from elsewhere brings its own npm and conflicts with
#          Debian's npm package.

# Library and command line tool. g++ includes the AddressSanitizer,
# UndefinedBehaviorSanitizer and ThreadSanitizer run-times.
UATRUST_PACKAGES_BUILD=(
    'cmd:c++|g++'
    'cmd:cmake|cmake'
    'cmd:ninja|ninja-build'
    'cmd:pkg-config|pkgconf|pkg-config'
    libssl-dev
    libboost-filesystem-dev
    libfmt-dev
    libcli11-dev
    nlohmann-json3-dev
    libcpp-httplib-dev
    ca-certificates
)

# examples/: their command lines, and what fetching and building open62541 takes
# (open62541.sh).
UATRUST_PACKAGES_EXAMPLES=(
    libcli11-dev
    dpkg-dev
    'cmd:python3|python3'
    'cmd:openssl|openssl'
)

# tests/: the unit tests, and node-opcua as the foreign peer. ccache, because everything is built several times.
UATRUST_PACKAGES_TEST=(
    catch2
    'cmd:ccache|ccache'
    nlohmann-json3-dev
    'cmd:openssl|openssl'
    'cmd:git|git'
    'cmd:node|nodejs'
    'cmd:npm|npm'
)

# tests/web: the browser that the page is tested in.
UATRUST_PACKAGES_BROWSER=(
    'cmd:chromium|chromium'
)

# tests/fuzz: Clang, and its run-time with libFuzzer and the sanitizers, which clang only recommends.
UATRUST_PACKAGES_FUZZ=(
    'cmd:clang++|clang'
    libclang-rt-dev
)

# tests/benchmark, for its run.sh alone: Google Benchmark, and what the test support is built with.
UATRUST_PACKAGES_BENCHMARK=(
    libbenchmark-dev
    catch2
    nlohmann-json3-dev
)
