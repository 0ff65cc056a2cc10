#!/usr/bin/env bash
# run.sh - builds the examples and plays the trust dialogue of a plant with them: a client, a gateway and a server below it,
# each a process of its own, an operator who moves files, and a certification authority.
#
# Needs nothing but a Debian-like system and root or sudo without a password: what is missing gets installed. Set
# UATRUST_BUILD_DIR to build elsewhere than in build/examples. Exits with 0 only if every step went as expected.
# shellcheck source-path=SCRIPTDIR
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
scripts="$root/cmake/scripts"
# shellcheck source=../cmake/scripts/common.sh
. "$scripts/common.sh"
# shellcheck source=../cmake/scripts/packages.sh
. "$scripts/packages.sh"
# shellcheck source=support/narration.sh
. "$here/support/narration.sh"
# shellcheck source=support/processes.sh
. "$here/support/processes.sh"
# shellcheck source=support/plant_ca.sh
. "$here/support/plant_ca.sh"

[ $# -eq 0 ] || die "run.sh takes no arguments; UATRUST_BUILD_DIR says where to build"

# --- build ---------------------------------------------------------------------
build=${UATRUST_BUILD_DIR:-$root/build/examples}
mkdir -p "$build"
build=$(cd "$build" && pwd)

"$scripts/install-packages.sh" "${UATRUST_PACKAGES_BUILD[@]}" "${UATRUST_PACKAGES_EXAMPLES[@]}"
stack=$("$scripts/open62541.sh")

quietly() {   # quietly WHAT COMMAND... - its output is shown only if it fails
    local what=$1
    shift
    "$@" >"$build/build.log" 2>&1 || { tail -n 60 "$build/build.log" >&2; die "$what failed; all of it is in $build/build.log"; }
}
generator=()
if [ ! -e "$build/CMakeCache.txt" ] && command -v ninja >/dev/null; then generator=(-G Ninja); fi
say "building the examples in $build (some minutes at the first time)"
quietly "configuring" cmake -S "$root" -B "$build" "${generator[@]}" -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$stack" \
    -DUATRUST_BUILD_TESTS=OFF -DUATRUST_INSTALL=OFF -DUATRUST_BUILD_EXAMPLES=ON -DUATRUST_REQUIRE_OPEN62541=ON \
    -DUATRUST_WARNINGS_AS_ERRORS=OFF
quietly "building" cmake --build "$build" --parallel "$(uatrust_jobs)" --target uatrust-gateway uatrust-client
bin="$build/examples"

# --- the plant -------------------------------------------------------------------
dialogue="$build/dialogue"
rm -rf "$dialogue"
mkdir -p "$dialogue/log"
trap end_all EXIT
trap 'exit 130' INT TERM HUP

plant_port=$(free_port)
gateway_port=$plant_port
while [ "$gateway_port" = "$plant_port" ]; do gateway_port=$(free_port); done
plant_url="opc.tcp://localhost:$plant_port"
gateway_url="opc.tcp://localhost:$gateway_port"
temperature="ns=2;s=Temperature"   # of the plant server, as the gateway passes it on
clients="$dialogue/gateway/pkiserver"
servers="$dialogue/gateway/pkiclient"

gateway() { start gateway "$bin/uatrust-gateway" --endpoint "$gateway_url" --pki "$dialogue/gateway" --downstream "$plant_url" "$@"; }

private() { [ -z "$(find "$dialogue" -path '*/own/private/*' -type f -perm /077)" ]; }
holds_file_of() { [ -e "$2/$(basename "$(find "$1" -name '*.der')")" ]; }

echo "The folder to look into, while this runs and afterwards: $dialogue"

# --- first contact -----------------------------------------------------------------
step "A plant server, a gateway above it and a client start for the first time"
expected "each makes a key and a certificate of its own, the keys readable by their owner only"
start plant "$bin/uatrust-gateway" --endpoint "$plant_url" --pki "$dialogue/plant" --name "Plant server"
gateway
gateway_process=${process[gateway]}
plant_process=${process[plant]}
client client "$gateway_url" read "$temperature"
first_code=$code
for own in plant/pkiserver gateway/pkiserver gateway/pkiclient client; do
    check "$own/own holds a certificate and a key" has_files 2 "$dialogue/$own/own"
done
check "no private key can be read by others" private

step "The client's first attempt"
expected "both sides refuse each other, and each files the other's certificate under rejected"
[ "$first_code" -eq 1 ] || failed "the client ended with exit code $first_code"
happened "the client was refused; its log begins: $(grep -m 1 REFUSED "$dialogue/log/client.log")"
check "the client's certificate lies in gateway/pkiserver/rejected" has_files 1 "$clients/rejected"
check "the gateway's certificate lies in client/rejected" has_files 1 "$dialogue/client/rejected"
check "the plant server's certificate lies in gateway/pkiclient/rejected" waited 15 has_files 1 "$servers/rejected"
check "the gateway's certificate lies in plant/pkiserver/rejected" waited 15 has_files 1 "$dialogue/plant/pkiserver/rejected"
check "nobody is trusted yet" has_files 0 "$clients/trusted"

# --- trust -----------------------------------------------------------------------
step "The operators compare thumbprints and move the four certificates to trusted"
moved "$clients/rejected" "$clients/trusted/certs"
moved "$dialogue/client/rejected" "$dialogue/client/trusted/certs"
moved "$servers/rejected" "$servers/trusted/certs"
moved "$dialogue/plant/pkiserver/rejected" "$dialogue/plant/pkiserver/trusted/certs"

step "The next attempt, with no restart of anything"
expected "the gateway connects to the plant server, and an encrypted session reads and writes a value of it"
check "the gateway says that it is connected to the plant server" waited 20 says gateway "server below: connected to $plant_url"
client client "$gateway_url" read "$temperature"
answered 21.5
happened "read $temperature through the gateway: $answer"
client client "$gateway_url" write "$temperature" 42.5
answered "$temperature = 42.5"
client client --policy Basic256Sha256 "$gateway_url" read "$temperature"
answered 42.5
happened "wrote 42.5, and read it back under another security policy"
check "the session was encrypted ($(tail -n 2 "$dialogue/log/client.log" | head -n 1))" says client "SignAndEncrypt"
same_processes() { [ "${process[gateway]}" = "$gateway_process" ] && [ "${process[plant]}" = "$plant_process" ] && running gateway && running plant; }
check "gateway and plant server are the processes they were" same_processes

# --- trust taken back ----------------------------------------------------------------
step "The plant server's operator takes the gateway's certificate back while the gateway is connected"
expected "the session ends at once, the values are gone, and trust alone brings them back: nothing is restarted"
mark plant
mark gateway
moved "$dialogue/plant/pkiserver/trusted/certs" "$dialogue/plant/pkiserver/rejected"
check "the plant server says why it ends the session" waited 10 since_mark_quietly plant "session ended: client"
check "the gateway has noticed" waited 10 since_mark_quietly gateway "server below: the connection is lost"
client client "$gateway_url" read "$temperature"
[ "$code" -eq 1 ] || failed "the value is still there: exit code $code, answer '$answer'"
moved "$dialogue/plant/pkiserver/rejected" "$dialogue/plant/pkiserver/trusted/certs"
check "the gateway is connected again" waited 20 since_mark_quietly gateway "server below: connected to $plant_url"

step "The gateway's operator takes the plant server's certificate back"
expected "the gateway ends its connection itself, and makes it again when the server is trusted again"
mark gateway
moved "$servers/trusted/certs" "$servers/rejected"
check "the gateway says why it ends the connection" waited 10 since_mark_quietly gateway "server below: the connection is ended"
mark gateway
moved "$servers/rejected" "$servers/trusted/certs"
check "the gateway is connected again" waited 20 since_mark_quietly gateway "server below: connected to $plant_url"
client client "$gateway_url" read "$temperature"
answered 42.5
happened "read $temperature through the gateway: $answer"

# --- certification authority -----------------------------------------------------------
# Everybody from here on trusts the gateway: this is about whom the gateway trusts.
knows_gateway() {
    mkdir -p "$dialogue/$1/trusted/certs"
    cp "$clients"/own/certs/*.der "$dialogue/$1/trusted/certs/"
}
refused() {   # refused CLIENT STATUS - is it, and does the gateway's log give this reason?
    mark gateway
    client "$1" "$gateway_url" read "$temperature"
    [ "$code" -eq 1 ] || failed "$1 was not refused: exit code $code, answer '$answer'"
    waited 10 since_mark_quietly gateway "$2" || failed "the gateway's log does not give the reason $2"
    happened "refused; the gateway's log says: $(since_mark gateway "$2" | cut -d ' ' -f 2-)"
}

step "The plant gets a certification authority, and the gateway is told to trust it"
ca="$dialogue/ca"
ca_make "$ca" "Plant CA"
ca_publish "$ca" "$clients"
did "the CA's certificate is in gateway/pkiserver/trusted/certs, its revocation list in trusted/crl"
expected "a client with a certificate of this CA gets in, although nobody has moved that certificate"
ca_issue "$ca" issued-client
knows_gateway issued-client
client issued-client "$gateway_url" read "$temperature"
answered 42.5
happened "read $temperature: $answer"

step "The CA revokes that certificate and publishes a new list"
expected "the same client is refused at its next attempt: BadCertificateRevoked"
ca_revoke "$ca" issued-client
ca_publish "$ca" "$clients"
refused issued-client BadCertificateRevoked

step "A client whose certificate of this CA has expired"
expected "refused: BadCertificateTimeInvalid"
ca_issue "$ca" expired-client -startdate 20200101000000Z -enddate 20210101000000Z
knows_gateway expired-client
refused expired-client BadCertificateTimeInvalid

step "A client with a forged certificate: it names the plant's CA as its issuer, but another key has signed it"
expected "refused: BadCertificateInvalid"
forger="$dialogue/forger"
ca_make "$forger" "Plant CA" "DER:30168014$(key_identifier "$ca/ca.pem")"
ca_issue "$forger" forged-client
knows_gateway forged-client
refused forged-client BadCertificateInvalid

# --- accept all ------------------------------------------------------------------------
step "The gateway is started again with an endpoint that accepts all"
content() { (cd "$1" && find . -type f -exec cksum {} + | sort); }
stop gateway
mv "$dialogue/log/gateway.log" "$dialogue/log/gateway-before.log"
before=$(content "$clients")
gateway --accept-all
did "it warns: $(grep -m 1 -F -- --accept-all "$dialogue/log/gateway.log" | cut -d ' ' -f 2-)"
expected "a client that nobody knows gets in, and leaves no file behind"
knows_gateway stranger
waited 20 says gateway "server below: connected to $plant_url" || failed "the gateway does not connect to the plant server"
client stranger "$gateway_url" read "$temperature"
answered 42.5
happened "read $temperature: $answer"
[ "$(content "$clients")" = "$before" ] || failed "files in gateway/pkiserver have changed"
happened "gateway/pkiserver holds the same files as before"
stop gateway
happened "at its end the gateway says whom it let in: $(grep -m 1 -F -- "--accept-all let in" "$dialogue/log/gateway.log" | cut -d ' ' -f 2-)"
stop plant

printf '\nEvery step went as expected. Keys, certificates and logs are in %s\n' "$dialogue"
