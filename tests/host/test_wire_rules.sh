#!/bin/sh
# Every rule of docs/spec/messages.md has a test that carries its name, and every name that the runtime can give a
# broken rule is expected by such a test. No rule of the encoding that a reader of hostile bytes must know is left out.
#
# A rule's test is TEST(p6_...) in tests/host/*.c, or `result "F9: ..."` in a script there, or "rule S1: ..." in a program
# of tests/qemu.
#
# Next: docs/spec/messages.md
set -u
cd "$(dirname "$0")/../.." || exit 2
page=docs/spec/messages.md
passed=0
failed=0

result() { # WHAT STATUS
    if [ "$2" -eq 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED $1"
    fi
}

count_up() { # LETTER FIRST LAST: L1 L2 ...
    seq -f "$1%g" "$2" "$3"
}

rows=$(sed -n 's/^| \([A-Z][0-9][0-9]*\) | \(enforced\|decided\|flagged\) |.*/\1/p' "$page")
for rule in $(count_up F 1 10) $(count_up P 1 8) $(count_up R 0 4) $(count_up V 1 9) $(count_up L 1 7) \
    $(count_up S 1 2) $(count_up K 1 5) $(count_up C 1 8) $(count_up B 1 6) $(count_up A 1 2); do
    echo "$rows" | grep -qx "$rule"
    result "$rule has a row in $page that says whether it is enforced or decided" $?
done
test -z "$(echo "$rows" | sort | uniq -d)"
result "no rule has two rows: $(echo "$rows" | sort | uniq -d | tr '\n' ' ')" $?

for rule in $rows; do
    prefix=$(echo "$rule" | tr '[:upper:]' '[:lower:]')
    cat tests/host/*.c tests/host/*.sh tests/qemu/*/*.c |
        grep -Eq "^TEST\(${prefix}_|^result \"$rule: |\"rule $rule: "
    result "$rule has a test with its name" $?
done

# `name test` for each name of a rule that a test mentions; scripts mention the rule's letter and number.
mentioned=$(awk '
    match($0, /^TEST\([a-z0-9_]*/) { test = substr($0, 6, RLENGTH - 5) }
    { for (rest = $0; match(rest, /[A-Z][0-9]+_[A-Z]+/); rest = substr(rest, RSTART + RLENGTH))
          print substr(rest, RSTART, RLENGTH), test }' tests/host/*.c)
names=$(sed -n 's/^    X(\([A-Z][0-9]*_[A-Z]*\), .*/\1/p' schema/wire_rule.h)
test "$(echo "$names" | wc -l)" -ge 30
result "the names of the rules are found in schema/wire_rule.h" $?
for name in $names; do
    rule=${name%%_*}
    prefix=$(echo "$rule" | tr '[:upper:]' '[:lower:]')
    echo "$mentioned" | grep -q "^$name ${prefix}_" || grep -q "refused: $rule: " tests/host/*.sh
    result "$name is expected by a test of $rule" $?
    echo "$rows" | grep -qx "$rule"
    result "$name is explained in $page" $?
    grep -q "X($name, \"$rule: " schema/wire_rule.h
    result "the text of $name begins with $rule" $?
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
