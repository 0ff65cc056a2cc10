#!/usr/bin/env bash
# install-node-opcua.sh - installs the node-opcua named in package.json into the
# cache, outside the source tree, and prints the folder. Takes milliseconds when
# it is there already.
#
# Why 2.182.2: it is the newest release for node 18, which is what Debian 12 has,
# and runs on 20 and 22 as well; 2.183 and later need node 22. It follows changes
# of its certificate folders while running, which 2.157 and older do not. The one
# override in package.json takes back a dependency that has since become an ES
# module, which node 18 cannot require().
#
# package-lock.json fixes every dependency with its checksum. It names no
# registry, so npm's own configuration decides where packages come from:
#     npm install --package-lock-only --omit-lockfile-registry-resolved
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../cmake/scripts/common.sh
. "$here/../../cmake/scripts/common.sh"

version=$(sed -n 's/^ *"node-opcua": "\([0-9.]*\)".*/\1/p' "$here/package.json")
[ -n "$version" ] || die "package.json names no exact node-opcua version"

# Another lock file is another set of packages.
set_id=$(cat "$here/package.json" "$here/package-lock.json" | cksum | cut -d' ' -f1)
cache=$(uatrust_cache_dir)
final="$cache/node-opcua-$version-$set_id"
[ -d "$final" ] && { echo "$final"; exit; }

for tool in node npm; do
    command -v "$tool" >/dev/null || die "no $tool; install nodejs 18 or newer with npm"
done
major=$(node -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 18 ] || die "node $major is too old for node-opcua $version; install nodejs 18 or newer"

uatrust_lock "$cache/node-opcua.lock"
[ -d "$final" ] && { echo "$final"; exit; }

# Built beside its place and then moved there: an interrupted run leaves nothing
# that looks complete. What it does leave is removed by the next run.
rm -rf "$cache"/.node-opcua.*
work=$(mktemp -d "$cache/.node-opcua.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

say "installing node-opcua $version (70 MB)"
cp "$here/package.json" "$here/package-lock.json" "$work/"
# Package scripts are not run: none is needed. OPENSSL_CONF may be a test's own.
(cd "$work" && env -u OPENSSL_CONF npm ci --ignore-scripts --no-audit --no-fund --no-progress --loglevel=error >&2) ||
    die "npm could not install node-opcua $version"
chmod 755 "$work"   # mktemp makes it private
mv "$work" "$final"
echo "$final"
