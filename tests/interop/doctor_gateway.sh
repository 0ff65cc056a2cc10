#!/usr/bin/env bash
# tests/interop/doctor_gateway.sh UATRUST GATEWAY - the doctor asks a real server (the example gateway, open62541) what it presents:
# a client that does not trust it yet is told so, one that does is told that; another own certificate than the presented one is seen.
set -euo pipefail
uatrust=$1 gateway=$2
work=$(mktemp -d)
pid=
trap 'if [ -n "$pid" ]; then kill "$pid" 2>/dev/null || true; wait "$pid" 2>/dev/null || true; fi; rm -rf "$work"' EXIT
cd "$work"

fail() { printf 'FAILED: %s\n' "$1"; cat gateway.log result 2>/dev/null || true; exit 1; }

# start - the gateway on a port that nobody else has; its first word is when it can be asked.
start() {
    local try
    for try in 1 2 3 4 5; do
        url=opc.tcp://localhost:$((20000 + RANDOM % 10000))
        "$gateway" --endpoint "$url" --application-uri urn:test:gateway --pki gateway >gateway.log 2>&1 &
        pid=$!
        for _ in $(seq 600); do
            if grep -q '^ready' gateway.log; then return; fi
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    fail "the gateway does not start, $try times"
}

# expect CODE TEXT ARGUMENT... - what the doctor says of the gateway.
expect() {
    local code=0 wanted=$1 text=$2
    shift 2
    "$uatrust" doctor --timeout 60s --endpoint "$url" "$@" >result 2>&1 || code=$?
    [ "$code" = "$wanted" ] || fail "doctor $*: ended with $code instead of $wanted"
    grep -q -- "$text" result || fail "doctor $*: does not say $text"
}

start
mkdir -p pkiclient/trusted/certs
expect 0 'Basic256Sha256 SignAndEncrypt' gateway
expect 1 endpoint-untrusted pkiclient
cp gateway/pkiserver/own/certs/application.der pkiclient/trusted/certs/gateway.der
expect 0 endpoint-trusted pkiclient

# The gateway goes on with the certificate it was started with.
mv gateway/pkiserver/own former
kill "$pid"
wait "$pid" 2>/dev/null || true
start
mv gateway/pkiserver/own renewed
mv former gateway/pkiserver/own
expect 1 endpoint-own gateway
expect 1 endpoint-untrusted pkiclient
echo "The doctor and the gateway understand each other."
