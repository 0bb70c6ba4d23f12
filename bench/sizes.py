"""What capOS takes in memory: the kernel's image, and the least memory in which the default system runs.

The least memory is found from outside, by trying: it holds the loader, the kernel, the boot module, every
process of the default system, and what the kernel sets aside for all of that.

Next: bench/table.py
"""

import re
import subprocess

from machine import CAPOS_KERNEL, CLEAN_END, tool

STEP_KIB = 64  # QEMU takes any multiple of 8
TRY_KIB_MIN = 1024  # the firmware does not start a loader in less
TRY_KIB_MAX = 8192
SECONDS_MAX = 20


def kernel_sections(path=CAPOS_KERNEL):
    """Bytes of (code, constants, data): what is loaded, and zeroed memory with the data."""
    sizes = {"R E": 0, "R": 0, "RW": 0}
    for memory, rights in re.findall(r"LOAD(?:\s+0x[0-9a-f]+){4}\s+(0x[0-9a-f]+)\s+([RWE ]+?)\s+0x", tool("readelf", "-lW", path)):
        sizes[rights] += int(memory, 16)
    return sizes["R E"], sizes["R"], sizes["RW"]


def runs_in(kib, manifest):
    command = ["tools/qemu.sh", "--memory", f"{kib}K", manifest]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=SECONDS_MAX, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == CLEAN_END


def least_memory_kib(manifest="build/systems/system.manifest"):
    """None if it does not run in TRY_KIB_MAX either."""
    low, high = TRY_KIB_MIN // STEP_KIB, TRY_KIB_MAX // STEP_KIB
    if not runs_in(high * STEP_KIB, manifest):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if runs_in(middle * STEP_KIB, manifest):
            high = middle
        else:
            low = middle
    return high * STEP_KIB


def lines():
    code, constants, data = kernel_sections()
    least = least_memory_kib()
    return [
        f"kernel: {(code + constants + data) / 1024:.0f} KiB in memory "
        f"({code / 1024:.0f} code, {constants / 1024:.0f} constants, {data / 1024:.0f} data)",
        f"memory: the default system runs in {least} KiB, loader and boot module included"
        if least
        else f"memory: the default system does not run in {TRY_KIB_MAX} KiB",
    ]
