"""./capos and tests/run: what does not exist is refused with status 2 and with what does exist.

Next: capos
"""

import harness


class FrontDoor(harness.TreeCase):
    def refuses(self, arguments, *texts, status=2):
        got, output = harness.run("./capos", *arguments)
        self.assertEqual(got, status, output)
        for text in texts:
            self.assertIn(text, output)

    def test_help_lists_each_command_once(self):
        status, output = harness.run("./capos", "help")
        self.assertEqual(status, 0)
        names = [line.split()[1] for line in output.splitlines() if line.startswith("  ./capos ")]
        self.assertEqual(len(names), len(set(names)))
        self.assertEqual(harness.run("./capos")[1], output)
        for name in names:
            status, usage = harness.run("./capos", name, "--help")
            self.assertEqual(status, 0, usage)
            self.assertIn(f"usage: ./capos {name}", usage)

    def test_an_unknown_command_is_refused_with_those_that_exist(self):
        self.refuses(["frob"], "no command 'frob'", "run", "test", "check")
        self.refuses(["run;true"], "is not the name of anything")
        self.refuses([""], "is not the name of anything")

    def test_an_unknown_system_is_refused_with_those_that_exist(self):
        self.refuses(["run", "nosuch"], "no system 'nosuch'", "systems: system")
        self.refuses(["run", "schema"], "no system 'schema'")
        self.refuses(["run", "../system"], "no system")
        self.refuses(["run", "system", "system"], "takes one system")
        self.refuses(["run", ""], "is not the name of anything")

    def test_an_unknown_option_is_refused(self):
        self.refuses(["run", "--fast"], "no option '--fast'")
        self.refuses(["run", "--all"], "no option '--all'")
        self.refuses(["run", "--", "--all"], "no system '--all'")

    def test_an_unknown_suite_is_refused_with_those_that_exist(self):
        status, output = harness.run("./capos", "test", "--list", "nosuch")
        self.assertEqual(status, 2)
        self.assertIn("suites: tools host boot qemu", output)

    def test_an_unknown_part_of_the_checks_is_refused(self):
        self.refuses(["check", "nosuch"], "layers")

    def test_the_list_of_tests_can_be_narrowed(self):
        status, output = harness.run("./capos", "test", "--list", "tools/capos")
        self.assertEqual((status, output), (0, "tools/capos\n"))


class SetUp(harness.TreeCase):
    """A copy of the set-up script in a tree with no tools but the shell's own."""

    def setUp(self):
        super().setUp()
        for name in ("setup.sh", "step.sh", "go.mod"):
            source = harness.ROOT / "tools" / name
            self.write(f"tools/{name}", source.read_text(encoding="utf-8"), 0o755)
        for name in ("sh", "sed", "uname", "tr", "grep", "cat", "dirname", "id"):
            status, path = harness.run("sh", "-c", f"command -v {name}")
            self.assertEqual(status, 0)
            (self.tree / "bin").mkdir(exist_ok=True)
            (self.tree / "bin" / name).symlink_to(path.strip())

    def setup(self, *arguments):
        return harness.run(
            self.tree / "tools/setup.sh", *arguments, cwd=self.tree, environment={"PATH": str(self.tree / "bin")}
        )

    def test_no_install_only_names_what_is_missing(self):
        before = sorted(self.tree.rglob("*"))
        status, output = self.setup("--no-install", "run")
        self.assertEqual(status, 1, output)
        self.assertTrue(output.startswith("capos: missing: "), output)
        for package in ("gcc", "make", "capnproto", "qemu-system-x86", "golang-go", "cue-v"):
            self.assertIn(f" {package}", output)
        self.assertNotIn("shellcheck", output)
        self.assertEqual(sorted(self.tree.rglob("*")), before)

    def test_without_apt_it_says_what_to_install_by_hand(self):
        status, output = self.setup("run")
        self.assertEqual(status, 1, output)
        self.assertIn("by hand", output)
        self.assertIn("qemu-system-x86", output)

    def test_a_cue_on_the_path_that_is_new_enough_is_used(self):
        self.write("bin/cue", "#!/bin/sh\necho cue version v0.99.1\n", 0o755)
        self.assertNotIn("golang-go", self.setup("--no-install", "run")[1])

    def test_a_cue_on_the_path_that_is_too_old_is_not_used(self):
        self.write("bin/cue", "#!/bin/sh\necho cue version v0.4.2\n", 0o755)
        self.assertIn("golang-go", self.setup("--no-install", "run")[1])

    def test_an_unknown_group_is_refused(self):
        self.assertEqual(self.setup("fun")[0], 2)


