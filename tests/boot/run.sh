#!/bin/sh
# Boots the probe kernel (probe.c) through the shim and through the bootable images, and judges what it
# says; gives the shim kernels that it must refuse.
#
#   tests/boot/run.sh [shim|image]...        both if nothing is named
#
# SHIM and PROBE name the files if they are not build/boot/shim.elf and build/boot/probe.elf. The last
# line is "N passed, N failed"; the exit status is 0 if nothing failed.
#
# Next: boot/shim/shim.h
set -eu

# QEMU takes a module as "path arguments": there must be no blank in the path.
CDPATH='' cd -- "$(dirname -- "$0")/../.."
shim=${SHIM:-build/boot/shim.elf}
probe=${PROBE:-build/boot/probe.elf}
limit_seconds=60 # only detects hangs
probe_ok=33      # QEMU's exit status: twice the number written to isa-debug-exit, plus one
shim_refused=253
passed=0
failed=0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

verdict() { # NAME REASON, the reason empty if all is well
    if [ -z "$2" ]; then
        passed=$((passed + 1))
        echo "ok $1"
    else
        failed=$((failed + 1))
        echo "FAIL $1: $2"
        tail -n 5 "$work/log" | sed 's/^/    /'
    fi
}

qemu() { # ARGUMENTS; leaves the serial output in $work/log, the exit status in $status
    status=0
    timeout "$limit_seconds" qemu-system-x86_64 -accel tcg -display none -serial stdio -monitor none \
        -no-reboot -nic none -device isa-debug-exit,iobase=0xf4,iosize=4 "$@" \
        </dev/null >"$work/log" 2>&1 || status=$?
}

reason=
need() { # LINE that the log must have
    grep -aqxF -- "$1" "$work/log" || reason="$reason no line '$1'"
}

need_clean() {
    [ "$status" -eq "$probe_ok" ] || reason="$reason exit status $status"
    if grep -aq '^FAIL' "$work/log"; then
        reason="$reason $(grep -a '^FAIL' "$work/log" | head -n 3 | tr '\n' ';')"
    fi
}

fact() { # NAME: prints its value as a decimal number
    value=$(sed -n "s/^$1 //p" "$work/log")
    echo $((${value:-0}))
}

module_line() { # FILE PATH STRING: what the probe prints about a module
    sum=$(od -An -v -tu1 "$1" | awk '{ for (i = 1; i <= NF; i++) sum += $i } END { printf "%x", sum }')
    printf 'module size 0x%x sum 0x%s path [%s] string [%s]' "$(wc -c <"$1")" "$sum" "$2" "$3"
}

# ---- the shim accepts ----

boot_shim() { # INITRD ARGUMENTS: starts the shim
    initrd=$1
    shift
    reason=
    qemu -kernel "$shim" -initrd "$initrd" "$@"
    need_clean
    need 'direct-map.extra-pages 0x0'
    need 'lower-half-maps-kernel 0x0'
}

# The machine starts stopped; through QEMU's test protocol an entry is opened (fixed delivery, vector
# 0x20); then the monitor lets the machine run.
boot_with_open_io_apic() {
    reason=
    mkfifo "$work/test.in" "$work/test.out" "$work/monitor.in" "$work/monitor.out"
    {
        exec 3<>"$work/test.in" 4<>"$work/test.out" 5<>"$work/monitor.in" 6<>"$work/monitor.out"
        printf 'writel 0xfec00000 0x10\nwritel 0xfec00010 0x20\n' >&3
        read -r _ <&4 && read -r _ <&4 && echo cont >&5
    } &
    helper=$!
    qemu -kernel "$shim" -initrd "$probe" -cpu max -m 32M -S -qtest "pipe:$work/test" \
        -chardev "pipe,id=monitor,path=$work/monitor" -mon chardev=monitor
    kill "$helper" 2>/dev/null || : # it still waits if QEMU did not even start
    need_clean
}

