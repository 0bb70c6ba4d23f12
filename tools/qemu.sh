#!/bin/sh
# Boots one kernel in QEMU, serial console on this terminal: the one place that knows QEMU's options.
#
#   tools/qemu.sh [--memory SIZE] [--args TEXT] [--kernel FILE] [--with 'QEMU OPTIONS'] [MODULE...]
#
# Paths are relative to the repository: the loader takes a module as "path arguments", so neither a blank
# nor a comma can be part of one. QEMU's status is the kernel's exit code times two, plus one
# (docs/build-boot-test.md lists them); any other status is QEMU's own.
#
# Next: boot/shim/shim.h
set -eu
CDPATH='' cd "$(dirname "$0")/.."

memory=32M
kernel=build/kernel/capos.elf
arguments=
with=
while [ $# -gt 0 ]; do
    case $1 in
    --memory) memory=$2 && shift 2 ;;
    --args) arguments=$2 && shift 2 ;;
    --kernel) kernel=$2 && shift 2 ;;
    --with) with="$with $2" && shift 2 ;;
    --*) echo "tools/qemu.sh: unknown option '$1'" >&2 && exit 2 ;;
    *) break ;;
    esac
done

# In this option's list a comma is written twice.
modules=$(printf '%s' "$kernel${arguments:+ $arguments}" | sed 's/,/,,/g')
for module in "$@"; do
    modules=$modules,$module
done

# shellcheck disable=SC2086 # $with is a list of options
exec qemu-system-x86_64 -accel tcg -cpu max -m "$memory" -no-reboot -display none -nic none -serial stdio \
    -device isa-debug-exit,iobase=0xf4,iosize=0x04 -kernel build/boot/shim.elf -initrd "$modules" $with
