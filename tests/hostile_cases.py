"""Which test shows which hostile case: the tables of docs/design/hostile-cases.md, and what tests say of themselves.

A row of these tables is `| number | case | expected | shown by |`. The last column names tests as patterns
in backquotes (`qemu/caps`, `host/*/cap_table`), or says after a dash why there is none.

A test says which cases it shows by "case 60", "cases 67 to 70 and 79" anywhere in its files, or, in a unit
test, by a comment of numbers behind TEST(...).

Next: docs/design/hostile-cases.md
"""

import fnmatch
import pathlib
import re

TABLES = pathlib.Path("docs/design/hostile-cases.md")
ROW = re.compile(r"^\| *(\d+) *\|(.*)\|$")
NUMBERS = r"(?:[\s#*/,]|\d+|\bto\b|\band\b)*"
IN_TEXT = re.compile(rf"\b[Cc]ases?[\s#*_]+(\d{NUMBERS})")
AT_A_TEST = re.compile(rf"^TEST\(.*\) /\*({NUMBERS})\*/", re.MULTILINE)
SWITCH_LABEL = re.compile(r"^\s*case .*:$", re.MULTILINE)


class Row:
    def __init__(self, number, columns):
        self.number = number
        self.columns = columns
        self.patterns = re.findall(r"`([^`]+)`", columns[2]) if len(columns) == 3 else []
        self.reason = columns[2].strip() if len(columns) == 3 else ""


def rows(text):
    """The rows of all tables, in their order."""
    found = []
    for line in text.splitlines():
        match = ROW.match(line)
        if match:
            found.append(Row(int(match[1]), [column.strip() for column in match[2].split("|")]))
    return found


def numbers(text):
    """The numbers that a phrase like "67 to 70 and 79" names."""
    found, words = set(), re.findall(r"\d+|to", text)
    for i, word in enumerate(words):
        if word == "to" and 0 < i < len(words) - 1 and words[i - 1].isdigit() and words[i + 1].isdigit():
            found.update(range(int(words[i - 1]), int(words[i + 1]) + 1))
        elif word.isdigit():
            found.add(int(word))
    return found


def said(text):
    """The cases that a file says it shows."""
    text = SWITCH_LABEL.sub("", text)
    found = set()
    for match in list(IN_TEXT.finditer(text)) + list(AT_A_TEST.finditer(text)):
        found |= numbers(match[1])
    return found


def files_of(test_name):
    """The files of one test by its full name in tests/run."""
    parts = test_name.split("/")
    if parts[0] == "qemu":
        return sorted(p for p in pathlib.Path("tests/qemu", parts[1]).rglob("*") if p.is_file())
    if parts[0] == "tools":
        return [pathlib.Path("tests/tools", f"test_{parts[1]}.py")]
    stem = parts[-1]
    if stem.startswith("fuzz_"):
        return [pathlib.Path("tests/fuzz", f"{stem}.c")]
    return [p for p in (pathlib.Path("tests/host", f"test_{stem}{end}") for end in (".c", ".sh")) if p.exists()]


def fits(test_name, pattern):
    """Whether a test is what the pattern names; a folder of several boots is named by the folder."""
    return fnmatch.fnmatch(test_name, pattern) or fnmatch.fnmatch(test_name, pattern + "/*")


def patterns_of(number, text):
    """The patterns of one case, or None if the tables do not have it."""
    for row in rows(text):
        if row.number == number:
            return row.patterns
    return None