accepts() {
    printf 'a manifest' >"$work/small"
    head -c 3000001 /dev/urandom >"$work/large"
    : >"$work/empty"

    boot_shim "$probe log=debug  x=y,$work/small a string" -cpu max -m 32M
    need 'cmdline [log=debug  x=y]'
    need 'modules 0x1'
    need "$(module_line "$work/small" "$work/small" 'a string')"
    verdict 'one module, as ./capos run does it' "$reason"

    boot_shim "$probe" -cpu max -m 32M
    need 'cmdline []'
    need 'modules 0x0'
    verdict 'no module, no command line' "$reason"

    boot_shim "$probe,$work/large,$work/small second,$work/empty" -cpu max -m 32M
    need 'modules 0x3'
    need "$(module_line "$work/large" "$work/large" '')"
    need "$(module_line "$work/small" "$work/small" second)"
    need "$(module_line "$work/empty" "$work/empty" '')"
    verdict 'three modules, in order, one of them empty' "$reason"

    for memory_mib in 16 128 3072 6144; do
        boot_shim "$probe,$work/small" -cpu max -m "${memory_mib}M"
        known=$(($(fact memory.usable) + $(fact memory.reclaimable) + $(fact memory.executable)))
        # Firmware keeps a little.
        [ "$known" -gt $(((memory_mib - 1) << 20)) ] || reason="$reason only $known bytes"
        [ "$known" -le $((memory_mib << 20)) ] || reason="$reason $known bytes"
        verdict "$memory_mib MiB of RAM are known to the kernel" "$reason"
    done

    boot_shim "$probe,$work/small" -cpu qemu64,-nx -m 32M
    verdict 'a processor without NX' "$reason"
    boot_shim "$probe,$work/small" -cpu qemu64 -M q35 -m 32M
    verdict 'a plain processor, another chip set' "$reason"
    boot_shim "$probe,$work/small" -cpu max,+la57 -smp 2 -m 32M
    verdict 'five-level paging present but not used, two processors' "$reason"

    boot_with_open_io_apic
    verdict 'an I/O APIC entry that firmware left open is masked' "$reason"

    patch "$work/later" "$(offset_of "$base_tag")" 16 '\004'
    reason=
    qemu -kernel "$shim" -initrd "$work/later" -cpu max -m 32M
    need 'base-tag.loaded 0x3'
    need 'base-tag.wanted 0x4'
    verdict 'a kernel for a later base revision is told which one it got' "$reason"
}

# ---- the shim refuses ----

# What to look for in the probe's file, low byte first: the base revision tag and the memory map's id.
base_tag='\xc8\xa6\x95\x5c\x2d\x2b\x56\xf9\xdc\x6b\x53\x44\x49\x38\x7b\x6a'
memmap_id='\x6f\x80\x8a\x37\x9d\x3d\xcf\x67'

offset_of() { # BYTES: their offset in the probe's file
    found=$(LC_ALL=C grep -obUaP "$1" "$probe" | head -n 1 | cut -d: -f1)
    echo "${found:-not found}" # which no arithmetic takes
}

patch() { # OUTPUT OFFSET PLUS BYTES: the probe's file with some bytes replaced
    cp "$probe" "$1"
    # shellcheck disable=SC2059 # octal escapes are the point
    printf "$4" | dd of="$1" bs=1 seek=$(($2 + $3)) conv=notrunc 2>/dev/null
}

refused() { # NAME REASON ARGUMENTS
    name=$1
    expected=$2
    shift 2
    qemu -kernel "$shim" "$@"
    reason=
    [ "$status" -eq "$shim_refused" ] || reason="exit status $status"
    grep -aq "^shim: refused: $expected" "$work/log" || reason="$reason no such reason"
    verdict "refused: $name" "$reason"
}

bad() { # NAME REASON OFFSET BYTES
    patch "$work/bad" "$3" 0 "$4"
    refused "$1" "$2" -initrd "$work/bad" -cpu max -m 32M
}

