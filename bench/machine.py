"""One boot of a benchmark system under QEMU's instruction clock, plain or counted, and the symbols of programs.

With -icount shift=0,sleep=off the guest's time-stamp counter counts executed instructions, exactly and the same
in every run. The options below are those under which every figure is made, for capOS and for Linux.

Next: bench/results.py
"""

import bisect
import pathlib
import re
import signal
import struct
import subprocess

CLOCK = "-icount shift=0,sleep=off -smp 1 -rtc base=2024-01-01,clock=vm -seed 1".split()
MEMORY = "256M"
CPU = "max"
CAPOS_KERNEL = "build/kernel/capos.elf"
CAPOS_MANIFEST = "build/bench/qemu/system.manifest"
COUNTER = pathlib.Path("build/bench/counter.so")
CLEAN_END = 33  # of a capOS system
SECONDS_MAX = 300  # finds a hang, judges nothing

# Whose stores count as copying and filling, besides those of movs and stos.
STORES = {
    "copy": re.compile(r"_*(memcpy|memmove|mempcpy|copy_user_generic|copy_page)(_.*)?"),
    "fill": re.compile(r"_*(memset|clear_page)(_.*)?"),
}


class BenchError(Exception):
    """Why there are no figures, in one line."""


class Machine:
    """What to boot, with which command, and where the brackets and the functions are."""

    clean_end = 0  # QEMU's status

    def __init__(self, system, command, program, boot=None, kernel=None):
        self.system = system
        self.command = command
        self.program = program  # Symbols of the program that measures
        self.marks = [program.address(name) for name in ("bracket_open", "bracket_close")]
        self.boot = boot  # the address of the kernel's first instruction
        self.kernel = kernel  # Symbols of the kernel

    def run(self, extra=()):
        """The lines of the console."""
        process = subprocess.Popen(
            [*self.command, *extra],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            output, _ = process.communicate()
            raise BenchError(f"{self.system} did not end within {SECONDS_MAX} s: {tail(output)}") from None
        except BaseException:
            process.send_signal(signal.SIGKILL)
            process.wait()
            raise
        lines = output.decode("utf-8", "replace").replace("\r", "").splitlines()
        log = write_log(self.system, lines)
        failed = [line for line in lines if "| failed " in line or line.startswith("failed ")]
        if failed or process.returncode != self.clean_end:
            last = (failed or lines or ["it printed nothing"])[-1]
            raise BenchError(f"{self.system} ended with status {process.returncode}: {last} ({log})")
        return lines

    def run_counted(self, folder, trace_at=None):
        """(console lines, counter lines, addresses of the traced pass)"""
        folder.mkdir(parents=True, exist_ok=True)
        out, trace = folder / f"{self.system}.passes", folder / f"{self.system}.trace"
        options = [str(COUNTER), f"open={self.marks[0]:x}", f"close={self.marks[1]:x}", f"out={out}"]
        if self.boot:
            options.append(f"boot={self.boot:x}")
        for kind, pattern in STORES.items():
            ranges = [r for symbols in (self.kernel, self.program) if symbols for r in symbols.ranges(pattern)]
            options.append(f"{kind}=" + ":".join(f"{first:x}-{end:x}" for first, end in ranges))
        if trace_at is not None:
            options += [f"trace={trace}", f"at={trace_at}"]
        lines = self.run(["-plugin", ",".join(options)])
        addresses = []
        if trace_at is not None:
            data = trace.read_bytes()
            addresses = [address for (address,) in struct.iter_unpack("<Q", data)]
            trace.unlink()
        return lines, out.read_text(encoding="ascii").splitlines(), addresses


class CaposMachine(Machine):
    """tools/qemu.sh takes QEMU's further options as one word."""

    clean_end = CLEAN_END

    def __init__(self, *arguments, manifest=CAPOS_MANIFEST, **named):
        super().__init__(*arguments, **named)
        self.manifest = manifest

    def run(self, extra=()):
        head = ["tools/qemu.sh", "--memory", MEMORY, "--with", " ".join([*CLOCK, *extra])]
        self.command = [*head, self.manifest]
        return super().run()


def capos_machine():
    return CaposMachine(
        "capos",
        [],
        Symbols.of_elf("build/bench/qemu/bench.elf.debug"),
        boot=elf_entry(f"{CAPOS_KERNEL}.debug"),
        kernel=Symbols.of_elf(f"{CAPOS_KERNEL}.debug"),
    )


def write_log(system, lines):
    log = pathlib.Path("build/log") / f"bench-{system}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return log


def tail(output):
    lines = output.decode("utf-8", "replace").splitlines()
    return lines[-1] if lines else "it printed nothing"


def tool(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        raise BenchError(f"{' '.join(command)}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout.decode(errors="replace")


def elf_entry(path):
    return int(re.search(r"Entry point address:\s*(0x[0-9a-f]+)", tool("readelf", "-hW", path))[1], 16)


class Symbols:
    """Functions by address. A function reaches to the next one."""

    def __init__(self, pairs, path=None):
        self.path = path
        self.pairs = sorted(pairs)
        self.starts = [address for address, _ in self.pairs]
        self.by_name = {name: address for address, name in self.pairs}

    @staticmethod
    def of_elf(path):
        found = re.findall(r"^([0-9a-f]+) [tTwWi] (\S+)$", tool("nm", "--defined-only", path), re.MULTILINE)
        return Symbols([(int(address, 16), name) for address, name in found], path)

    def address(self, name):
        if name not in self.by_name:
            raise BenchError(f"{self.path}: there is no function {name}")
        return self.by_name[name]

    def ranges(self, pattern):
        """(first address, end) of the functions whose names fit; neighbours are joined."""
        joined = []
        for index, (first, name) in enumerate(self.pairs):
            if not pattern.fullmatch(name):
                continue
            end = self.starts[index + 1] if index + 1 < len(self.pairs) else first + 4096
            if joined and joined[-1][1] >= first:
                joined[-1][1] = max(end, joined[-1][1])
            else:
                joined.append([first, end])
        return joined

    def function(self, address):
        """(name, address of its first instruction)"""
        index = bisect.bisect_right(self.starts, address) - 1
        return (self.pairs[index][1], self.starts[index]) if index >= 0 else ("?", 0)

    def inlined(self, addresses):
        """For each address the innermost inlined function that it belongs to, from the debug information."""
        if not self.path or not addresses:
            return {}
        text = tool("addr2line", "-a", "-i", "-f", "-e", self.path, *(f"{address:x}" for address in addresses))
        names, current = {}, None
        for line in text.splitlines():
            if line.startswith("0x"):
                current = int(line, 16)
            elif current is not None:
                names[current] = line
                current = None
        return names
