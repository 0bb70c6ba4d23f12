#!/bin/sh
# The generator from end to end: it makes its own view of schema.capnp again, its output depends on the schema alone,
# and it refuses what it cannot name. And wire-check as a user sees it. `BUILD` is the build folder.
#
# Next: tests/host/test_gen.c
set -u
cd "$(dirname "$0")/../.." || exit 2
build=$(cd "${BUILD:-build}" && pwd) || exit 2
plugin=$build/tools/capnpc-capos
[ -x "$plugin" ] || plugin=$(pwd)/build/tools/capnpc-capos
wire_check=$build/tools/wire-check
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# result NAME STATUS: counts one test; a failed one shows what the command said.
result() {
    if [ "$2" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED $1"
        sed 's/^/    /' "$work/said"
    fi
}

# generate FOLDER FILE...: runs the generator.
generate() {
    folder=$1
    shift
    mkdir -p "$folder" && capnp compile -I. --src-prefix=. -o "$plugin:$folder" "$@" > "$work/said" 2>&1
}

schema=/usr/include/capnp/schema.capnp
[ -f "$schema" ] || schema=$(dirname "$(command -v capnp)")/../include/capnp/schema.capnp
mkdir "$work/self"
CAPNPC_CAPOS_INCLUDE=tools/capnpc-capos/ CAPNPC_CAPOS_COMMENTS=no capnp compile \
    -o "$plugin:$work/self" --src-prefix="$(dirname "$schema")" "$schema" > "$work/said" 2>&1
result "the generator reads schema.capnp" $?
# The view that is kept is of the schema.capnp of this version. Others have grown since, and the view with them.
view=tools/capnpc-capos
case $(capnp --version) in
*' 0.9.'*) ;;
*)
    view=$work/again
    mkdir "$view"
    CAPNPC_CAPOS_INCLUDE=tools/capnpc-capos/ CAPNPC_CAPOS_COMMENTS=no capnp compile \
        -o "$plugin:$view" --src-prefix="$(dirname "$schema")" "$schema" > "$work/said" 2>&1
    ;;
esac
for ending in h c; do
    cmp "$work/self/schema.capnp.$ending" "$view/schema.capnp.$ending" > "$work/said" 2>&1
    result "the view of schema.capnp.$ending regenerates byte for byte" $?
done

generate "$work/one" schema/capos.capnp && generate "$work/two" schema/capos.capnp &&
    diff -r "$work/one" "$work/two" > "$work/said" 2>&1
result "the same schema gives the same files" $?
generate "$work/both" tests/schemas/language.capnp tests/schemas/other.capnp &&
    generate "$work/each" tests/schemas/other.capnp && generate "$work/each" tests/schemas/language.capnp &&
    diff -r "$work/both" "$work/each" > "$work/said" 2>&1
result "files generated together or one by one are the same" $?

test ! -e "$work/self/schema.client.h"
result "a file without interfaces has no client header" $?
grep -q '^/\* Makes\|^/\* Writes one line' "$work/one/schema/capos.client.h" > "$work/said" 2>&1
result "doc comments are carried over" $?
grep -q 'A comment end \* / and a start / \* inside' "$work/both/tests/schemas/language.capnp.h" > "$work/said" 2>&1
result "a doc comment cannot end the comment that it is in" $?

mkdir "$work/bad"
cat > "$work/bad/bad.capnp" << 'END'
@0xd5a4b1c6e7f80999;
using C = import "/schema/c.capnp";
$C.prefix("not a name");
struct Thing { a @0 :UInt8; }
END
capnp compile -I. --src-prefix="$work/bad" -o "$plugin:$work/bad" "$work/bad/bad.capnp" > "$work/said" 2>&1
test $? -ne 0 && grep -q 'not a C identifier' "$work/said"
result "a prefix that is no C identifier is refused" $?
printf 'xxxxxxxx' | "$plugin" > "$work/said" 2>&1
test $? -eq 1 && grep -q 'F[0-9]:' "$work/said"
result "a malformed request is refused with its rule" $?

# ---- wire-check ----

vectors=tests/vectors/valid
"$wire_check" $vectors/m-empty.bin > "$work/said" 2>&1
result "wire-check reads a framed message" $?
"$wire_check" --packed $vectors/u-num0.packed tests/schemas/vec.capnp Unions > "$work/said" 2>&1
result "wire-check judges a packed message by its schema" $?
head -c 32 $vectors/u-num0.bin > "$work/short"
"$wire_check" "$work/short" > "$work/said" 2>&1
test $? -eq 1 && grep -q 'refused: F4: ' "$work/said"
result "wire-check names the rule of a short message" $?
printf '\0\0\0\0\0\0\1\0\7\0\0\0\0\0\0\0' > "$work/reserved"
"$wire_check" --flat "$work/reserved" > "$work/said" 2>&1
test $? -eq 1 && grep -q 'refused: P7: .* at word 1 of segment 0' "$work/said"
result "wire-check names the rule and the word" $?
printf '1234567' > "$work/seven"
"$wire_check" --flat "$work/seven" > "$work/said" 2>&1
test $? -eq 1 && grep -q 'refused: F9: ' "$work/said"
result "F9: wire-check refuses bytes that are no whole words" $?
"$wire_check" $vectors/m-empty.seg1.bin > "$work/said" 2>&1
test $? -eq 0 && grep -q '^not canonical: C1: .* at word 0' "$work/said"
result "wire-check names the rule that keeps a message from being canonical" $?
"$wire_check" --flat $vectors/m-empty.canon > "$work/said" 2>&1
test $? -eq 0 && grep -q '^canonical$' "$work/said"
result "wire-check knows a canonical message" $?
printf '\0\0\0\0\0\0\1\0\1\0\0\0\2\1\0\0%040d' 0 > "$work/long"
"$wire_check" -I. --flat "$work/long" schema/manifest.capnp Binary > "$work/said" 2>&1
test $? -eq 1 && grep -q 'refused: V3: \|refused: L7: ' "$work/said"
result "wire-check judges by maxLength and NUL" $?
"$wire_check" $vectors/m-empty.bin tests/schemas/vec.capnp Nothing > "$work/said" 2>&1
test $? -eq 2
result "wire-check says that a type does not exist" $?

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
