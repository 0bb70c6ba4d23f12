"""From console and counter to records: {name, system, minimum, median, kernel, user, events}.

All numbers are for one operation, with the empty bracket subtracted. minimum and median are what the guest
itself has read from its clock. kernel, user and events are of a pass that took exactly the median, as the
counter saw it; kernel + user is the median, or the run is refused.

An operation with a pause lets the processor idle. Its minimum and median are what the clock says beyond the pause;
kernel + user is all that was executed, during the pause too, so neither is a part of the other.

Next: bench/path_profile.py
"""

import re

from machine import BenchError

# QEMU shows the counter an instruction of a kernel that faults twice; nothing else may differ.
DIFFERENCE_MAX = 0.0005

RESULT = re.compile(r"(?:^|\| )result (\S+) (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)$")


class Operation:
    """A line of results, and the numbers of its passes: warm-up first, then what was measured."""

    def __init__(self, match, first_pass):
        self.name = match[1]
        self.rounds, self.warm_up, self.each = (int(match[i]) for i in range(2, 5))
        self.minimum, self.median, self.pause = (int(match[i]) for i in range(5, 8))
        self.first_pass = first_pass + self.warm_up
        self.end_pass = self.first_pass + self.rounds


def operations_of(console):
    operations, passes = [], 0
    for line in console:
        match = RESULT.search(line)
        if match:
            operations.append(Operation(match, passes))
            passes = operations[-1].end_pass
    if not operations or operations[0].name != "empty":
        raise BenchError("the console shows no results; the first must be of the empty bracket")
    return operations


class Passes:
    """What the counter wrote."""

    def __init__(self, lines):
        self.columns = lines[0].split()[1:]
        rows = [line.split() for line in lines[1:]]
        self.rows = [[int(word) for word in row[1:]] for row in rows if row[0] == "pass"]
        self.boot = next(([int(word) for word in row[1:]] for row in rows if row[0] == "boot"), None)

    def median_pass(self, operation):
        """The number of a pass that took the median: the first that comes nearest."""
        rows = self.rows[operation.first_pass : operation.end_pass]
        totals = [row[0] + row[1] for row in rows]
        seen = sorted(totals)[len(totals) // 2] if totals else 0
        if operation.pause:
            return operation.first_pass + totals.index(seen)
        if abs(seen - operation.median) > operation.median * DIFFERENCE_MAX:
            raise BenchError(
                f"{operation.name}: the guest read a median of {operation.median} instructions, the counter saw {seen}"
            )
        nearest = min(totals, key=lambda total: abs(total - operation.median))
        return operation.first_pass + totals.index(nearest)


def number(value):
    """A whole number as such, anything else with two digits."""
    value = round(value, 2)
    return int(value) if value == int(value) else value


def record(name, system, minimum, median, kernel, user, events):
    return {
        "name": name,
        "system": system,
        "minimum": number(minimum),
        "median": number(median),
        "kernel": number(kernel),
        "user": number(user),
        "events": {key: number(value) for key, value in events.items()},
    }


def records_of(system, console, passes):
    operations = operations_of(console)
    bracket = operations[0].median
    records = []
    for operation in operations[1:]:
        row = passes.rows[passes.median_pass(operation)]
        each = operation.each
        events = {key: value / each for key, value in zip(passes.columns[2:], row[2:])}
        taken = bracket + operation.pause
        minimum, median = (operation.minimum - taken) / each, (operation.median - taken) / each
        user = (row[1] - bracket) / each
        records.append(record(operation.name, system, minimum, median, row[0] / each, user, events))
    if passes.boot:
        kernel, user, *events = passes.boot
        total = kernel + user
        named = dict(zip(passes.columns[2:], events))
        records.append(record("boot_init", system, total, total, kernel, user, named))
    return records
