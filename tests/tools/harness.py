"""What the tests of the tree's own tools share: they are unittest programs that end like all other tests,
with `N passed, N failed`, and they run tools that have no .py in their name.

Next: tests/tools/test_layers.py
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def run(*command, cwd=ROOT, environment=None):
    """(exit status, everything that the command printed)"""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
        env={**os.environ, **(environment or {})},
        check=False,
    )
    return done.returncode, done.stdout.decode("utf-8", "replace")


class TreeCase(unittest.TestCase):
    """A test with a folder of its own, self.tree, that goes away with it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = pathlib.Path(folder.name)

    def write(self, path, text, mode=0o644):
        file = self.tree / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(mode)
        return file


def main():
    program = unittest.main(exit=False, argv=[sys.argv[0]])
    bad = len(program.result.failures) + len(program.result.errors) + len(program.result.unexpectedSuccesses)
    print(f"{program.result.testsRun - bad} passed, {bad} failed", flush=True)
    sys.exit(1 if bad or not program.result.testsRun else 0)
