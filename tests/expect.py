"""What a QEMU test expects: reads a test folder's `expect` file and judges one console log by it.

The file is text: one `key: value` a line; `#` begins a comment line. All keys may be left out.

  status: 0x10        the kernel's exit code (default 0x10, clean halt)
  line: REGEX         a console line that must appear; several must appear in this order
  any: REGEX          a console line that must appear somewhere
  never: REGEX        no console line may match
  allow: REGEX        lines that match are not held against the system (see below)
  status: none        the system must not end within the timeout
  timeout: 60         seconds; only there to find a hang, unless the status is none
  memory: 32M         of the machine
  cpu: -rdrand        what its processor lacks or has besides: words for QEMU's -cpu, behind `max`
  args: TEXT          the kernel's command line
  icount: 4           one instruction takes 2^4 ns: the machine's time is that of its instructions, and each run
                      is the same
  seed: 0x1234        what the system's random numbers begin with: written over the digits of its one argument
                      `seed=0x0123456789abcdef`, unless ./capos test --seed says another one
  kernel: test        the kernel that `make test-kernel` builds, in which AllocationFault and TestSupport are
  run: on-demand      for a test that takes minutes: it runs only if its full name is given
  module: SOURCE      a boot module; repeated for several (default: manifest). SOURCE is one of
                        manifest       the test's own system.cue, packed
                        system NAME    system.cue or systems/NAME.cue, packed
                        file NAME      a file of the test's folder
                        hex BYTES      these bytes
                        none           no module at all
  mutate: CHANGE      change the last named module (or the manifest): set OFFSET BYTES, xor OFFSET BYTES,
                        truncate LENGTH, append BYTES. Bytes are hexadecimal; a negative offset counts
                        from the end
  case: NAME          begins another boot of the same folder. What stands above the first case holds for
                        every case; a case's own `line`, `any`, `never`, `allow` and `module` are added to
                        that, its other keys replace it

Beyond that every test fails on a line with `PANIC` or `CHECK failed`, and on a line that the kernel logged
as a warning or an error, unless an `allow`, `line` or `any` of the test matches it.
"""

import re

LISTS = ("line", "any", "never", "allow", "module", "mutate")
SINGLES = ("status", "timeout", "memory", "cpu", "args", "icount", "seed", "kernel", "run")
TEST_KERNEL = "build/test-kernel/kernel/capos.elf"
MODULE_FORMS = {"manifest": 0, "none": 0, "system": 1, "file": 1, "hex": None}
MUTATIONS = ("set", "xor", "truncate", "append")
SEED = re.compile(rb"seed=0x([0-9a-f]{16})\0")
BAD_WORDS = re.compile(r"PANIC|CHECK failed")
BAD_LEVEL = re.compile(r"^\[ *\d+\.\d+\] +(warn|error|panic)\b", re.IGNORECASE)


class ExpectError(Exception):
    """The expect file itself is wrong."""


class Case:
    """One boot: what to start, and what its console must say."""

    def __init__(self, name="", base=None):
        self.name = name
        self.status = base.status if base else 0x10
        self.timeout = base.timeout if base else 60
        self.memory = base.memory if base else "32M"
        self.cpu = base.cpu if base else ""
        self.args = base.args if base else ""
        self.icount = base.icount if base else None
        self.seed = base.seed if base else None
        self.has_test_kernel = base.has_test_kernel if base else False
        self.is_on_demand = base.is_on_demand if base else False
        self.line = list(base.line) if base else []
        self.any = list(base.any) if base else []
        self.never = list(base.never) if base else []
        self.allow = list(base.allow) if base else []
        self.modules = [(source, list(changes)) for source, changes in base.modules] if base else []

    def set(self, key, value):
        if key in ("line", "any", "never", "allow"):
            getattr(self, key).append(re.compile(value))
        elif key == "module":
            self.modules.append((module_source(value), []))
        elif key == "mutate":
            if not self.modules:
                self.modules.append((("manifest",), []))
            self.modules[-1][1].append(mutation(value))
        elif key == "status":
            self.status = None if value == "none" else int(value, 0)
        elif key == "timeout":
            self.timeout = float(value)
        elif key == "icount":
            self.icount = int(value)
        elif key == "seed":
            self.seed = seed_of(value)
        elif key == "cpu" and not re.fullmatch(r"[+-][a-z0-9]+(,[+-][a-z0-9]+)*", value):
            raise ExpectError(f"'{value}' is not a list of features such as -rdrand,-rdseed")
        elif key == "kernel":
            if value != "test":
                raise ExpectError(f"there is no kernel '{value}', only test")
            self.has_test_kernel = True
        elif key == "run":
            if value != "on-demand":
                raise ExpectError(f"'{value}' is not on-demand")
            self.is_on_demand = True
        else:
            setattr(self, key, value)

    def machine(self):
        """The options of tools/qemu.sh."""
        options = ["--memory", self.memory, "--args", self.args]
        if self.has_test_kernel:
            options += ["--kernel", TEST_KERNEL]
        if self.cpu:
            options += ["--with", f"-cpu max,{self.cpu}"]
        if self.icount is not None:
            options += ["--with", f"-icount shift={self.icount},sleep=off"]
        return options

    def sources(self):
        """The modules to boot with, each a source and its changes."""
        modules = self.modules or [(("manifest",), [])]
        return [module for module in modules if module[0] != ("none",)]


