#!/bin/sh
# Agreement with the reference implementation, libcapnp, in one process. `BUILD` is the build folder;
# AGREEMENT_SEED and AGREEMENT_ROUNDS choose other messages, and how many.
#
# Next: tests/agreement/agreement.c++
set -u
cd "$(dirname "$0")/../.." || exit 2
make -s "${BUILD:-build}/tests/agreement/agreement" "${BUILD:-build}/tests/agreement/request" || exit 1
# Addresses as the sanitizers want them, where that is allowed; the reference never frees some of its tables.
fixed='setarch -R'
$fixed true 2> /dev/null || fixed=
# shellcheck disable=SC2086 # two words or none
ASAN_OPTIONS=detect_leaks=0 $fixed "${BUILD:-build}/tests/agreement/agreement" "${BUILD:-build}/tests/agreement/request" \
    "${AGREEMENT_SEED:-1}" "${AGREEMENT_ROUNDS:-3000}"
