# Packages from npm that a test needs, installed once; sourced, never run.
# shellcheck shell=bash
#
# package-lock.json fixes every dependency with its checksum. It names no
# registry, so npm's own configuration decides where packages come from:
#     npm install --package-lock-only --omit-lockfile-registry-resolved

# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# install_npm_set FOLDER PACKAGE NODE SIZE - installs what FOLDER's package.json
# names, PACKAGE before all, into the cache, and prints the folder there.
install_npm_set() {
    local from=$1 name=$2 least=$3 size=$4 version set_id cache final tool major work
    version=$(sed -n "s/^ *\"$name\": \"\\([0-9.]*\\)\".*/\\1/p" "$from/package.json")
    [ -n "$version" ] || die "package.json names no exact $name version"

    # Another lock file is another set of packages.
    set_id=$(cat "$from/package.json" "$from/package-lock.json" | cksum | cut -d' ' -f1)
    cache=$(uatrust_cache_dir)
    final="$cache/$name-$version-$set_id"
    [ -d "$final" ] && { echo "$final"; return; }

    for tool in node npm; do
        command -v "$tool" >/dev/null || die "no $tool; install nodejs $least or newer with npm"
    done
    major=$(node -p 'process.versions.node.split(".")[0]')
    [ "$major" -ge "$least" ] || die "node $major is too old for $name $version; install nodejs $least or newer"

    uatrust_lock "$cache/$name.lock"
    [ -d "$final" ] && { echo "$final"; return; }

    # Built beside its place and then moved there: an interrupted run leaves
    # nothing that looks complete. What it does leave is removed by the next run.
    rm -rf "$cache/.$name".*
    work=$(mktemp -d "$cache/.$name.XXXXXX")
    # shellcheck disable=SC2064 # the folder as it is called now
    trap "rm -rf '$work'" EXIT
    trap 'exit 130' INT TERM HUP

    say "installing $name $version ($size)"
    cp "$from/package.json" "$from/package-lock.json" "$work/"
    # Package scripts are not run: none is needed. OPENSSL_CONF may be a test's own.
    (cd "$work" && env -u OPENSSL_CONF npm ci --ignore-scripts --no-audit --no-fund --no-progress --loglevel=error >&2) ||
        die "npm could not install $name $version"
    chmod 755 "$work"   # mktemp makes it private
    mv "$work" "$final"
    echo "$final"
}
