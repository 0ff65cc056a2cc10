#!/usr/bin/env bash
# open62541.sh - makes open62541 1.4 with encryption available, for the examples
# and their tests. Prints its install prefix as the last line on stdout.
#
#     prefix=$(open62541.sh)
#     cmake -DCMAKE_PREFIX_PATH="$prefix" ...   # find_package(open62541 1.4 REQUIRED)
#
# In this order: OPEN62541_ROOT if set, one built earlier, the distribution's
# own package, else the distribution's source package built into the cache.
#
# Only 1.4 is accepted: 1.5 replaced UA_CertificateVerification, the interface
# a trust decision is plugged into.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$here/common.sh"
# shellcheck source-path=SCRIPTDIR source=packages.sh
. "$here/packages.sh"

by_hand="Install open62541 1.4 built with -DUA_ENABLE_ENCRYPTION=OPENSSL and set OPEN62541_ROOT to its install prefix."

# NS0 REDUCED has all a small server needs and builds in a third of the time of
# FULL. MULTITHREADING=100 (thread-safe calls) is what distributions ship, so the
# examples meet the same locking either way. LTO objects in a static library
# could only be linked by the very same compiler. Without git, as its version
# would be taken from whatever repository encloses the build folder.
options=(
    -DCMAKE_BUILD_TYPE=Release
    -DBUILD_SHARED_LIBS=OFF
    -DCMAKE_POSITION_INDEPENDENT_CODE=ON
    -DCMAKE_INTERPROCEDURAL_OPTIMIZATION=OFF
    -DCMAKE_DISABLE_FIND_PACKAGE_Git=ON
    -DCMAKE_INSTALL_LIBDIR=lib
    -DUA_ENABLE_ENCRYPTION=OPENSSL
    -DUA_MULTITHREADING=100
    -DUA_NAMESPACE_ZERO=REDUCED
    -DUA_ENABLE_PUBSUB=OFF
    -DUA_ENABLE_PUBSUB_INFORMATIONMODEL=OFF
)

# usable PREFIX - does it hold a 1.4 with encryption? The reason, if not, is in $unusable.
usable() {
    local config="$1/include/open62541/config.h"
    unusable="has no include/open62541/config.h"
    [ -r "$config" ] || return 1
    unusable="is not version 1.4"
    grep -q '^#define UA_OPEN62541_VER_MAJOR 1$' "$config" || return 1
    grep -q '^#define UA_OPEN62541_VER_MINOR 4$' "$config" || return 1
    unusable="was built without encryption"
    grep -q '^#define UA_ENABLE_ENCRYPTION$' "$config" || return 1
    unusable="lacks share/open62541/schema, which its CMake files insist on"
    [ -d "$1/share/open62541/schema" ] || return 1
    unusable="has no open62541Config.cmake"
    compgen -G "$1/lib*/cmake/open62541/open62541Config.cmake" >/dev/null ||
        compgen -G "$1/lib*/*/cmake/open62541/open62541Config.cmake" >/dev/null
}

# --- what the user points at -------------------------------------------------
if [ -n "${OPEN62541_ROOT:-}" ]; then
    usable "$OPEN62541_ROOT" || die "OPEN62541_ROOT=$OPEN62541_ROOT $unusable. $by_hand"
    (cd "$OPEN62541_ROOT" && pwd)
    exit
fi

# --- built earlier -----------------------------------------------------------
# The folder name tells systems and options apart, and a folder comes into being
# complete (see the end), so its presence is the whole test.
cache=$(uatrust_cache_dir)
system=$(. /etc/os-release 2>/dev/null && echo "${ID:-linux}${VERSION_ID:-}" || echo linux)
abi="$system-$(uname -m)-$(printf '%s\n' "${options[@]}" | cksum | cut -d' ' -f1)"

built() {
    local found
    found=$(compgen -G "$cache/open62541-1.4.*-$abi" | sort -V | tail -n 1) || true
    [ -n "$found" ] && usable "$found" && echo "$found"
}
built && exit

# --- the distribution's package ----------------------------------------------
packaged() {
    local package version tools
    command -v apt-cache >/dev/null || return 1
    for package in $(apt-cache --names-only search '^libopen62541-.*dev$' 2>/dev/null | cut -d' ' -f1); do
        version=$(LC_ALL=C apt-cache policy "$package" | sed -n 's/^  Candidate: //p')
        [[ "$version" == 1.4.* ]] || continue
        # share/open62541 is in a package of its own, which -dev does not depend on.
        tools=$(apt-cache --names-only search "^${package%-dev}-tools\$" | cut -d' ' -f1)
        "$here/install-packages.sh" "$package" ${tools:+"$tools"}
        usable /usr && { echo /usr; return; }
        warn "$package $unusable; building from source instead"
    done
    return 1
}
packaged && exit

