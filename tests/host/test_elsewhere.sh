#!/bin/sh
# The example of docs/spec/messages.md, "In another program": its schema, its program and its commands, word for word, in an
# empty folder far from the tree, by gcc and by clang.
#
# Next: docs/spec/messages.md
set -u
cd "$(dirname "$0")/../.." || exit 2
CAPOS=$(pwd)
export CAPOS
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

result() { # NAME STATUS
    if [ "$2" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED $1"
        sed 's/^/    /' "$work/said"
    fi
}

# block LANGUAGE: the one block of that language in the section.
block() {
    awk -v fence="\`\`\`$1" '
        /^## / { is_ours = $0 == "## In another program" }
        is_ours && $0 == "```" { is_inside = 0 }
        is_inside
        is_ours && $0 == fence { is_inside = 1 }' docs/spec/messages.md
}

# shellcheck disable=SC2016 # the quotes are the page's
said=$(sed -n 's/^It prints `\(.*\)`\.$/\1/p' docs/spec/messages.md)
for compiler in gcc clang; do
    folder=$work/$compiler
    mkdir -p "$folder/bin"
    ln -s "$(command -v $compiler)" "$folder/bin/cc"
    block capnp > "$folder/shapes.capnp"
    block c > "$folder/circle.c"
    block sh > "$folder/commands"
    (cd "$folder" && PATH="$folder/bin:$PATH" sh -eu commands) > "$work/said" 2>&1
    result "the commands of the page work with $compiler" $?
    test -n "$said" && test "$(tail -n 1 "$work/said")" = "$said"
    result "the program of the page prints what the page says ($compiler)" $?
    # Nothing but what the page names came along.
    (cd "$folder" && find . -type f | grep -v '^\./\(schema/wire[a-z_]*\.[ch]\|schema/dispatch\.h\|abi/error\.h\|abi/base\.h\)$' |
        LC_ALL=C sort | tr '\n' ' ') > "$work/said"
    test "$(cat "$work/said")" = "./circle ./circle.c ./commands ./shapes.capnp ./shapes.capnp.c ./shapes.capnp.h "
    result "nothing else of the tree was copied ($compiler)" $?
    if grep -rhoE '#include "[^"]*"' "$folder" | grep -v '"\(schema\|abi\)/\|"shapes.capnp.h"' > "$work/said"; then false; else true; fi
    result "no file includes another part of the tree ($compiler)" $?
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
