# Tells what is done, what was expected of it and what happened; sourced by run.sh.
# shellcheck shell=bash disable=SC2154   # $dialogue is run.sh's

step_number=0

# step TITLE - what comes now.
step() {
    step_number=$((step_number + 1))
    printf '\n%d. %s\n' "$step_number" "$*"
}

did()      { printf '   done      %s\n' "$*"; }
expected() { printf '   expected  %s\n' "$*"; }
happened() { printf '   happened  %s\n' "$*"; }

# failed WHAT - it did not happen as expected: what there is to see, and the end.
failed() {
    local log
    printf '   HAPPENED  %s\n\nNot as expected: step %d. The last lines of the logs:\n' "$*" "$step_number"
    for log in "$dialogue"/log/*.log; do
        [ -s "$log" ] || continue
        printf -- '--- %s\n' "$log"
        tail -n 15 "$log"
    done
    printf '\nEverything is left in %s\n' "$dialogue"
    exit 1
}

# check WHAT COMMAND... - the command has to succeed.
check() {
    local what=$1
    shift
    "$@" || failed "not so: $what"
    happened "$what"
}

# waited SECONDS COMMAND... - tries the command until it succeeds, for so long.
waited() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.1
    done
}

# files FOLDER - how many there are.
files() { find "$1" -type f 2>/dev/null | wc -l; }
has_files() { [ "$(files "$2")" -eq "$1" ]; }

# moved FROM TO - what an operator does with a file manager.
moved() {
    local file
    for file in "$1"/*; do
        mv "$file" "$2/" || failed "cannot move $file"
        did "mv '${file#"$dialogue"/}' '${2#"$dialogue"/}/'"
    done
}
