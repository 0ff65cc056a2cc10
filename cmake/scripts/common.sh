# Helpers for the scripts beside this file; sourced, never run.
# shellcheck shell=bash
#
# All talk goes to stderr: stdout carries only a script's result (a folder, for
# example), so that CMake and other scripts can use it without filtering.

say()  { printf 'uatrust: %s\n' "$*" >&2; }
warn() { printf 'uatrust: warning: %s\n' "$*" >&2; }
die()  { printf 'uatrust: error: %s\n' "$*" >&2; exit 1; }

# as_root COMMAND... - never asks for a password: a build that stops at a prompt
# nobody sees is worse than one that says what to type. What to type is taken
# from as_root_hint, if the caller has set it.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        # sudo drops the environment, so the one variable that matters is named.
        sudo -n env DEBIAN_FRONTEND="${DEBIAN_FRONTEND:-}" "$@"
    else
        die "this needs root, and there is no sudo that works without a password. Run as root: ${as_root_hint:-$*}"
    fi
}

# Where things fetched and built once are kept: outside the source tree, so that
# a clean checkout does not pay for them again.
uatrust_cache_dir() {
    local dir="${UATRUST_CACHE:-${XDG_CACHE_HOME:-${HOME:-}/.cache}/uatrust}"
    case "$dir" in /.cache/*) die "no HOME; set UATRUST_CACHE to a folder for things fetched and built once" ;; esac
    mkdir -p "$dir" || die "cannot create the cache folder $dir; set UATRUST_CACHE to another one"
    (cd "$dir" && pwd -P)
}

# Number of parallel jobs, or what the user has asked CMake for.
uatrust_jobs() {
    echo "${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc 2>/dev/null || echo 2)}"
}

# uatrust_lock FILE - held until the calling script ends. Two builds started at
# once then do the work once; the second finds it done.
uatrust_lock() {
    exec 9>"$1"
    flock -n 9 && return
    say "waiting for another run that holds $1"
    flock 9
}

# use_ccache - what a compiler has made of the same text once is not made again, in this or another checkout. For the tests, which
# build everything several times. Whoever has chosen a launcher keeps it.
use_ccache() {
    [ -z "${CMAKE_CXX_COMPILER_LAUNCHER:-}" ] && command -v ccache >/dev/null || return 0
    local cache
    cache="$(uatrust_cache_dir)/ccache" || return
    export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_DIR="${CCACHE_DIR:-$cache}" CCACHE_MAXSIZE="${CCACHE_MAXSIZE:-5G}"
    export CCACHE_BASEDIR="$1" CCACHE_NOHASHDIR=1               # of any checkout
    export CCACHE_SLOPPINESS=pch_defines,time_macros            # precompiled headers are taken
}
