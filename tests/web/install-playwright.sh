#!/usr/bin/env bash
# install-playwright.sh - installs what the tests of the page drive a browser
# with, playwright-core and axe-core as named in package.json, into the cache,
# outside the source tree, and prints the folder. The browser itself is Debian's
# chromium.
#
# Why 1.61.0: it is of the last releases for node 18, which is what Debian 12
# has. playwright-core downloads no browser.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../cmake/scripts/npm-set.sh
. "$here/../../cmake/scripts/npm-set.sh"

install_npm_set "$here" playwright-core 18 "10 MB"
