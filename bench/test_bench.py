"""The benchmark's own parts: the decoder of the counter, the reading of results, the gate, the initramfs.

Run by itself: python3 bench/test_bench.py. It needs gcc and as, and boots nothing.

Next: bench/run
"""

import ctypes
import importlib.machinery
import importlib.util
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
BENCH = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(BENCH), str(BENCH / "linux")]
import growth  # noqa: E402
import results  # noqa: E402
import system  # noqa: E402
from machine import BenchError, Symbols  # noqa: E402


def load_run():
    loader = importlib.machinery.SourceFileLoader("bench_run", str(BENCH / "run"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("bench_run", loader))
    loader.exec_module(module)
    return module


# One instruction a line: what the counter must take it for, and, after the bar, whose its stores are.
INSTRUCTIONS = """
cr3        mov %rax, %cr3
cr3        mov %r9, %cr3
none       mov %cr3, %rax
none       mov %rax, %cr4
wrmsr      wrmsr
none       rdmsr
invlpg     invlpg (%rax)
invlpg     invlpg 8(%r12)
invlpg     invpcid (%rax), %rcx
none       swapgs
none       rdtscp
iretq      iretq
sysret     sysretq
syscall    syscall
fpu        fxsave64 (%rax)
fpu        fxrstor64 (%rdi)
fpu        xsave64 (%rax)
fpu        xsaveopt (%rax)
fpu        xsaves64 (%rax)
fpu        xrstor64 (%rax)
none       ldmxcsr (%rax)
none       lfence
none       mfence
locked     lock incl (%rax)
locked     lock cmpxchg %rcx, (%r8)
locked     xchg %rax, (%rbx)
none       xchg %rax, %rbx
none       cmpxchg8b (%rax)
none|copy  rep movsb
none|copy  rep movsq
none|fill  rep stosq
none|fill  stosb
none       mov %rax, (%rdi)
none       nop
"""


class Decoded(ctypes.Structure):
    _fields_ = [("event", ctypes.c_int), ("store", ctypes.c_int)]


class Decoder(unittest.TestCase):
    """Every instruction of the list, as the assembler writes it."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        library = f"{self.folder.name}/decode.so"
        source = ["-I", str(BENCH.parent), "-shared", "-fPIC", str(BENCH / "counter/decode.c")]
        subprocess.run(["gcc", *source, "-o", library], check=True)
        self.decode = ctypes.CDLL(library).instruction_decode
        self.decode.restype = Decoded
        header = (BENCH / "counter/decode.h").read_text(encoding="utf-8")
        self.names = header.split('EVENT_NAMES "')[1].split('"')[0].split() + ["none"]

    def tearDown(self):
        self.folder.cleanup()

    def assemble(self, instruction):
        path = f"{self.folder.name}/one"
        subprocess.run(["as", "-o", f"{path}.o", "-"], input=f"{instruction}\n".encode(), check=True)
        subprocess.run(["objcopy", "-O", "binary", "-j", ".text", f"{path}.o", f"{path}.bin"], check=True)
        return pathlib.Path(f"{path}.bin").read_bytes()

    def test_each_instruction_is_the_event_that_it_is(self):
        for line in INSTRUCTIONS.strip().splitlines():
            wanted, instruction = line.split(None, 1)
            event, _, store = wanted.partition("|")
            code = self.assemble(instruction)
            decoded = self.decode(code, ctypes.c_size_t(len(code)))
            got = (self.names[decoded.event], ["", "copy", "fill"][decoded.store])
            self.assertEqual(got, (event, store), instruction)

    def test_no_bytes_are_read_that_are_not_there(self):
        for code in (b"", b"\x0f", b"\x48", b"\xf0\x48", b"\x0f\x01", b"\x87"):
            self.assertEqual(self.decode(code, ctypes.c_size_t(len(code))).store, 0)


COLUMNS = "pass kernel user cr3 syscall copied"


def console(*lines):
    return ["init | result empty 2 1 1 10 10 0", *(f"init | result {line}" for line in lines)]


def passes(*rows):
    return results.Passes([COLUMNS, *["pass 0 10 0 0 0"] * 3, *(f"pass {row}" for row in rows)])


class Results(unittest.TestCase):
    def test_numbers_are_for_one_operation_without_the_bracket(self):
        lines = console("nop 3 1 4 50 90 0")
        counted = passes("999 1 0 0 0", "40 10 0 1 8", "70 20 4 1 8", "71 20 4 1 8")
        (record,) = results.records_of("capos", lines, counted)
        self.assertEqual(record["name"], "nop")
        self.assertEqual((record["minimum"], record["median"]), (10, 20))
        self.assertEqual((record["kernel"], record["user"]), (17.5, 2.5))
        self.assertEqual(record["events"], {"cr3": 1, "syscall": 0.25, "copied": 2})

    def test_a_counter_that_saw_something_else_is_refused(self):
        with self.assertRaisesRegex(BenchError, "nop: the guest read a median of 90"):
            results.records_of("capos", console("nop 1 0 1 90 90 0"), passes("70 21 0 0 0"))

    def test_a_pause_is_subtracted_and_what_was_executed_in_it_is_told(self):
        lines = console("sleep 3 0 1 1060 1070 1000")
        counted = passes("70 20 0 1 0", "75 20 4 1 0", "80 20 0 1 0")
        (record,) = results.records_of("capos", lines, counted)
        self.assertEqual((record["minimum"], record["median"]), (50, 60))
        self.assertEqual((record["kernel"], record["user"], record["events"]["cr3"]), (75, 10, 4))

    def test_a_console_without_the_empty_bracket_is_refused(self):
        with self.assertRaises(BenchError):
            results.operations_of(["result nop 1 0 1 5 5 0"])

    def test_the_boot_is_a_record_of_its_own(self):
        counted = passes()
        counted.boot = [100, 0, 2, 0, 30]
        (record,) = results.records_of("linux", console(), counted)
        self.assertEqual((record["name"], record["median"], record["events"]["cr3"]), ("boot_init", 100, 2))


class Gate(unittest.TestCase):
    def compare(self, now, baseline):
        records = [{"name": name, "system": "capos", "median": median} for name, median in now.items()]
        records.append({"name": "nop", "system": "linux", "median": 9999})
        return load_run().compare(records, baseline)

    def test_two_percent_are_let_through(self):
        self.assertEqual(self.compare({"nop": 102}, {"nop": 100}), ([], False))

    def test_more_is_growth(self):
        lines, has_grown = self.compare({"nop": 103}, {"nop": 100})
        self.assertTrue(has_grown)
        self.assertEqual(lines, ["nop: 103, grown by 3.0 % from 100"])

    def test_less_is_told_and_no_failure(self):
        lines, has_grown = self.compare({"nop": 50}, {"nop": 100})
        self.assertFalse(has_grown)
        self.assertIn("down by 50.0 %", lines[0])

    def test_a_path_that_is_not_in_both_is_a_failure(self):
        self.assertTrue(self.compare({"nop": 1}, {})[1])
        self.assertTrue(self.compare({}, {"nop": 1})[1])


class Growth(unittest.TestCase):
    NAME = ("timers", "round_trip")
    LOGARITHMIC = ("timers", "sleep_and_cancel")

    def test_points_are_read_without_the_bracket(self):
        console = ["init | point empty bracket 0 10 11", "init | point timers round_trip 1 90 111", "other"]
        self.assertEqual(growth.curves_of(console), {self.NAME: [(1, 100)]})

    def test_a_console_without_the_bracket_is_refused(self):
        for console in ([], ["init | point timers round_trip 1 90 111"]):
            with self.assertRaises(BenchError):
                growth.curves_of(console)

    def test_five_percent_are_flat_and_more_are_not(self):
        self.assertIsNone(growth.judge(self.NAME, [(1, 100), (10, 105), (100, 100)]))
        self.assertIn("6.0 %", growth.judge(self.NAME, [(1, 100), (10, 106), (100, 100)]))
        self.assertIsNotNone(growth.judge(self.NAME, [(1, 106), (10, 100)]))

    def test_a_logarithm_may_grow_with_each_doubling(self):
        self.assertIsNone(growth.judge(self.LOGARITHMIC, [(1, 100), (2, 105), (1024, 160)]))
        self.assertIn("2", growth.judge(self.LOGARITHMIC, [(1, 100), (2, 106)]))
        self.assertIsNotNone(growth.judge(self.LOGARITHMIC, [(1, 100), (1024, 1000)]))

    def test_one_bad_curve_is_a_failure(self):
        lines, has_failed = growth.lines_of({self.NAME: [(1, 100), (2, 200)], ("processes", "x"): [(1, 5)]})
        self.assertTrue(has_failed)
        self.assertIn("not flat", lines[0])

    def test_a_picture_loses_nothing_but_empty_groups_and_blanks(self):
        svg = "<svg> \n<g a='1'>\n</g>\n\n<g b='2'>\n\t<path d='x'/>\n</g>\n</svg>\n"
        self.assertEqual(growth.tidied(svg), "<svg>\n<g b='2'><path d='x'/>\n</g>\n</svg>\n")

    def test_the_picture_has_a_panel_for_each_curve(self):
        script = growth.script_of({self.NAME: [(1, 5)], ("timers", "y"): [(1, 6)], ("processes", "x"): [(2, 7)]}, "f.svg")
        self.assertEqual(script.count("\nplot "), 2)
        self.assertIn("\n1 6\nend", script)


class Initramfs(unittest.TestCase):
    def test_entries_are_aligned_and_say_their_sizes(self):
        entry = system.cpio_entry(1, "init", 0o100755, b"12345")
        self.assertEqual(len(entry) % 4, 0)
        self.assertEqual(entry[:6], b"070701")
        self.assertEqual(int(entry[54:62], 16), 5)
        self.assertEqual(int(entry[94:102], 16), len("init") + 1)
        self.assertEqual(entry[110:115], b"init\0")
        self.assertEqual(entry[116:121], b"12345")


class Addresses(unittest.TestCase):
    def test_a_function_reaches_to_the_next(self):
        symbols = Symbols([(0x20, "memcpy"), (0x10, "memmove"), (0x40, "other")])
        self.assertEqual(symbols.function(0x3F), ("memcpy", 0x20))
        self.assertEqual(symbols.function(0x0F), ("?", 0))

    def test_ranges_of_neighbours_are_joined(self):
        pattern = re.compile("memcpy|memmove")
        symbols = Symbols([(0x20, "memcpy"), (0x10, "memmove"), (0x40, "other"), (0x50, "memcpy")])
        self.assertEqual([r[0] for r in symbols.ranges(pattern)], [0x10, 0x50])
        self.assertEqual(symbols.ranges(pattern)[0][1], 0x40)


if __name__ == "__main__":
    result = unittest.main(exit=False).result
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
