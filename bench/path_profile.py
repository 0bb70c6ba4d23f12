"""Which functions one operation executes: by function with what was inlined into it, or in order.

Next: bench/table.py
"""

import collections

KERNEL_HALF = 1 << 63
INLINED_SHOWN_MIN = 4  # instructions


class Profile:
    def __init__(self, machine, addresses):
        self.machine = machine
        self.addresses = addresses
        self.counts = collections.Counter(addresses)
        self.inner = {}
        for is_kernel, symbols in ((True, machine.kernel), (False, machine.program)):
            half = [a for a in self.counts if (a >= KERNEL_HALF) == is_kernel]
            if symbols:
                self.inner.update(symbols.inlined(half))

    def function(self, address):
        is_kernel = address >= KERNEL_HALF
        symbols = self.machine.kernel if is_kernel else self.machine.program
        name, start = symbols.function(address) if symbols else ("?", 0)
        return ("kernel" if is_kernel else "user", name, start)

    def by_function(self, each):
        totals, calls, inner = collections.Counter(), collections.Counter(), collections.defaultdict(collections.Counter)
        for address, count in self.counts.items():
            function = self.function(address)
            totals[function] += count
            if address == function[2]:
                calls[function] += count
            inner[function][self.inner.get(address, function[1])] += count
        all_count = len(self.addresses)
        lines = [f"{'instructions':>12} {'share':>6} {'calls':>6}  where   function (and what is inlined in it)"]
        for function, count in totals.most_common():
            half, name, _ = function
            share = 100 * count / all_count
            lines.append(f"{count / each:12.5g} {share:5.1f}% {calls[function] / each:6.3g}  {half:6}  {name}")
            parts = inner[function].most_common()
            if len(parts) > 1:
                lines += [
                    f"{part_count / each:12.5g} {'':15}          {part}"
                    for part, part_count in parts
                    if part_count / each >= INLINED_SHOWN_MIN
                ]
        return lines

    def in_order(self):
        """One line for each uninterrupted stay in a function."""
        lines, last, count = [], None, 0
        for address in self.addresses:
            function = self.function(address)
            if function != last and last:
                lines.append(f"{count:6}  {last[0]:6}  {last[1]}")
                count = 0
            last = function
            count += 1
        if last:
            lines.append(f"{count:6}  {last[0]:6}  {last[1]}")
        return lines
