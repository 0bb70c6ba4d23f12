#!/bin/sh
# The gates as tests: no path of capOS has grown by more than the baseline allows, and none grows with what is in the
# system. Needs what `make bench` builds. The last line is `N passed, N failed`.
#
# Next: bench/run
set -u
CDPATH='' cd "$(dirname "$0")/.." || exit 1
passed=0
failed=0
for gate in '--no-linux --check' --growth; do
    # shellcheck disable=SC2086 # one word for each option
    if python3 -B bench/run $gate; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