# --- from the distribution's source package ----------------------------------
command -v apt-get >/dev/null || die "this system has no apt to fetch open62541 with. $by_hand"
"$here/install-packages.sh" "${UATRUST_PACKAGES_BUILD[@]}" "${UATRUST_PACKAGES_EXAMPLES[@]}"

uatrust_lock "$cache/open62541.lock"
built && exit   # by the run waited for

# Whatever an interrupted run left behind; nobody else is at work now.
rm -rf "$cache"/.open62541.*
work=$(mktemp -d "$cache/.open62541.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/fetch"

# apt with lists and cache of its own: needs no root, leaves the system's apt as
# it is, and still takes proxies, mirrors and credentials from its configuration.
own=(-qq -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache"
    -o "APT::Sandbox::User=$(id -un)" -o Acquire::Languages=none)

# The machine's own Debian mirror, as apt sees it (either format of source entry).
# shellcheck disable=SC2016   # apt's fields, not the shell's
mirror() {
    apt-get "$@" indextargets --format '$(ORIGIN)|$(REPO_URI)|$(RELEASE)' 'Created-By: Packages' |
        awk -F'|' '$1 == "Debian" && $3 !~ /security/ && !seen++ { print $2 }'
}
base=$(mirror)
if [ -z "$base" ]; then
    # Before the first update apt does not know whose its sources are.
    say "reading the package lists"
    apt-get "${own[@]}" update >&2 || true
    base=$(mirror "${own[@]}")
fi
[ -n "$base" ] || die "apt has no Debian archive configured to fetch open62541's source from. $by_hand"

signed=
for key in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do
    # Else apt falls back to the keys it trusts anyway; unsigned is never accepted.
    [ -r "$key" ] && { signed="signed-by=$key"; break; }
done

fetch() {   # fetch SUITE APT_OPTIONS - sets version
    say "fetching open62541's source from Debian $1"
    rm -rf "$work/fetch"/* "$work/lists"/*
    mkdir -p "$work/lists/partial"
    echo "deb-src [ $2 ] $base $1 main" >"$work/sources.list"
    local -a apt=(apt-get "${own[@]}" -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=-)
    (cd "$work/fetch" && "${apt[@]}" update && "${apt[@]}" --download-only source open62541) >&2 || return 1
    # open62541_1.4.18-1.dsc
    version=$(find "$work/fetch" -name 'open62541_*.dsc' -printf '%f\n' | sed -E 's/^open62541_([0-9.]*[0-9]).*/\1/')
    [[ "$version" == 1.4.* ]] && return
    warn "Debian $1 has open62541 $version"
    return 1
}

# Newest first: a suite moves on, and a mirror may list what it no longer has.
# A mirror kept at some date serves indexes past theirs. Those are as genuine as
# ever, only perhaps not the newest, so they will do, but only if nothing else does.
found=
for options_of_source in "$signed" "$signed check-valid-until=no"; do
    for suite in sid testing stable; do
        fetch "$suite" "$options_of_source" && { found=1; break 2; }
    done
    [ "$options_of_source" = "$signed" ] && warn "no luck; trying again, expired package indexes allowed"
done
[ -n "$found" ] || die "Debian's archive offers no source of open62541 1.4 here. $by_hand"

# apt has checked the files against the signed index; the uploader's own
# signature, which dpkg-source would check, is of no further use.
say "unpacking open62541 $version"
dpkg-source -q --no-check -x "$work/fetch"/open62541_*.dsc "$work/source" >&2

step() {   # step WHAT COMMAND... - its output is shown only if it fails
    say "$1"
    shift
    "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; die "open62541 $version: that failed"; }
}

# A user's flags are meant for uatrust: sanitizers, warnings as errors.
unset CFLAGS CXXFLAGS CPPFLAGS LDFLAGS DESTDIR
final="$cache/open62541-$version-$abi"
generator=()
command -v ninja >/dev/null && generator=(-G Ninja)
step "configuring open62541 $version" \
    cmake -S "$work/source" -B "$work/build" "${generator[@]}" "${options[@]}" -DCMAKE_INSTALL_PREFIX="$final"
step "building open62541 $version (half a minute on two cores)" \
    cmake --build "$work/build" --parallel "$(uatrust_jobs)"
DESTDIR="$work/stage" step "installing open62541 $version into the cache" \
    cmake --install "$work/build"
cp "$work/source/LICENSE" "$work/stage$final/"
printf '%s\n' "open62541 $version" "${options[@]}" >"$work/stage$final/uatrust-stamp"
usable "$work/stage$final" || die "the open62541 just built $unusable"
rm -rf "$final"
mv "$work/stage$final" "$final"
built
