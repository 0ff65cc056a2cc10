# Starts and ends the processes of the dialogue; sourced by run.sh.
# shellcheck shell=bash disable=SC2154   # $dialogue and $bin are run.sh's

declare -A process=()   # name -> process id
code=0                  # of the last client
answer=

end_all() {
    local pid
    for pid in "${process[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${process[@]}"; do wait "$pid" 2>/dev/null || true; done
}

# free_port - one that nobody listens on.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 10000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
}

says() { grep -qF -- "$2" "$dialogue/log/$1.log" 2>/dev/null; }

# start NAME COMMAND... - and waits until it listens. A first start makes an RSA key, which may take its time.
start() {
    local name=$1
    shift
    "$@" >"$dialogue/log/$name.log" 2>&1 &
    process[$name]=$!
    waited 60 ready_or_gone "$name" || failed "$name does not say that it is ready"
    says "$name" "ready opc.tcp://" || failed "$name has ended"
}
ready_or_gone() { says "$1" "ready opc.tcp://" || ! kill -0 "${process[$1]}" 2>/dev/null; }

running() { kill -0 "${process[$1]}" 2>/dev/null; }
gone() { ! running "$1"; }

# stop NAME - as a service manager does; it has to end cleanly.
stop() {
    local name=$1 code=0
    kill -TERM "${process[$name]}"
    waited 20 gone "$name" || failed "$name does not end"
    wait "${process[$name]}" || code=$?
    unset "process[$name]"
    [ "$code" -eq 0 ] || failed "$name ended with exit code $code"
}

# client NAME ARGUMENTS... - one run of uatrust-client with a PKI folder of its own. What it printed is in the log of that
# name, its answer in $answer, its exit code in $code.
client() {
    local name=$1
    shift
    code=0
    answer=$(timeout 60 "$bin/uatrust-client" --pki "$dialogue/$name" "$@" 2>>"$dialogue/log/$name.log") || code=$?
    [ -z "$answer" ] || echo "$answer" >>"$dialogue/log/$name.log"
}

# answered TEXT - the last client did its work, and this is what it printed.
answered() {
    if [ "$code" -ne 0 ] || [ "$answer" != "$1" ]; then failed "the client ended with exit code $code and printed '$answer', not '$1'"; fi
}

# mark NAME, since_mark NAME TEXT - what a log says of it behind the mark.
declare -A log_mark=()
mark() { log_mark[$1]=$(wc -l <"$dialogue/log/$1.log"); }
since_mark() { tail -n "+$((log_mark[$1] + 1))" "$dialogue/log/$1.log" | grep -m 1 -F -- "$2"; }
since_mark_quietly() { since_mark "$@" >/dev/null; }
