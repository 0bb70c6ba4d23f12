#!/bin/sh
# Lets libFuzzer look for an input that breaks a target; normally called by ./capos fuzz, which builds it.
#
#   tests/fuzz/run.sh                     lists the targets
#   tests/fuzz/run.sh --exists TARGET     only whether there is such a target
#   tests/fuzz/run.sh TARGET SECONDS
#
# Begins with tests/fuzz/corpus/TARGET; what it finds interesting is kept in build/fuzz/TARGET, where the next
# run goes on. An input that breaks the target is kept in build/fuzz, shown in hex, and the exit status is 1.
#
# Next: tests/fuzz/make_seeds.py
set -eu
CDPATH='' cd "$(dirname "$0")/../.."
# shellcheck source=tools/step.sh
. tools/step.sh

# Each target with the first sentence of its comment.
list_targets() {
    for file in tests/fuzz/fuzz_*.c; do
        name=$(basename "$file" .c)
        printf '  %-10s %s\n' "${name#fuzz_}" "$(sed -n '1,3{s|^/\* *||;s|^ \* *||;p;}' "$file" | tr '\n' ' ' | sed 's/[.:] .*//')"
    done
}

# The sanitizers of clang 14 cannot live with as much address randomness as newer Linux kernels use.
fixed_addresses() {
    ! setarch -R true 2>/dev/null || echo 'setarch -R'
}

show_finding() { # FILE
    say "an input of $(wc -c <"$1") bytes breaks $target, $1:"
    od -A x -t x1z -v "$1" | head -n 64 | sed 's/^/    | /'
    say "to repeat: $prefix build/fuzz/bin/$target $1"
    say "once mended: put it into tests/fuzz/corpus/$target, where ./capos test replays it"
}

case ${1-} in
'') list_targets && exit ;;
--exists)
    [ -f "tests/fuzz/fuzz_${2-}.c" ] || usage_error "there is no fuzz target '${2-}'; targets:$(list_targets | awk '{ printf " %s", $1 }')"
    exit
    ;;
esac
target=$1
seconds=$2
prefix=$(fixed_addresses)

mkdir -p "build/fuzz/$target"
dictionary=build/fuzz/$target.dict
: >"$dictionary"
case $target in
reader | segments | copy | dispatch | manifest) cat tests/fuzz/message.dict >>"$dictionary" ;;
esac
[ ! -f "tests/fuzz/$target.dict" ] || cat "tests/fuzz/$target.dict" >>"$dictionary"
# libFuzzer takes no empty dictionary.
set --
[ ! -s "$dictionary" ] || set -- -dict="$dictionary"
rm -f build/fuzz/finding

# shellcheck disable=SC2086 # the prefix is one word or two
if step "fuzzing $target for $seconds s" "fuzz-$target" $prefix "build/fuzz/bin/$target" \
    -max_total_time="$seconds" -max_len=4096 -timeout=20 "$@" \
    -exact_artifact_path=build/fuzz/finding "build/fuzz/$target" "tests/fuzz/corpus/$target"; then
    figures=$(awk '$2 == "DONE" { print substr($1, 2) " inputs, " $4 " edges reached" }' "build/log/fuzz-$target.log")
    say "no input breaks $target ($figures; $(find "build/fuzz/$target" -type f | wc -l) inputs kept in build/fuzz/$target)"
    exit
fi
if [ -f build/fuzz/finding ]; then
    kept=build/fuzz/finding-$target-$(cksum build/fuzz/finding | cut -d' ' -f1).bin
    mv build/fuzz/finding "$kept"
    show_finding "$kept"
fi
exit 1
