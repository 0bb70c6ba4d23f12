#!/usr/bin/env python3
"""Writes the first inputs of each fuzz target, tests/fuzz/corpus/TARGET/seed-*.bin, from the literals below.

    tests/fuzz/make_seeds.py [FOLDER]      tests/fuzz/corpus if left out; needs the `capnp` tool

Run it, and commit what it writes, when a schema has got something worth starting from; what else is in the
corpus stays. Messages are text literals that the official tool encodes, or words put together by hand where it
cannot: capabilities, far pointers, lies.

Next: tests/fuzz/README.md
"""

import pathlib
import struct
import subprocess
import sys

OS = "schema/capos.capnp"
MANIFEST = "schema/manifest.capnp"
LANG = "tests/schemas/language.capnp"

PROGRAM_START, PAGE = 0x400000, 0x1000
TEXT, RODATA, DATA = 5, 4, 6  # p_flags: read and execute, read, read and write


# ---- Messages ----------------------------------------------------------------------------------------


def capnp(command, schema, struct_name, text, *options):
    done = subprocess.run(
        ["capnp", command, "-I.", *options, schema, struct_name], input=text.encode(), stdout=subprocess.PIPE, check=True
    )
    return done.stdout


def segment(schema, struct_name, text):
    """One segment without its framing. A segment size larger than any seed keeps the encoder in one."""
    message = capnp("encode", schema, struct_name, text, "--segment-size=100000")
    assert message[:4] == bytes(4), "one segment"
    return message[8:]


def words(*values):
    return struct.pack(f"<{len(values)}Q", *(value & (1 << 64) - 1 for value in values))


def struct_pointer(offset, data_words, pointer_count):
    return (offset << 2 & 0xFFFFFFFF) | data_words << 32 | pointer_count << 48


def list_pointer(offset, element, count):
    return (offset << 2 & 0xFFFFFFFF) | 1 | element << 32 | count << 35


def far_pointer(segment_index, offset, double=0):
    return 2 | double << 2 | offset << 3 | segment_index << 32


def cap_pointer(index):
    return 3 | index << 32


