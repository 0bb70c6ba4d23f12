"""tests/expect.py: a QEMU test passes only when its console and its exit code are what its file says.

Next: tests/expect.py
"""

import sys

import harness

sys.path.insert(0, str(harness.ROOT / "tests"))
import expect  # noqa: E402

import unittest  # noqa: E402

HELLO = "[    0.001000] info  boot: capOS\nhello | hello\n[    0.002000] info  boot: clean end\n"


def reasons(text, console=HELLO, exit_code=0x10, case=0):
    return expect.judge(expect.parse(text)[case], console.splitlines(), exit_code)


class Judging(unittest.TestCase):
    def test_a_clean_halt_is_what_an_empty_file_expects(self):
        self.assertEqual(reasons(""), [])
        self.assertEqual(len(reasons("", exit_code=0x14)), 1)
        self.assertEqual(len(reasons("", exit_code="missing: QEMU ended with status 1")), 1)

    def test_the_test_kernel_can_be_asked_for(self):
        self.assertIn(expect.TEST_KERNEL, expect.parse("kernel: test")[0].machine())
        self.assertNotIn("--kernel", expect.parse("")[0].machine())
        with self.assertRaises(expect.ExpectError):
            expect.parse("kernel: other")

    def test_a_long_test_runs_on_demand_only(self):
        self.assertTrue(expect.parse("run: on-demand")[0].is_on_demand)
        self.assertFalse(expect.parse("timeout: 600")[0].is_on_demand)
        with self.assertRaises(expect.ExpectError):
            expect.parse("run: never")

    def test_that_it_does_not_end_can_be_expected(self):
        self.assertEqual(reasons("status: none", exit_code=None), [])
        self.assertEqual(reasons("status: none"), ["the exit code is 0x10, expected none"])
        self.assertEqual(reasons("timeout: 7", exit_code=None), ["the exit code is missing: no end within 7 s, expected 0x10"])

    def test_another_status_can_be_expected(self):
        self.assertEqual(reasons("status: 0x13", exit_code=0x13), [])
        self.assertEqual(reasons("status: 0x13"), ["the exit code is 0x10, expected 0x13"])

    def test_lines_must_appear_in_order(self):
        self.assertEqual(reasons("line: capOS\nline: hello$\nline: clean end"), [])
        self.assertEqual(len(reasons("line: clean end\nline: hello")), 1)
        self.assertEqual(len(reasons("line: goodbye")), 1)

    def test_one_line_does_not_stand_for_two(self):
        self.assertEqual(len(reasons("line: hello\nline: hello")), 1)

    def test_any_line_may_come_in_any_order(self):
        self.assertEqual(reasons("any: clean end\nany: capOS"), [])
        self.assertEqual(len(reasons("any: goodbye")), 1)

    def test_a_line_that_must_never_appear_fails(self):
        self.assertEqual(reasons("never: goodbye"), [])
        self.assertEqual(len(reasons("never: ^hello")), 1)

    def test_a_panic_or_a_failed_check_fails(self):
        self.assertEqual(len(reasons("", HELLO + "[    0.003000] PANIC at lib/elf.c:1\n")), 1)
        self.assertEqual(len(reasons("", HELLO + "stale | CHECK failed: status == 0\n")), 1)

    def test_a_warning_or_an_error_in_the_log_fails(self):
        for level in ("warn", "error"):
            bad = HELLO + f"[   12.000001] {level:5} task: slow\n"
            self.assertEqual(len(reasons("", bad)), 1)
            self.assertEqual(reasons("allow: task: slow", bad), [])
            self.assertEqual(reasons("line: task: slow", bad), [])
            self.assertEqual(len(reasons("allow: task: fast", bad)), 1)

    def test_a_program_may_write_the_word_error(self):
        self.assertEqual(reasons("", HELLO + "hello | error is a word\n"), [])

    def test_a_case_adds_to_what_stands_above(self):
        text = "line: capOS\ntimeout: 5\ncase: one\nline: goodbye\ncase: two\nstatus: 0x11\n"
        self.assertEqual([case.name for case in expect.parse(text)], ["one", "two"])
        self.assertEqual(len(reasons(text, case=0)), 1)
        self.assertEqual(reasons(text, case=1, exit_code=0x11), [])
        self.assertEqual(expect.parse(text)[1].timeout, 5)


