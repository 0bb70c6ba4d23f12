"""Records as a table for people.

Next: docs/performance.md
"""

# What Linux does beside an operation of capOS, where the names differ.
SAME_WORK = {"typed_round_trip_0": "round_trip_0", "typed_round_trip_64": "round_trip_64"}

# What the short names of the columns stand for in the records' events.
EVENT_COLUMNS = (
    ("cr3", "cr3"),
    ("wrmsr", "wrmsr"),
    ("invlpg", "invlpg"),
    ("iretq", "iretq"),
    ("sysret", "sysret"),
    ("syscall", "syscall"),
    ("fpu", "fpu"),
    ("locked", "locked"),
    ("copied", "copied"),
    ("filled", "filled"),
)


def shown(value):
    if value == 0:
        return "."
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}".rstrip("0").rstrip(".")


def columns(rows):
    """The first column to the left, the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row, widths)]
        lines.append("  ".join([row[0].ljust(widths[0]), *cells[1:]]).rstrip())
    return lines


def of_system(records, system):
    rows = [["instructions", "median", "minimum", "kernel", "user"] + [name for name, _ in EVENT_COLUMNS]]
    for one in records:
        if one["system"] == system:
            row = [one["name"]] + [shown(one[key]) for key in ("median", "minimum", "kernel", "user")]
            rows.append(row + [shown(one["events"][key]) for _, key in EVENT_COLUMNS])
    return columns(rows)


def beside(records):
    """capOS and Linux, by name; the ratio is Linux by capOS."""
    medians = {(one["system"], one["name"]): one["median"] for one in records}
    names = list(dict.fromkeys(one["name"] for one in records))
    rows = [["median instructions", "capos", "linux", "linux/capos"]]
    for name in names:
        capos, linux = medians.get(("capos", SAME_WORK.get(name, name))), medians.get(("linux", name))
        ratio = f"{linux / capos:.2f}" if capos and linux else ""
        rows.append([name, shown(capos) if capos else "", shown(linux) if linux else "", ratio])
    return columns(rows)