class Step(harness.TreeCase):
    def step(self, script):
        return harness.run("sh", "-c", f". '{harness.ROOT}/tools/step.sh'; {script}", cwd=self.tree)

    def test_a_quick_step_says_nothing(self):
        self.assertEqual(self.step("step title log true"), (0, ""))

    def test_a_long_step_says_its_title(self):
        self.assertEqual(self.step("step title log sleep 1.5"), (0, "capos: title ...\n"))

    def test_a_failed_step_shows_its_output_its_command_and_its_status(self):
        status, output = self.step("step title log sh -c 'echo why; exit 7'")
        self.assertEqual(status, 7)
        self.assertIn("    | why\n", output)
        self.assertIn("status 7: sh -c echo why; exit 7", output.splitlines()[-1])
        self.assertIn("build/log/log.log", output.splitlines()[-1])
        self.assertIn("why\n", (self.tree / "build/log/log.log").read_text(encoding="utf-8"))


class Runner(harness.TreeCase):
    """The test runner in a tree of its own, where each test is a script that we write."""

    def setUp(self):
        super().setUp()
        for name in ("run", "expect.py", "hostile_cases.py"):
            source = harness.ROOT / "tests" / name
            self.write(f"tests/{name}", source.read_text(encoding="utf-8"), 0o755)

    def outcome(self, *scripts):
        for number, script in enumerate(scripts):
            self.write(f"tests/tools/test_t{number}.py", script)
        status, output = harness.run("tests/run", cwd=self.tree)
        return status, output.splitlines()

    def test_numbers_are_added_up(self):
        status, lines = self.outcome("print('2 passed, 0 failed')", "print('3 passed, 0 failed')")
        self.assertEqual((status, lines[-1]), (0, "5 passed, 0 failed"))

    def test_one_failure_fails_all(self):
        status, lines = self.outcome("print('2 passed, 0 failed')", "print('x\\n3 passed, 1 failed'); exit(1)")
        self.assertEqual((status, lines[-1]), (1, "5 passed, 1 failed"))
        self.assertTrue(any(line.startswith("FAILED tools/t1") for line in lines))
        self.assertIn("    | x", lines)

    def test_no_test_at_all_is_a_failure(self):
        status, lines = self.outcome()
        self.assertEqual((status, lines[-1]), (1, "0 passed, 0 failed"))

    def test_a_program_that_runs_no_test_is_a_failure(self):
        status, lines = self.outcome("print('0 passed, 0 failed')")
        self.assertEqual((status, lines[-1]), (1, "0 passed, 1 failed"))

    def test_a_crash_after_the_summary_is_a_failure(self):
        status, lines = self.outcome("import os; print('2 passed, 0 failed', flush=True); os.abort()")
        self.assertEqual((status, lines[-1]), (1, "2 passed, 1 failed"))

    def test_a_program_without_a_summary_is_a_failure(self):
        status, lines = self.outcome("print('fine')")
        self.assertEqual((status, lines[-1]), (1, "0 passed, 1 failed"))

    def test_a_qemu_test_without_expectations_is_a_failure(self):
        self.write("tests/qemu/empty/empty.c", "")
        status, lines = self.outcome()
        self.assertEqual((status, lines[-1]), (1, "0 passed, 1 failed"))


if __name__ == "__main__":
    harness.main()
