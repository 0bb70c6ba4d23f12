"""The Linux system of the benchmarks: Debian's cloud kernel, and an initramfs that holds this folder's programs.

The kernel's package is downloaded with apt and unpacked below build/, not installed. Cap'n Proto's RPC is left
out where its library or the C++ compiler is missing. A reason why there is no system at all is a BenchError.

Next: bench/linux/init.h
"""

import pathlib
import re
import subprocess

from machine import CLOCK, CPU, MEMORY, BenchError, Machine, Symbols, tool

SOURCE = pathlib.Path("bench/linux")
PACKAGE = "linux-image-cloud-amd64"
# Addresses as the symbol table gives them; no message but those of init; a panic ends the run.
COMMAND_LINE = "console=ttyS0 quiet nokaslr panic=-1 rdinit=/init"
LEAN = "mitigations=off lsm= audit=0 apparmor=0 init_on_alloc=0 hardened_usercopy=off"
C_FLAGS = "-std=gnu11 -I. -O2 -Wall -Wextra -Werror -Wshadow -fno-pie -c".split()
CXX_FLAGS = "-x c++ -std=gnu++17 -I. -O2 -fno-pie -c".split()
RPC_LIBRARIES = "-lcapnp-rpc -lcapnp -lkj-async -lkj -lpthread".split()


# ---- The kernel ------------------------------------------------------------------------------------


def package_name():
    """The package that the meta-package stands for."""
    found = re.search(r"Depends: (linux-image-\S+)", tool("apt-cache", "depends", PACKAGE))
    if not found:
        raise BenchError(f"apt does not know {PACKAGE}; apt-get update may help")
    return found[1]


def kernel_image(folder):
    """Downloaded once; `./capos clean` takes it away."""
    found = sorted(folder.glob("vmlinuz-*"))
    if found:
        return found[-1]
    name = package_name()
    done = subprocess.run(
        ["apt-get", "-q", "download", name], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    packages = sorted(folder.glob(f"{name}_*.deb"))
    if done.returncode or not packages:
        reason = (done.stdout.decode(errors="replace").strip().splitlines() or ["no output"])[-1]
        raise BenchError(f"apt-get download {name}: {reason}")
    unpacked = folder / "package"
    tool("dpkg-deb", "-x", str(packages[-1]), str(unpacked))
    image = next(iter(sorted(unpacked.glob("boot/vmlinuz-*"))), None)
    if not image:
        raise BenchError(f"{packages[-1]} holds no kernel")
    image = image.rename(folder / image.name)
    tool("rm", "-rf", str(unpacked))
    packages[-1].unlink()
    return image


# ---- The programs ----------------------------------------------------------------------------------


def compile_all(folder):
    """Object files of init; those of the RPC last, or none of them."""
    objects = []
    for source in [*sorted(SOURCE.glob("*.c")), pathlib.Path("bench/qemu/bracket.S")]:
        objects.append(folder / f"{source.stem}.o")
        tool("gcc", *C_FLAGS, "-o", str(objects[-1]), str(source))
    return objects


def compile_rpc(folder):
    schemas = ["bench/qemu/bench.capnp", "schema/c.capnp"]
    tool("capnp", "compile", "-I.", "--src-prefix=.", f"-oc++:{folder}", *schemas)
    objects = []
    for source in [*(folder / f"{schema}.c++" for schema in schemas), SOURCE / "rpc.c++"]:
        objects.append(folder / f"{source.stem}.o")
        tool("g++", *CXX_FLAGS, f"-I{folder}", "-o", str(objects[-1]), str(source))
    return objects


def build_programs(folder):
    """(init, nothing)"""
    init, nothing = folder / "init", folder / "nothing"
    tool("gcc", "-static", "-nostdlib", "-no-pie", "-o", str(nothing), str(SOURCE / "nothing.S"))
    objects = [str(path) for path in compile_all(folder)]
    try:
        rpc = [str(path) for path in compile_rpc(folder)]
        tool("g++", "-static", "-no-pie", "-o", str(init), *objects, *rpc, *RPC_LIBRARIES)
    except (BenchError, OSError) as error:
        print(f"Linux without Cap'n Proto's RPC: {str(error).splitlines()[0]}")
        tool("gcc", "-static", "-no-pie", "-o", str(init), *objects)
    return init, nothing


# ---- The initramfs ---------------------------------------------------------------------------------


def cpio_entry(number, name, mode, data=b"", device=(0, 0)):
    """One file in the "newc" format (Linux, Documentation/driver-api/early-userspace/buffer-format.rst)."""
    encoded = name.encode() + b"\0"
    fields = [number, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(encoded), 0]
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + encoded
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)


def initramfs_write(path, init, nothing):
    path.write_bytes(
        cpio_entry(1, "dev", 0o040755)
        + cpio_entry(2, "dev/console", 0o020600, device=(5, 1))
        + cpio_entry(3, "init", 0o100755, init.read_bytes())
        + cpio_entry(4, "nothing", 0o100755, nothing.read_bytes())
        + cpio_entry(0, "TRAILER!!!", 0)
    )


# ---- The machine -----------------------------------------------------------------------------------


class LinuxMachine(Machine):
    """The kernel's symbols come from its own console: a counted run follows a plain one."""

    def run(self, extra=()):
        lines = super().run(extra)
        if not any(line.startswith("done") for line in lines):
            raise BenchError(f"Linux did not get to its end: {lines[-1] if lines else 'it printed nothing'}")
        found = [match for line in lines if (match := re.match(r"symbol ([0-9a-f]+) ([0-9a-f]+) (\S+)", line))]
        pairs = [(int(match[1], 16), match[3]) for match in found]
        starts = {start for start, _ in pairs}
        pairs += [(end, f"end of {match[3]}") for match in found if (end := int(match[2], 16)) not in starts]
        self.kernel = Symbols(pairs)
        self.boot = self.kernel.by_name.get("start_kernel")
        return lines


def linux_machine(folder, is_lean=False):
    folder.mkdir(parents=True, exist_ok=True)
    try:
        image = kernel_image(folder)
        init, nothing = build_programs(folder)
    except OSError as error:
        raise BenchError(f"{error.filename}: {error.strerror}") from None
    initramfs = folder / "initramfs"
    initramfs_write(initramfs, init, nothing)
    command = f"qemu-system-x86_64 -accel tcg -cpu {CPU} -m {MEMORY} -no-reboot -display none -nic none".split()
    command += ["-serial", "stdio", *CLOCK, "-kernel", str(image), "-initrd", str(initramfs)]
    command += ["-append", f"{COMMAND_LINE} {LEAN}" if is_lean else COMMAND_LINE]
    return LinuxMachine("linux", command, Symbols.of_elf(str(init)))
