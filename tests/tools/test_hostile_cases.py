"""The tables of hostile cases: every test that they name exists and says that it shows the case, and every
case has a test or a reason why there is none.

Next: tests/hostile_cases.py
"""

import sys
import unittest

import harness

sys.path.insert(0, str(harness.ROOT / "tests"))
import hostile_cases  # noqa: E402

CASES = 168


class Parts(unittest.TestCase):
    def test_numbers_of_a_phrase(self):
        self.assertEqual(hostile_cases.numbers(" 60 to 63, 75 and 77"), {60, 61, 62, 63, 75, 77})

    def test_what_a_file_says(self):
        said = hostile_cases.said
        self.assertEqual(said('"case 60: no slot", "Cases 1 to 3"'), {1, 2, 3, 60})
        self.assertEqual(said("# hostile\n# cases 28,\n# 40 and 41 too"), {28, 40, 41})
        self.assertEqual(said("TEST(a_name) /* 67, 71 to 72 */\nTEST(other)\n"), {67, 71, 72})
        self.assertEqual(said("switch (x) {\n    case 5:\n"), set())
        self.assertEqual(said("in that case 5 is\nnot".replace("case 5", "case, five")), set())

    def test_rows(self):
        (row,) = hostile_cases.rows("| # | a |\n|---|---|\n| 7 | what | ends | `qemu/x` and `host/*/y` |\n")
        self.assertEqual((row.number, row.patterns), (7, ["qemu/x", "host/*/y"]))

    def test_what_fits_a_pattern(self):
        self.assertTrue(hostile_cases.fits("host/gcc/ring", "host/*/ring"))
        self.assertFalse(hostile_cases.fits("host/gcc/ring_model", "host/*/ring"))
        self.assertTrue(hostile_cases.fits("qemu/boot-modules/none", "qemu/boot-modules"))


class Tables(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        status, listed = harness.run(harness.ROOT / "tests/run", "--list")
        assert status == 0, listed
        cls.names = listed.split()
        cls.rows = hostile_cases.rows((harness.ROOT / hostile_cases.TABLES).read_text(encoding="utf-8"))

    def test_each_case_has_one_row(self):
        self.assertEqual([row.number for row in self.rows], list(range(1, CASES + 1)))

    def test_each_case_has_a_test_or_a_reason(self):
        for row in self.rows:
            with self.subTest(case=row.number):
                self.assertEqual(len(row.columns), 3, "a row is: number, case, expected, shown by")
                if not row.patterns:
                    self.assertRegex(row.reason, r"^- \w")

    def test_each_test_exists_and_says_that_it_shows_the_case(self):
        for row in self.rows:
            for pattern in row.patterns:
                with self.subTest(case=row.number, test=pattern):
                    fitting = [name for name in self.names if hostile_cases.fits(name, pattern)]
                    self.assertTrue(fitting, f"tests/run --list has no test {pattern}")
                    for name in fitting:
                        files = [harness.ROOT / path for path in hostile_cases.files_of(name)]
                        texts = "\n".join(file.read_text(encoding="utf-8") for file in files)
                        self.assertIn(row.number, hostile_cases.said(texts), f"no file of {name} names this case")


if __name__ == "__main__":
    harness.main()
