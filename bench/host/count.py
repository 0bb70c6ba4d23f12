#!/usr/bin/env python3
"""Counts the instructions of building and of checking and reading a message, ours and the C++ library's beside it.

    bench/host/count.py [--check]      --check: also fail if ours exceeds its limit

Normally called by ./capos bench --host, which builds what it needs. callgrind counts what runs inside one operation, its
call and return included; two runs of different length cancel what happens only once. The last line of --check is
`N passed, N failed`.

Next: bench/host/messages.c
"""

import pathlib
import re
import subprocess
import sys
import tempfile

FOLDER = pathlib.Path("build/bench/host")
ROUNDS = (100, 300)
# Operation, what it is, and the most instructions of ours by gcc 12, the compiler of the figures. Others may take
# SLACK times as many.
SLACK = 1.1
OPERATIONS = (
    ("op_build_scalars", "3 scalars: build", 20),
    ("op_read_scalars", "3 scalars: check and read", 60),
    ("op_build_text", "2 scalars and a short text: build", 60),
    ("op_read_text", "2 scalars and a short text: check and read", 110),
)


def collected(program, operation, rounds):
    with tempfile.NamedTemporaryFile() as file:
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--toggle-collect={operation}*", f"--callgrind-out-file={file.name}",
             str(FOLDER / program), str(rounds)],
            capture_output=True, text=True, check=True)  # fmt: skip
    return int(re.search(r"Collected : (\d+)", done.stderr)[1])


def instructions(program, operation):
    few, many = (collected(program, operation, rounds) for rounds in ROUNDS)
    return (many - few) / (ROUNDS[1] - ROUNDS[0])


def main(arguments):
    if [one for one in arguments if one not in ("--check", "--host")]:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    sums = [subprocess.run([FOLDER / program, "7"], capture_output=True, text=True, check=True).stdout
            for program in ("messages_c", "messages_cxx")]  # fmt: skip
    if sums[0] != sums[1]:
        sys.exit(f"bench: the two programs did not read the same: {sums[0].strip()}, {sums[1].strip()}")
    major = subprocess.run(["gcc", "-dumpversion"], capture_output=True, text=True, check=True).stdout.split(".")[0].strip()
    slack = 1 if major == "12" else SLACK
    rows, failed = [], 0
    for operation, text, limit in OPERATIONS:
        ours, theirs = instructions("messages_c", operation), instructions("messages_cxx", operation)
        rows.append(f"{text:<44} {ours:>6g} {theirs:>8g} {theirs / ours:>8.1f} {limit:>6}")
        failed += not 0 < ours <= limit * slack
    print(f"{'instructions':<44} {'capos':>6} {'C++':>8} {'C++/ours':>8} {'limit':>6}")
    print("\n".join(rows))
    if "--check" in arguments:
        print(f"{len(rows) - failed} passed, {failed} failed")
        return 1 if failed else 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
