"""tools/tidy: it passes clean files and names each line that is not.

Next: tools/tidy
"""

import harness

CLEAN = "/* What it is for.\n *\n * Next: lib/bits.h\n */\n#pragma once\n"


class Tidy(harness.TreeCase):
    def check(self):
        return harness.run(harness.ROOT / "tools/tidy", self.tree)

    def refuses(self, path, text, where, what):
        self.write(path, text)
        status, output = self.check()
        self.assertEqual(status, 1, output)
        self.assertIn(f"{path}:{where}: ", output)
        self.assertIn(what, output)
        self.assertIn("1 problems", output)

    def test_an_empty_tree_is_not_a_clean_tree(self):
        self.assertEqual(self.check()[0], 1)

    def test_clean_files_are_accepted(self):
        self.write("lib/bits.h", CLEAN)
        self.write("docs/tour.md", "See the home/ folder, https://example.org/home/page and /usr/share/x.\n")
        self.write("tool", "#!/bin/sh\n# What it is for.\nmktemp -d /tmp/x." + "X" * 6 + "\n")
        self.assertEqual(self.check(), (0, "tidy: 3 files, 0 problems\n"))

    def test_what_was_built_is_not_looked_at(self):
        self.write("lib/bits.h", CLEAN)
        self.write("build/x.h", "bad ")
        self.assertEqual(self.check()[0], 0)

    def test_blanks_at_the_end_of_a_line(self):
        self.refuses("a.md", "one\ntwo \n", 2, "a blank")

    def test_carriage_returns(self):
        self.refuses("a.md", "one\r\n", 1, "carriage return")

    def test_no_newline_at_the_end(self):
        self.refuses("a.md", "one\ntwo", 2, "no newline")

    def test_notes_to_oneself(self):
        self.refuses("lib/bits.h", CLEAN + "/* " + "TO" + "DO: more */\n", 6, "note to oneself")

    def test_folders_of_somebody(self):
        for folder in ("/" + "home/ann/x", "/" + "root/x", "/" + "work/x"):
            self.refuses("a.md", f"it is in {folder}\n", 1, "somebody's folder")

    def test_long_files(self):
        self.refuses("a.md", "line\n" * 601, 601, "601 lines")

    def test_files_that_are_not_text(self):
        (self.tree / "a.md").write_bytes(b"\xff\xfe\n")
        self.assertIn("a.md:1: not valid UTF-8", self.check()[1])

    def test_messages_for_tests_may_be_any_bytes(self):
        self.write("lib/bits.h", CLEAN)
        self.write("tests/vectors/one.packed", "no newline")
        self.assertEqual(self.check()[0], 0)

    def test_headers_that_do_not_say_what_they_are_for(self):
        self.refuses("lib/bits.h", "int x;\n/* Next: x */\n", 1, "without a comment")

    def test_headers_that_do_not_say_what_to_read_next(self):
        self.refuses("lib/bits.h", "/* What it is for. */\n", 1, "no `Next:`")


if __name__ == "__main__":
    harness.main()
