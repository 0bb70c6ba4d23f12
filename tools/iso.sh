#!/bin/sh
# Makes a hybrid image: it boots from CD or USB stick, by BIOS or UEFI.
#
#   tools/iso.sh KERNEL.elf MANIFEST.bin OUTPUT.iso [COMMAND LINE]
#
# The boot loader is Limine where LIMINE_DIR names a directory with limine-bios-cd.bin,
# limine-uefi-cd.bin, limine-bios.sys and BOOTX64.EFI (and the `limine` tool, unless that is on PATH), or
# where an installed `limine` tells where its files are; else GRUB and the shim. SHIM names the shim's
# file if it is not build/boot/shim.elf. The last line says which boot loader it was.
#
# Next: boot/limine.conf
set -euf

limine_files='limine-bios-cd.bin limine-uefi-cd.bin limine-bios.sys BOOTX64.EFI'
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)

fail() {
    echo "iso: $*" >&2
    exit 1
}

# Runs a command; shows what it printed only if it fails.
quietly() {
    "$@" >"$work/log" 2>&1 && return
    tail -n 20 "$work/log" >&2
    fail "failed: $*"
}

need_tool() {
    command -v "$1" >/dev/null || fail "$1 is not installed (Debian package: $2)"
}

# Sets limine_directory to where Limine's files are, or to nothing.
find_limine() {
    limine_directory=${LIMINE_DIR:-}
    if [ -z "$limine_directory" ] && command -v limine >/dev/null; then
        limine_directory=$(limine --print-datadir 2>/dev/null) || limine_directory=
    fi
    for file in $limine_files; do
        [ -z "$limine_directory" ] || [ -f "$limine_directory/$file" ] ||
            fail "no $file in $limine_directory"
    done
}

make_with_limine() {
    tool=$limine_directory/limine
    [ -x "$tool" ] || tool=$(command -v limine) || fail "no limine tool in $limine_directory or on PATH"
    mkdir -p "$tree/boot/limine" "$tree/EFI/BOOT"
    for file in limine-bios-cd.bin limine-uefi-cd.bin limine-bios.sys; do
        cp "$limine_directory/$file" "$tree/boot/limine/"
    done
    cp "$limine_directory/BOOTX64.EFI" "$tree/EFI/BOOT/"
    while IFS= read -r line; do
        printf '%s\n' "${line%@CMDLINE@}$(case $line in *@CMDLINE@) printf %s "$cmdline" ;; esac)"
    done <"$root/boot/limine.conf" >"$tree/boot/limine/limine.conf"
    quietly xorriso -as mkisofs -R -r -J -b boot/limine/limine-bios-cd.bin \
        -no-emul-boot -boot-load-size 4 -boot-info-table -hfsplus -apm-block-size 2048 \
        --efi-boot boot/limine/limine-uefi-cd.bin -efi-boot-part --efi-boot-image \
        --protective-msdos-label "$tree" -o "$image"
    quietly "$tool" bios-install "$image"
}

# GRUB hands on only the arguments after a module's file name, while the shim takes the first word for
# the name: so it stands there twice. Arguments go in single quotes, so that GRUB expands nothing; what
# it would hand on with backslashes added is refused.
make_with_grub() {
    need_tool grub-mkrescue grub-common
    need_tool mformat mtools
    for directory in i386-pc x86_64-efi; do
        [ -d "/usr/lib/grub/$directory" ] ||
            fail "GRUB's $directory files are missing (Debian packages: grub-pc-bin, grub-efi-amd64-bin)"
    done
    [ -f "$shim" ] || fail "no shim at $shim"
    case $cmdline in
    *[\'\"\\]*) fail "GRUB cannot hand on quotes or backslashes in the command line" ;;
    esac
    mkdir -p "$tree/boot/grub"
    cp "$shim" "$tree/boot/shim.elf"
    {
        echo 'set gfxpayload=text'
        echo 'multiboot /boot/shim.elf'
        printf 'module /boot/capos.elf /boot/capos.elf'
        for word in $cmdline; do
            printf " '%s'" "$word"
        done
        printf '\nmodule /boot/manifest.bin /boot/manifest.bin\nboot\n'
    } >"$tree/boot/grub/grub.cfg"
    quietly grub-mkrescue -o "$image" "$tree"
}

[ $# -ge 3 ] && [ $# -le 4 ] || fail "usage: tools/iso.sh KERNEL.elf MANIFEST.bin OUTPUT.iso [COMMAND LINE]"
output=$3
cmdline=${4:-}
shim=${SHIM:-$root/build/boot/shim.elf}
case $cmdline in
*"
"*) fail "the command line must be one line" ;;
esac
need_tool xorriso xorriso

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
tree=$work/tree
image=$work/image.iso
mkdir -p "$tree/boot"
cp "$1" "$tree/boot/capos.elf"
cp "$2" "$tree/boot/manifest.bin"

find_limine
if [ -n "$limine_directory" ]; then
    loader=Limine
    make_with_limine
else
    loader='GRUB and the shim'
    make_with_grub
fi
mkdir -p "$(dirname -- "$output")"
mv "$image" "$output"
echo "iso: $output boots with $loader"