def seed_of(text):
    seed = int(text, 0)
    if not 0 < seed < 1 << 64:
        raise ExpectError(f"'{text}' is no seed: it has at most 64 bits and is not 0")
    return seed


def plant_seed(data, seed):
    """The bytes of a manifest with this seed as its argument."""
    places = list(SEED.finditer(data))
    if len(places) != 1:
        raise ExpectError(f"the manifest has {len(places)} arguments seed=0x and 16 digits")
    return data[: places[0].start(1)] + b"%016x" % seed + data[places[0].end(1) :]


def module_source(value):
    words = value.split()
    form = words[0] if words else ""
    if form not in MODULE_FORMS or MODULE_FORMS[form] not in (None, len(words) - 1):
        raise ExpectError(f"'{value}' is not a module source")
    if form == "hex":
        return ("hex", bytes.fromhex("".join(words[1:])))
    return tuple(words)


def mutation(value):
    words = value.split()
    if not words or words[0] not in MUTATIONS or len(words) < (3 if words[0] in ("set", "xor") else 2):
        raise ExpectError(f"'{value}' is not a change")
    if words[0] == "truncate":
        return ("truncate", int(words[1], 0), b"")
    if words[0] == "append":
        return ("append", 0, bytes.fromhex("".join(words[1:])))
    return (words[0], int(words[1], 0), bytes.fromhex("".join(words[2:])))


def mutate(data, changes):
    """The bytes of a module after its changes. A change outside the module is the test's mistake."""
    data = bytearray(data)
    for verb, offset, change in changes:
        if verb == "append":
            data += change
            continue
        start = offset + len(data) if offset < 0 else offset
        if start < 0 or start + len(change) > len(data):
            raise ExpectError(f"'{verb} {offset}' lies outside the module's {len(data)} bytes")
        if verb == "truncate":
            del data[start:]
        else:
            old = data[start : start + len(change)]
            data[start : start + len(change)] = (
                change if verb == "set" else bytes(a ^ b for a, b in zip(old, change))
            )
    return bytes(data)


def parse(text):
    """The cases of one expect file, at least one."""
    common, cases = Case(), []
    current = common
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key, colon, value = line.partition(":")
        key, value = key.strip(), value.strip()
        try:
            if not colon:
                raise ExpectError("no colon")
            if key == "case":
                if not re.fullmatch(r"[a-z0-9-]+", value):
                    raise ExpectError(f"'{value}' is not a case's name")
                if any(case.name == value for case in cases):
                    raise ExpectError(f"there are two cases '{value}'")
                current = Case(value, common)
                cases.append(current)
            elif key in LISTS + SINGLES:
                current.set(key, value)
            else:
                raise ExpectError(f"there is no key '{key}'")
        except (ExpectError, ValueError, re.error) as error:
            raise ExpectError(f"expect:{number}: {error}") from error
    return cases or [common]


def judge(case, lines, exit_code):
    """Why this boot did not do what was expected: a list of reasons, empty if it did.

    exit_code is the kernel's, None if it did not end within the timeout, or a text that says how else QEMU ended.
    """
    reasons = []
    if exit_code != case.status:
        missing = f"missing: no end within {case.timeout:g} s"
        shown = missing if exit_code is None else f"0x{exit_code:x}" if isinstance(exit_code, int) else exit_code
        reasons.append(f"the exit code is {shown}, expected {'none' if case.status is None else hex(case.status)}")
    at = 0
    for pattern in case.line:
        found = next((i for i in range(at, len(lines)) if pattern.search(lines[i])), None)
        if found is None:
            after = f" after '{lines[at - 1]}'" if at else ""
            reasons.append(f"no line matches '{pattern.pattern}'{after}")
            break
        at = found + 1
    for pattern in case.any:
        if not any(pattern.search(line) for line in lines):
            reasons.append(f"no line matches '{pattern.pattern}'")
    expected = case.line + case.any + case.allow
    for line in lines:
        for pattern in case.never:
            if pattern.search(line):
                reasons.append(f"a line matches '{pattern.pattern}': {line}")
        if (BAD_WORDS.search(line) or BAD_LEVEL.search(line)) and not any(p.search(line) for p in expected):
            reasons.append(f"unexpected: {line}")
    return reasons