refuses() {
    segments=64 # offset of the program headers in the probe's file; 56 bytes each: text, rodata, data
    text=$segments
    data=$((segments + 2 * 56))

    refused 'no kernel' 'no kernel: ' -cpu max -m 32M
    refused 'a processor without 64-bit mode' 'this processor has no 64-bit mode' \
        -initrd "$probe" -cpu qemu32 -m 32M
    files=$probe
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
        files="$files,$work/small"
    done
    refused 'seventeen files' 'too many modules' -initrd "$files" -cpu max -m 32M

    head -c 20000000 /dev/zero >"$work/bad"
    refused 'modules larger than memory' 'the boot loader put a module outside' \
        -initrd "$probe,$work/bad" -cpu max -m 16M
    printf 'hello' >"$work/bad"
    refused 'a short file' 'the kernel is not an ELF file' -initrd "$work/bad" -cpu max -m 32M
    head -c 8192 "$probe" >"$work/bad"
    refused 'a truncated kernel' 'a segment of the kernel reaches outside its file' \
        -initrd "$work/bad" -cpu max -m 32M
    bad 'a wrong magic number' 'the kernel is not a little-endian ELF64' 0 X
    bad 'a 32-bit ELF file' 'the kernel is not a little-endian ELF64' 4 '\001'
    bad 'a relocatable executable' 'the kernel is not an executable at a fixed address' 16 '\003'
    bad 'another machine' 'the kernel is not for x86-64' 18 '\263'
    bad 'an entry point outside' "the kernel's entry point is in no executable segment" 27 '\177'
    bad 'program headers outside the file' "the kernel's program headers are damaged" 35 '\001'
    bad 'program headers of another size' "the kernel's program headers are damaged" 54 '\070\001'
    bad 'too many program headers' "the kernel's program headers are damaged" 56 '\377\377'
    bad 'no program headers' 'the kernel has nothing to load' 56 '\000'
    bad 'a segment writable and executable' 'a segment of the kernel is both' $((text + 4)) '\007'
    bad 'a segment past the end of the file' 'a segment of the kernel reaches outside' $((text + 14)) '\001'
    bad 'an offset that wraps' 'a segment of the kernel reaches outside' $((text + 8)) \
        '\000\360\377\377\377\377\377\377'
    bad 'a segment in the lower half' 'a segment of the kernel lies below' $((text + 23)) '\000'
    bad 'a segment not page-aligned' 'a segment of the kernel is not aligned' $((text + 16)) '\010'
    bad 'a segment aligned to 2 MiB' 'a segment of the kernel is not aligned' $((data + 48)) '\000\000\040'
    bad 'overlapping segments' 'segments of the kernel overlap' $((data + 17)) '\000'
    bad 'more in the file than in memory' 'a segment of the kernel reaches outside' $((data + 33)) '\160'
    bad 'a size that wraps' 'a segment of the kernel is too large' $((data + 47)) '\377'
    bad 'a segment too large' 'a segment of the kernel is too large' $((data + 44)) '\001'
    bad 'a kernel larger than memory' 'not enough memory' $((data + 43)) '\003'
    bad 'base revision 2' 'the kernel asks for a base revision' $(($(offset_of "$base_tag") + 16)) '\002'
    bad 'no base revision tag' 'the kernel asks for a base revision' "$(offset_of "$base_tag")" X
    bad 'a request made twice' 'the kernel makes the same request twice' "$(offset_of "$memmap_id")" \
        '\122\270\322\212\313\361\334\110\113\044\230\232\225\116\230\143'
}

# ---- images ----

boot_image() { # NAME ARGUMENTS
    name=$1
    shift
    reason=
    qemu "$@"
    need_clean
    need 'cmdline [log=debug x=y]'
    need 'modules 0x1'
    need "$(module_line "$work/small" /boot/manifest.bin '')"
    verdict "$name" "$reason"
}

images() {
    printf 'a manifest' >"$work/small"
    if ! SHIM=$shim tools/iso.sh "$probe" "$work/small" "$work/image.iso" 'log=debug x=y' \
        >"$work/log" 2>&1; then
        verdict 'an image is made' 'tools/iso.sh failed'
        return
    fi
    verdict "$(cat "$work/log")" ''
    boot_image 'image as CD, BIOS' -cpu max -m 64M -cdrom "$work/image.iso"
    boot_image 'image as disk, BIOS' -cpu max -m 64M -drive "format=raw,file=$work/image.iso"
    for firmware in /usr/share/OVMF/OVMF_CODE_4M.fd /usr/share/OVMF/OVMF_CODE.fd /usr/share/ovmf/OVMF.fd; do
        [ -f "$firmware" ] && break
    done
    if [ ! -f "$firmware" ]; then
        verdict 'image under UEFI' 'no OVMF firmware (Debian package: ovmf)'
        return
    fi
    flash="if=pflash,format=raw,readonly=on,file=$firmware"
    boot_image 'image as CD, UEFI' -cpu max -m 256M -drive "$flash" -cdrom "$work/image.iso"
    boot_image 'image as disk, UEFI' -cpu max -m 256M -drive "$flash" \
        -drive "format=raw,file=$work/image.iso"
}

for file in "$shim" "$probe"; do
    [ -f "$file" ] && continue
    echo "tests/boot/run.sh: no $file: run \`make boot-test\`" >&2
    exit 2
done
[ $# -gt 0 ] || set -- shim image
for suite in "$@"; do
    case $suite in
    shim)
        accepts
        refuses
        ;;
    image) images ;;
    *)
        echo "usage: tests/boot/run.sh [shim|image]..." >&2
        exit 2
        ;;
    esac
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
