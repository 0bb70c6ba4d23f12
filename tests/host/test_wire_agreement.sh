#!/bin/sh
# Agreement with the reference implementation: random content, and random damage to it. `BUILD` is the build folder.
#
# Next: tests/host/wire_agreement.py
set -u
cd "$(dirname "$0")/../.." || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
python3 tests/host/wire_agreement.py "${BUILD:-build}/tools/wire-check" "$work"