def framed(*segments):
    table = struct.pack(f"<{len(segments) + 1}I", len(segments) - 1, *(len(s) // 8 for s in segments))
    return table + bytes(-len(table) % 8) + b"".join(segments)


MESSAGES = {
    "exception": (OS, "CapException", '(type = overloaded, reason = "no frame is left")'),
    "exited": (OS, "ProcessEnd", "(exited = -7)"),
    "faulted": (OS, "ProcessEnd", "(faulted = (kind = pageWrite, address = 0xdeadbeef, instruction = 0x401000))"),
    "named-cap": (OS, "NamedCap", '(name = "console")'),
    "fault": (OS, "Fault", "(kind = noMemory, address = 1)"),
    "binary": (MANIFEST, "Binary", '(name = "hello", elf = 0x"7f 45 4c 46 02 01 01")'),
    "export": (MANIFEST, "Export", '(name = "echo", interfaceId = 0x93b4c5d6e7f80912)'),
    "grant": (MANIFEST, "Grant", '(name = "echo", source = (service = (name = "server", export = "echo", badge = 7)))'),
    "grant-kernel": (MANIFEST, "Grant", '(name = "log", source = (kernel = processSpawner))'),
    "manifest": (
        MANIFEST,
        "SystemManifest",
        '(version = 1, binaries = [(name = "init", elf = 0x"7f 45 4c 46"), (name = "b")], '
        'init = (binary = "init", grants = [(name = "console", object = console)]), '
        'services = [(name = "a", binary = "b", exports = [(name = "x", interfaceId = 9)], '
        'grants = [(name = "c", source = (kernel = console))])])',
    ),
    "person": (LANG, "Person", '(name = "Ann", age = 7, tags = ["a", "b"], friend = (name = "Bo", friend = ()))'),
    "shape": (LANG, "Shape", "(area = 2.5, square = (side = 9, label = \"q\", corner = (round = 3)), nested = (deep = ()))"),
    "shape-any": (LANG, "Shape", "(area = 1, circle = 0.5)"),
    "keywords": (LANG, "KeywordLists", '(lists = [(int = 1, default = "d", register = (check = "c"), httpURL = "u"), ()])'),
    "lists": (
        LANG,
        "Lists",
        '(grid = [[1, 2], [], [3]], cubes = [[["a"], []], []], people = [[(name = "P")], []], '
        "flags = [true, false, true], voids = [void, void], datas = [0x\"01 02\", \"\"], colours = [green, blue], "
        "small = [-1, 2, 3], eights = [1, 18446744073709551615], reals = [0.5, -1])",
    ),
    "pointers": (LANG, "Pointers", '(text = "t", data = 0x"ff", other = (size = 4), list = [(age = 2), (name = "n")])'),
    "empty": (LANG, "Pointers", "()"),
}

HAND_MADE = {
    "null-root": words(0),
    "empty-struct": words(struct_pointer(-1, 0, 0)),
    # spawn(binary, name, grants = [(name, cap 1), (name, cap 0)]); two capabilities.
    "spawn": words(
        struct_pointer(0, 0, 3), list_pointer(2, 2, 3), list_pointer(2, 2, 2), list_pointer(2, 7, 4),
        0x6968, 0x61, struct_pointer(2, 0, 2), list_pointer(3, 2, 2), cap_pointer(1),
        list_pointer(2, 2, 2), cap_pointer(0), 0x63, 0x64,
    ) + bytes(2),
    # writeLine("line"), and the same with a list of structs for the text.
    "write-line": words(struct_pointer(0, 0, 1), list_pointer(0, 2, 5), 0x656E696C),
    "write-line-wrong": words(struct_pointer(0, 0, 1), list_pointer(0, 7, 1), struct_pointer(1, 1, 0), 0x656E696C),
    "cap": words(struct_pointer(0, 0, 1), cap_pointer(0)) + bytes(1),
    "cap-and-number": words(struct_pointer(0, 1, 1), 0x600000, cap_pointer(0)) + bytes(1),
    "number": words(struct_pointer(0, 1, 0), 7),
    "u16-list": words(struct_pointer(0, 0, 2), cap_pointer(0), list_pointer(0, 3, 3), 0x000200010000) + bytes(1),
    # A list of 8 pointers to itself, in itself: the budget ends it.
    "loop": words(struct_pointer(0, 0, 1), list_pointer(0, 6, 4), *[list_pointer(-1 - i, 6, 4) for i in range(4)]),
    # 500 elements without size, and the most there can be.
    "void-list": words(struct_pointer(0, 0, 1), list_pointer(0, 0, 500)),
    "void-list-most": words(struct_pointer(0, 0, 1), list_pointer(0, 0, 0x1FFFFFFF)),
    "empty-structs": words(struct_pointer(0, 0, 1), list_pointer(0, 7, 0), struct_pointer(700, 0, 0)),
    # Each struct points at the next: nested deeper than allowed.
    "deep": words(*[struct_pointer(0, 0, 1)] * 70),
    "deep-lists": words(struct_pointer(0, 0, 1), *[list_pointer(0, 6, 1)] * 70),
    "upgraded-list": words(struct_pointer(0, 0, 1), list_pointer(0, 7, 4), struct_pointer(2, 1, 1), 5, 0, 6, 0),
    "bits": words(struct_pointer(0, 0, 4), 0, 0, 0, list_pointer(0, 1, 70), 0x5555555555555555, 0x3F),
    "far": words(far_pointer(0, 1), struct_pointer(0, 1, 0), 7),
}  # fmt: skip

SEGMENTS = {
    "two": framed(words(far_pointer(1, 0)), words(struct_pointer(0, 1, 1), 7, list_pointer(0, 2, 3), 0x6968)),
    "double": framed(
        words(far_pointer(2, 0, 1)), words(9, list_pointer(0, 2, 2), 0x61), words(far_pointer(1, 0), struct_pointer(0, 1, 1))
    ),
    "double-list": framed(
        words(struct_pointer(0, 0, 1), far_pointer(1, 0, 1)),
        words(far_pointer(2, 0), list_pointer(0, 7, 4)),
        words(struct_pointer(2, 1, 1), 1, 0, 2, 0),
    ),
    "cap": framed(words(struct_pointer(0, 0, 1), far_pointer(1, 0)), words(cap_pointer(0))) + bytes(1),
    "chain": framed(words(far_pointer(1, 0)), words(far_pointer(2, 0)), words(struct_pointer(0, 1, 0), 1)),
    "null-pad": framed(words(far_pointer(1, 0)), words(0)),
    "own-segment": framed(words(far_pointer(0, 1), struct_pointer(0, 1, 0), 3)),
    "no-segment": framed(words(far_pointer(9, 0))),
    "empty-segment": framed(words(far_pointer(2, 0)), b"", words(struct_pointer(-1, 0, 0))),
    "count-wraps": words(0xFFFFFFFF, 0),
    "size-wraps": words(0xFFFFFFFF00000001, 0xFFFFFFFF, 0),
    "no-root": words(0),
    "trailing": framed(words(0)) + words(1),
}

PACKED = {
    "zeroes": bytes([0, 3]),
    "literal": bytes([0xFF]) + bytes(range(1, 9)) + bytes([2]) + bytes(range(16)),
    "cut": bytes([0xFF]) + bytes(range(1, 9)) + bytes([200, 1, 2]),
    "tags": bytes([0x51, 8, 100, 6, 0x31, 0x19, 0xAA, 1, 0, 0, 0x01, 1]),
    "runs": b"\x00\xff" * 4 + b"\xff" + b"\x01" * 8 + b"\xff" + b"\x00" * (255 * 8),
    "words": words(0, 0, 0, 1, 0x0101010101010101, 0x0101010100000101, 0x0101010101010100, 0),
}


# ---- Programs ----------------------------------------------------------------------------------------


def program_header(kind, flags, offset, address, file_bytes, memory_bytes, align=PAGE):
    return struct.pack("<IIQQQQQQ", kind, flags, offset, address, address, file_bytes, memory_bytes, align)


def elf(headers, entry, sections=b"", section_count=0, byte_count=128):
    """A program file: header, program headers, zeroes up to byte_count, section headers."""
    end = max(byte_count, 64 + len(headers) * 56)
    header = b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + struct.pack(
        "<HHIQQQIHHHHHH", 2, 62, 1, entry, 64, end if section_count else 0, 0, 64, 56, len(headers),
        64 if section_count else 0, section_count, 0,
    )  # fmt: skip
    return (header + b"".join(headers)).ljust(end, b"\0") + sections


def load(flags, page, offset, file_bytes, memory_bytes):
    return program_header(1, flags, offset, PROGRAM_START + page * PAGE + offset % PAGE, file_bytes, memory_bytes)


def section(kind, offset, byte_count, link=0, entry_bytes=0):
    return struct.pack("<IIQQQQIIQQ", 0, kind, 0, 0, offset, byte_count, link, 0, 8, entry_bytes)


def programs():
    text = load(TEXT, 0, 0, 128, 128)
    entry = PROGRAM_START + 120
    tls = program_header(7, RODATA, 0x140, PROGRAM_START + 2 * PAGE + 0x140, 16, 32, 16)
    symbols = section(2, 0x180, 48, link=2, entry_bytes=24) + section(3, 0x1B0, 8)
    return {
        "smallest": elf([text], entry),
        "data-and-bss": elf([text, load(DATA, 1, 0x100, 0x20, 0x3000)], entry, byte_count=0x120),
        "bss-only": elf([text, load(DATA, 1, 0x100, 0, 0x3000)], entry, byte_count=0x120),
        "tls": elf([text, load(DATA, 2, 0x100, 0x80, 0x100), tls], entry, byte_count=0x180),
        "symbols": elf([text], entry, section(0, 0, 0) + symbols, 3, 0x1C0),
        "eight": elf([text] + [load(RODATA, 1 + i, 0x280, 8, 8) for i in range(7)], entry, byte_count=0x290),
        "nine": elf([text] + [load(RODATA, 1 + i, 0x280, 8, 8) for i in range(8)], entry, byte_count=0x290),
        "writable-text": elf([load(7, 0, 0, 128, 128)], entry),
        "overlap": elf([text, load(DATA, 0, 0x80, 8, 8)], entry),
        "far-end": elf([text, program_header(1, RODATA, 0, 0x7FFFFFFFF000, 64, 64)], entry),
        "interpreter": elf([text, program_header(3, RODATA, 0, 0, 8, 8)], entry),
        "stack-and-note": elf([text, program_header(0x6474E551, DATA, 0, 0, 0, 0, 16), program_header(4, 4, 0, 0, 0, 0, 4)], entry),
        "magic": b"\x7fELF",
        "text-file": b"#!/bin/sh\nexit 0\n",
    }


# ---- Manifests ---------------------------------------------------------------------------------------


def manifests():
    program = " ".join(f"{byte:02x}" for byte in programs()["smallest"])
    binaries = f'binaries = [(name = "init", elf = 0x"{program}"), (name = "hello", elf = 0x"{program}")]'
    objects = ("console", "bootPackage", "processSpawner", "endpointFactory", "virtualMemory")
    grants = ", ".join(f'(name = "{name}", object = {name})' for name in objects)
    init = f'init = (binary = "init", grants = [{grants}])'
    console = '(name = "console", source = (kernel = console))'
    export = '(name = "echo", interfaceId = 9)'
    server = f'(name = "server", binary = "hello", exports = [{export}], grants = [{console}])'

    def client(name, grant):
        return f'(name = "{name}", binary = "hello", grants = [{grant}])'

    def import_from(name, export="echo", badge=7):
        return f'(name = "x", source = (service = (name = "{name}", export = "{export}", badge = {badge})))'

    circle = ", ".join(
        f'(name = "{a}", binary = "hello", exports = [(name = "echo", interfaceId = 9)], grants = [{import_from(b)}])'
        for a, b in (("a", "b"), ("b", "a"))
    )
    head = f"version = 1, {binaries}, {init}"
    texts = {
        "one-process": f'version = 1, {binaries}, init = (binary = "init")',
        "init-only": f"version = 1, {binaries}, {init}",
        "good": f"version = 1, {binaries}, {init}, services = [{server}, {client('client', import_from('server'))}]",
        "three": f"version = 1, {binaries}, {init}, services = [{server}, "
        f"{client('one', import_from('server'))}, {client('two', console)}]",
        "circle": f"version = 1, {binaries}, {init}, services = [{circle}]",
        "no-server": f"version = 1, {binaries}, {init}, services = [{client('client', import_from('nobody'))}]",
        "badge-twice": f"version = 1, {binaries}, {init}, services = [{server}, "
        f"{client('one', import_from('server'))}, {client('two', import_from('server'))}]",
        "own-export": f"version = 1, {binaries}, {init}, services = [{server[:-2]}, {import_from('server')}])]",
        "binary-twice": f"version = 1, {binaries.replace('hello', 'init')}, {init}",
        "init-grant-twice": f"version = 1, {binaries}, {init.replace('bootPackage', 'console', 1)}",
        "object-twice": f"version = 1, {binaries}, {init.replace('object = bootPackage', 'object = console')}",
        "service-twice": f"{head}, services = [{client('a', console)}, {client('a', console)}]",
        "service-init": f"{head}, services = [{client('init', console)}]",
        "grant-twice": f"{head}, services = [{client('a', console + ', ' + console)}]",
        "grant-like-export": f"{head}, services = [{server.replace('console', 'echo', 1)}]",
        "export-twice": f"{head}, services = [{server.replace('exports = [', f'exports = [{export}, ')}]",
        "export-unknown": f"{head}, services = [{server}, {client('one', import_from('server', 'ohce'))}]",
        "interface-0": f"{head}, services = [{server.replace('= 9', '= 0')}]",
        "not-granted-on": f"{head}, services = [{client('a', console.replace('kernel = console', 'kernel = virtualMemory'))}]",
        "not-held": f"version = 1, {binaries}, {init.replace('object = console', 'object = timer')}, services = [{server}]",
        "no-virtual-memory": f"version = 1, {binaries}, {init.replace('virtualMemory', 'timer')}, services = [{server}]",
        "badge-0": f"{head}, services = [{server}, {client('one', import_from('server', badge=0))}, {client('two', import_from('server', badge=0))}]",
        "33-grants": f"{head}, services = [{client('a', ', '.join(console.replace('console', f'c{i}', 1) for i in range(33)))}]",
        "names": f'version = 1, {binaries}, init = (binary = ""), services = [(name = "init", binary = "?"), (name = "A\\n")]',
        "no-binary": 'version = 1, binaries = [(name = "init")], init = (binary = "other")',
        "version": "version = 2",
        "empty": "",
    }
    found = {name: capnp("encode", MANIFEST, "SystemManifest", f"({text})", "--segment-size=100000") for name, text in texts.items()}
    found["cut"] = found["good"][:-8]
    found["odd"] = found["good"][:-3]
    found["trailing"] = found["good"] + bytes(8)
    found["two-segments"] = framed(words(far_pointer(1, 0)), words(struct_pointer(0, 1, 0), 1))
    found["no-words"] = bytes(8)
    return found


# ---- Programs of steps ---------------------------------------------------------------------------------


RING = {
    # submit, observe, take, post, take
    "nop": bytes(4) + bytes([0, 1, 0, 5, 0, 1, 2, 3, 9, 9, 0, 4]),
    "wrap": b"\xfe\xff\xff\xff" + bytes([0, 1, 0, 5, 0, 0, 2, 0, 6, 0, 1, 2, 2, 3, 1, 0, 0, 3, 2, 0, 0, 4, 4, 4]),
    "full": bytes(4) + bytes([0, 1, 0, 1, 0] * 17 + [1] + [2] * 17 + [3, 1, 1, 0] * 16),
    "impossible": bytes(4) + bytes([6, 17, 1, 6, 16, 1, 2, 7, 1, 1, 7, 39, 1]),
    "anywhere": bytes(4) + bytes([5, 0x40, 0, 255, 255, 255, 255, 1, 5, 0, 4, 2, 0, 0, 0, 6, 1, 1, 2, 5, 0x84, 0, 9, 0, 0, 0, 0]),
    "no-place": bytes(4) + bytes(([6, 16, 1] + [2] * 16 + [3, 1, 1, 0] * 16) * 3),
}  # fmt: skip

CAP_TABLE = {
    "life": bytes([1, 7, 0, 1, 0, 2, 3, 0, 0, 4, 0, 0, 3, 0, 1, 5, 0, 1, 2, 0, 0, 2, 0, 0]),
    "last-use": bytes([0, 7, 6, 0, 0, 1, 0, 1, 2, 0, 0, 0, 1, 2, 0, 0]),
    "grow": bytes([6, 7, 7, 7, 7] + [0, 3] * 40),
    "nonsense": bytes([3, 7, 0, 1, 2, 250, 0] + [255] * 8 + [3, 255, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 6, 0, 2, 7, 0]),
    "no-slot": bytes([7, 0, 1, 7, 2, 0, 0]),
}

TRANSFER = {
    "move": bytes([0, 192, 3, 0, 1, 0, 1, 5, 1]),
    "copy": bytes([0, 192, 3, 0, 1, 0, 0, 5, 1, 2, 1, 0]),
    "to-oneself": bytes([0, 192, 0, 192, 3, 0, 2, 0, 1, 1, 0, 5, 0]),
    "no-room": bytes([0, 193] * 3 + [0, 192, 3, 0, 1, 0, 1, 5, 1]),
    "twice": bytes([0, 192, 3, 0, 2, 0, 1, 0, 1, 3, 0, 2, 0, 0, 0, 0]),
    "sender-ends": bytes([0, 192, 3, 0, 1, 0, 1, 7, 0]),
    "deliver": bytes([0, 192, 3, 0, 1, 0, 1, 70, 0, 0, 192, 3, 0, 1, 0, 0, 6, 0]),
    "too-many": bytes([0, 192, 3, 0, 249] + [0, 0] * 33),
}


def corpora():
    messages = {name: segment(*literal) for name, literal in MESSAGES.items()} | HAND_MADE
    flat = {name: framed(data[: len(data) // 8 * 8]) + bytes(len(data) % 8) for name, data in messages.items()}
    packed = {name: capnp("encode", *MESSAGES[name], "--packed") for name in ("person", "lists", "manifest", "shape")}
    with_method = {f"{name}-{method}": bytes([method, 0, 9, 0, 0, 0, 0, 0]) + data
                   for name, data in messages.items() for method in (0, 1)
                   if name in HAND_MADE or method == 0}  # fmt: skip
    lists = {name: data for name, data in flat.items() if name in ("lists", "manifest", "spawn", "person")}
    return {
        "reader": messages, "copy": messages, "segments": SEGMENTS | lists, "packed": PACKED | packed, "dispatch": with_method,
        "manifest": manifests(), "elf": programs(), "ring": RING, "cap_table": CAP_TABLE, "transfer": TRANSFER,
    }  # fmt: skip


def main(arguments):
    if len(arguments) > 1:
        print("usage: make_seeds.py [FOLDER]", file=sys.stderr)
        return 2
    folder = pathlib.Path(arguments[0] if arguments else "tests/fuzz/corpus")
    for target, inputs in corpora().items():
        (folder / target).mkdir(parents=True, exist_ok=True)
        for name, data in inputs.items():
            (folder / target / f"seed-{name}.bin").write_bytes(data)
        print(f"{target}: {len(inputs)} inputs, {sum(map(len, inputs.values()))} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
