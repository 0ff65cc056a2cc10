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
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../cmake/scripts/npm-set.sh
. "$here/../../cmake/scripts/npm-set.sh"

install_npm_set "$here" node-opcua 18 "70 MB"