class Parsing(unittest.TestCase):
    def test_mistakes_are_named_with_their_line(self):
        for text in ("lines: x", "just text", "line: (", "status: many", "icount: much", "seed: x", "seed: 0", "seed: 0x10000000000000000", "module: tape", "module: file", "mutate: xor", "mutate: xor 1",
                     "mutate: burn 1 2", "mutate: set 1 0", "case: A B", "case: a\ncase: a", "module: none extra"):  # fmt: skip
            with self.assertRaisesRegex(expect.ExpectError, r"^expect:\d+: "):
                expect.parse(text)

    def test_a_processor_without_some_features(self):
        self.assertEqual(expect.parse("cpu: -rdrand,-rdseed")[0].cpu, "-rdrand,-rdseed")
        self.assertEqual(expect.parse("")[0].cpu, "")
        for bad in ("cpu: max", "cpu: -rdrand, -rdseed", "cpu: -x -m 1G"):
            with self.assertRaises(expect.ExpectError):
                expect.parse(bad)

    def test_modules(self):
        def sources(text):
            return expect.parse(text)[0].sources()

        self.assertEqual(sources(""), [(("manifest",), [])])
        self.assertEqual(sources("module: none"), [])
        self.assertEqual(sources("module: manifest\nmodule: manifest"), [(("manifest",), [])] * 2)
        self.assertEqual(sources("module: hex 00 ff"), [(("hex", b"\0\xff"), [])])
        self.assertEqual(sources("mutate: truncate 8"), [(("manifest",), [("truncate", 8, b"")])])

    def test_the_machine(self):
        plain, counted = (expect.parse(text)[0].machine() for text in ("memory: 64M", "memory: 64M\nicount: 4"))
        self.assertEqual(plain, ["--memory", "64M", "--args", ""])
        self.assertEqual(counted, plain + ["--with", "-icount shift=4,sleep=off"])

    def test_cases_do_not_share_their_modules(self):
        one, two = expect.parse("module: manifest\ncase: a\nmutate: append 00\ncase: b\n")
        self.assertEqual((len(one.sources()[0][1]), len(two.sources()[0][1])), (1, 0))


class Mutating(unittest.TestCase):
    def check(self, changes, result):
        self.assertEqual(expect.mutate(b"abcd", [expect.mutation(change) for change in changes]), result)

    def test_each_change(self):
        self.check(["set 1 5a"], b"aZcd")
        self.check(["set -1 5a"], b"abcZ")
        self.check(["xor 0 0101"], b"`ccd")
        self.check(["truncate 2"], b"ab")
        self.check(["truncate -1"], b"abc")
        self.check(["append 00 01"], b"abcd\0\1")
        self.check(["truncate 0", "append 61"], b"a")

    def test_a_seed_is_written_over_the_argument(self):
        data = b"\1seed=0x0000000000000001\0\2"
        self.assertEqual(expect.plant_seed(data, 0xABC), b"\1seed=0x0000000000000abc\0\2")
        for bad in (b"", data * 2, data.replace(b"0001\0", b"000x\0")):
            with self.assertRaises(expect.ExpectError):
                expect.plant_seed(bad, 1)

    def test_a_change_outside_the_module_is_refused(self):
        for change in ("set 4 00", "set 3 0000", "xor -5 00", "truncate 5"):
            with self.assertRaises(expect.ExpectError):
                self.check([change], b"")


if __name__ == "__main__":
    harness.main()
