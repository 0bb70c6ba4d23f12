# shellcheck shell=sh
# To be sourced: runs one long step of the front door so that a person sees what goes on.
#
# A step that ends within a second says nothing. A longer one says its title and then, every ten seconds,
# how long it has been at it and the last line that it wrote. One that fails shows the tail of its output,
# and as the last line the command, its status and the log with the whole output.
#
# Next: tools/setup.sh

say() {
    printf 'capos: %s\n' "$*"
}

# usage_error TEXT...: the caller asked for something that does not exist
usage_error() {
    say "$*" >&2
    exit 2
}

# step_ticker TITLE LOG: runs beside the step until it is killed
step_ticker() {
    step_seconds=0
    step_pause=1
    trap 'kill "$step_sleep" 2>/dev/null; exit 0' TERM
    while :; do
        sleep $step_pause >/dev/null 2>&1 &
        step_sleep=$!
        wait $step_sleep
        kill -0 $$ 2>/dev/null || exit 0
        step_seconds=$((step_seconds + step_pause))
        if [ $step_seconds -eq 1 ]; then
            say "$1 ..."
            step_pause=9
        else
            # The first line of the log is the command.
            step_line=$(sed 1d "$2" | tail -n 1 | cut -c 1-90)
            say "$1 ... $step_seconds s${step_line:+: $step_line}"
            step_pause=10
        fi
    done
}

# step TITLE LOG COMMAND...: the output of COMMAND goes to build/log/LOG.log; returns its status
step() {
    step_title=$1
    step_log=build/log/$2.log
    shift 2
    mkdir -p build/log
    printf '%s\n' "$*" >"$step_log"
    step_ticker "$step_title" "$step_log" </dev/null &
    step_ticker_pid=$!
    # A shell's background child ignores the interrupt key: it is ended by hand.
    trap 'kill $step_ticker_pid 2>/dev/null; exit 130' INT TERM HUP
    # Not set -e's business: the status is looked at below.
    step_status=0
    "$@" >>"$step_log" 2>&1 </dev/null || step_status=$?
    kill $step_ticker_pid 2>/dev/null
    wait $step_ticker_pid 2>/dev/null || :
    trap - INT TERM HUP
    if [ $step_status -ne 0 ]; then
        tail -n 30 "$step_log" | cut -c 1-400 | sed 's/^/    | /'
        say "$step_title failed with status $step_status: $* (all output: $step_log)"
    fi
    return $step_status
}
