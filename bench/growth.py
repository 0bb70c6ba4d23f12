"""How paths grow: runs bench/qemu/growth, judges its curves, draws them with gnuplot.

A curve is one operation (a series) at more and more of something. It is flat if its largest median is within 5 %
of its smallest. What stands in LOGARITHMIC may grow with the logarithm: by 5 % at most with each doubling.

Next: bench/qemu/growth/growth.h
"""

import json
import math
import re
import subprocess

from machine import CAPOS_KERNEL, BenchError, CaposMachine, Symbols

MANIFEST = "build/bench/qemu/growth.manifest"
PROGRAM = "build/bench/qemu/growth.elf.debug"
FLAT_MAX = 1.05
DOUBLING_MAX = 1.05
LOGARITHMIC = {("timers", "sleep_and_cancel"), ("mappings", "map_and_unmap")}
POINT = re.compile(r"\| point (\S+) (\S+) (\d+) (\d+) (\d+)$")
EMPTY_GROUP = re.compile(r"<g [^>]*>\n</g>\n")
TITLES = {
    "processes": "processes alive",
    "capabilities": "capabilities in both tables",
    "revocation": "holders of what is revoked",
    "queued_calls": "calls that wait at endpoints",
    "timers": "timers that run",
    "mappings": "mappings of one process",
}


def machine():
    return CaposMachine("growth", [], Symbols.of_elf(PROGRAM), kernel=Symbols.of_elf(f"{CAPOS_KERNEL}.debug"), manifest=MANIFEST)


def curves_of(console):
    """{(curve, series): [(x, median), ...]}, the empty bracket subtracted."""
    found = [match.groups() for line in console if (match := POINT.search(line))]
    if not found or found[0][0] != "empty":
        raise BenchError("the console shows no points; the first must be of the empty bracket")
    bracket, curves = int(found[0][4]), {}
    for curve, series, x, _, median in found[1:]:
        curves.setdefault((curve, series), []).append((int(x), int(median) - bracket))
    return curves


def judge(name, points):
    """Why a curve is not what it has to be; None if it is."""
    values = [value for _, value in points]
    growth = max(values) / min(values)
    if name not in LOGARITHMIC:
        return None if growth <= FLAT_MAX else f"not flat: {min(values):,} to {max(values):,}, {100 * (growth - 1):.1f} %"
    first_x, first = points[0]
    for x, value in points[1:]:
        if value > first * DOUBLING_MAX ** math.log2(x / first_x):
            return f"more than a logarithm: {first:,} with {first_x:,}, {value:,} with {x:,}"
    return None


def lines_of(curves):
    """(lines for people, whether one of the curves is not what it has to be)"""
    lines, has_failed = [], False
    for name, points in curves.items():
        problem = judge(name, points)
        has_failed = has_failed or problem is not None
        values = [value for _, value in points]
        extent = f"{points[0][0]:,} to {points[-1][0]:,}"
        shown = f"{min(values):,}" if min(values) == max(values) else f"{min(values):,} to {max(values):,}"
        lines.append(f"{name[0]:13} {extent:12} {name[1]:19} {shown:>15}  {problem or ('flat' if name not in LOGARITHMIC else 'logarithmic')}")
    return lines, has_failed


# ---- The picture -----------------------------------------------------------------------------------


def script_of(curves, path):
    """What gnuplot draws: one panel for each curve, one line for each of its series."""
    panels = list(dict.fromkeys(curve for curve, _ in curves))
    lines = [
        "set terminal svg size 900,1000 font 'sans-serif,12' background 'white'",
        f"set output '{path}'",
        f"set multiplot layout {math.ceil(len(panels) / 2)},2",
        "set logscale x",
        "set yrange [0:*]",
        "set grid",
        "set mxtics 1",
        "set ytics 500",
        "set key left bottom",
        "set ylabel 'instructions'",
    ]
    for panel in panels:
        series = [name for name in curves if name[0] == panel]
        for number, name in enumerate(series):
            lines += [f"$series{number} << end", *(f"{x} {value}" for x, value in curves[name]), "end"]
        plots = [f"$series{number} with linespoints title '{name[1]}' noenhanced" for number, name in enumerate(series)]
        lines += [f"set xlabel '{TITLES[panel]}'", f"plot {', '.join(plots)}"]
    return "\n".join([*lines, "unset multiplot", ""])


def tidied(svg):
    """The same picture without groups that hold nothing, a group on one line, no blanks at the ends of lines."""
    lines = "\n".join(line.rstrip() for line in svg.splitlines() if line.strip())
    return EMPTY_GROUP.sub("", lines).replace("\n\t", "") + "\n"


def draw(curves, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(["gnuplot"], input=script_of(curves, path), capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise BenchError("gnuplot is missing; ./capos bench --plot installs it") from None
    if done.returncode or not path.exists():
        raise BenchError(f"gnuplot: {(done.stderr.strip().splitlines() or ['it drew nothing'])[-1]}")
    path.write_text(tidied(path.read_text(encoding="utf-8")), encoding="utf-8")


def run(folder, pictures):
    """Measures, judges, draws each picture: the exit status."""
    curves = curves_of(machine().run())
    records = [{"curve": curve, "series": series, "points": points} for (curve, series), points in curves.items()]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "growth.json").write_text(json.dumps(records, indent=1) + "\n", encoding="utf-8")
    lines, has_failed = lines_of(curves)
    print("\n".join(lines))
    for path in pictures:
        draw(curves, path)
        print(f"wrote {path}")
    return 1 if has_failed else 0
