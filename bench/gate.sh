#!/bin/sh
# The gate as a test: no path of capOS has grown by more than the baseline allows. Needs what `make bench` builds.
# The last line is `N passed, N failed`.
#
# Next: bench/run
set -u
CDPATH='' cd "$(dirname "$0")/.." || exit 1
if python3 -B bench/run --no-linux --check; then
    echo '1 passed, 0 failed'
else
    echo '0 passed, 1 failed'
    exit 1
fi
