#!/usr/bin/env bash
# install-packages.sh PACKAGE... - installs the Debian packages that are missing.
#
# A PACKAGE may be written as in packages.sh: `a|b`, `cmd:x|package`.
# When nothing is missing this touches neither the network nor apt, so a build
# may call it every time.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$here/common.sh"

[ $# -gt 0 ] || exit 0
export DEBIAN_FRONTEND=noninteractive LC_ALL=C   # LC_ALL: apt-cache's output is parsed

# One dpkg-query for all names: this is the part that runs on every build.
IFS='|' read -r -a names <<<"$(IFS='|'; echo "$*")"
installed=" "
if command -v dpkg-query >/dev/null; then
    # It fails when it does not know a name, which is no error here.
    installed=" $(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${names[@]}" 2>/dev/null |
        sed -n 's/^installed //p' | tr '\n' ' ' || true) "
fi

have() {   # have WISH - is any of its alternatives there?
    local one
    local -a any
    IFS='|' read -r -a any <<<"$1"
    for one in "${any[@]}"; do
        case "$one" in
            cmd:*) command -v "${one#cmd:}" >/dev/null && return ;;
            *) [[ "$installed" == *" $one "* ]] && return ;;
        esac
    done
    return 1
}

candidate() {   # candidate WISH - prints the first alternative apt can install
    local one
    local -a any
    IFS='|' read -r -a any <<<"$1"
    for one in "${any[@]}"; do
        [[ "$one" == cmd:* ]] && continue
        [[ "$(apt-cache policy "$one")" == *$'\n'"  Candidate: "[!\(]* ]] && { echo "$one"; return; }
    done
    return 1
}

wishes=()
for wish in "$@"; do
    have "$wish" || wishes+=("$wish")
done
[ ${#wishes[@]} -gt 0 ] || exit 0

# For messages: the plain names, without the cmd: alternatives.
readable=$(printf '%s\n' "${wishes[@]}" | sed -E 's/cmd:[^|]*\|//; s/\|/ or /g' | paste -sd, | sed 's/,/, /g')

if ! command -v apt-get >/dev/null; then
    # Names differ elsewhere and what is installed cannot be asked for, so the
    # user has the last word.
    [ -n "${UATRUST_NO_PACKAGES:-}" ] && { warn "not checked: $readable"; exit 0; }
    die "this system has no apt. Install by hand what Debian calls: $readable. Then set UATRUST_NO_PACKAGES=1."
fi

resolve() {   # fills chosen; false, and unknown says what, if the present lists do not do
    chosen=()
    local wish one
    for wish in "${wishes[@]}"; do
        one=$(candidate "$wish") || { unknown=$wish; return 1; }
        chosen+=("$one")
    done
}

install() {
    # Waits for another package manager instead of failing at once.
    as_root apt-get -o DPkg::Lock::Timeout=120 -qq -y --no-install-recommends install "${chosen[@]}" >&2
}

update() {
    say "refreshing the package lists"
    as_root apt-get -o DPkg::Lock::Timeout=120 -qq update >&2 || warn "apt-get update failed; trying with the old lists"
}

as_root_hint="apt-get install --no-install-recommends $readable"
updated=
if ! resolve; then
    update
    updated=1
    resolve || die "apt knows no package ${unknown#cmd:*|}; needed are: $readable"
fi
as_root_hint="apt-get install --no-install-recommends ${chosen[*]}"
say "installing ${chosen[*]}"
if ! install; then
    [ -z "$updated" ] || die "could not install: ${chosen[*]}"
    update   # old lists name packages the archive no longer has
    if ! resolve || ! install; then
        die "could not install: ${chosen[*]}"
    fi
fi
