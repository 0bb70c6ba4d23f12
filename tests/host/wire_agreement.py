"""Random messages, compared with the reference tool `capnp`, and random damage to them.

    wire_agreement.py WIRE_CHECK WORK_FOLDER

Content: random values of tests/schemas/vec.capnp, encoded by the reference in one segment, in its canonical form
and packed. Ours must accept each and have the same canonical bytes.
Damage: one to three random changes to a message. Where the reference refuses, ours must refuse; where ours
refuses, the reference must too, or the rule must be one of those on which docs/spec/messages.md says that the
two differ.

The seed is fixed: the same messages every time. Ends with `N passed, N failed`.

Next: docs/spec/messages.md
"""

import json
import os
import random
import struct
import subprocess
import sys

SCHEMA = "tests/schemas/vec.capnp"
CONTENT_COUNT = 60
DAMAGE_COUNT = 150

# Rules by which ours may refuse what the reference reads (docs/spec/messages.md, "Where capOS and the C++ library
# differ").
STRICTER = ("P2:", "P6:", "L1:", "R4:")

random.seed(20)
passed = failed = 0


def text():
    return "".join(random.choice("abc \"\\\u00e9\n0") for _ in range(random.choice((0, 1, 7, 8, 9, 30))))


def data():
    return [random.randrange(256) for _ in range(random.choice((0, 1, 7, 8, 9)))]


def some(make, most=4):
    return [make() for _ in range(random.randrange(most))]


def everything(depth):
    makers = {
        "b": lambda: random.random() < 0.5,
        "i8": lambda: random.randrange(-128, 128),
        "i16": lambda: random.randrange(-(1 << 15), 1 << 15),
        "i32": lambda: random.randrange(-(1 << 31), 1 << 31),
        "i64": lambda: str(random.randrange(-(1 << 63), 1 << 63)),
        "u8": lambda: random.randrange(256),
        "u32": lambda: random.randrange(1 << 32),
        "u64": lambda: str(random.randrange(1 << 64)),
        "f64": lambda: random.choice((0.0, -1.5, 1e300)),
        "text": text,
        "data": data,
        "color": lambda: random.choice(("red", "green", "blue", "other")),
        "bools": lambda: some(lambda: random.random() < 0.5, 70),
        "voids": lambda: [None] * random.randrange(5),
        "i8s": lambda: some(lambda: random.randrange(-128, 128), 20),
        "u16s": lambda: some(lambda: random.randrange(1 << 16), 9),
        "u64s": lambda: some(lambda: str(random.randrange(1 << 64))),
        "f32s": lambda: some(lambda: random.choice((0.0, 2.5))),
        "texts": lambda: some(text),
        "datas": lambda: some(data),
        "colors": lambda: some(lambda: random.choice(("red", "blue"))),
        "nested": lambda: some(lambda: some(lambda: random.randrange(1 << 32))),
        "smalls": lambda: some(lambda: random.choice(({}, {"x": 3}, {"y": 500}))),
        "empties": lambda: [{}] * random.randrange(4),
        "empty": lambda: {},
    }
    if depth > 0:
        makers["child"] = lambda: everything(depth - 1)
        makers["children"] = lambda: some(lambda: everything(depth - 1), 3)
    chosen = random.sample(sorted(makers), random.randrange(1, len(makers)))
    return {name: makers[name]() for name in chosen}


def unions(_):
    value = random.choice(({"none": None}, {"num": 7}, {"str": text()}, {"flag": True}, {"list": [1, 2]},
                           {"pair": {"left": "-5", "right": text()}}))
    value["before"] = random.randrange(1 << 16)
    value["inner"] = random.choice(({"a": None}, {"b": 0.5}, {"c": {"x": 1}}))
    value["grp"] = {"g2": text(), "deep": {"d1": True, "d2": random.randrange(1 << 32)}}
    return value


def manifest(_):
    grant = lambda: {"name": text(), "badge": str(random.randrange(1 << 64)),
                     "source": random.choice(({"kernel": text()}, {"service": {"name": text()}}, {"null": None}))}
    return {"binaries": some(lambda: {"name": text(), "image": data()}),
            "services": some(lambda: {"name": text(), "grants": some(grant), "exports": some(text)})}


TYPES = {"Everything": everything, "Unions": unions, "Manifest": manifest}


def run(arguments, input_bytes=b""):
    environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=0")
    try:
        done = subprocess.run(arguments, input=input_bytes, capture_output=True, timeout=10, env=environment)
    except subprocess.TimeoutExpired:
        return None, b"", b""
    return done.returncode, done.stdout, done.stderr


def reference(conversion, message, type_name):
    return run(["capnp", "convert", conversion, SCHEMA, type_name], message)


def result(what, is_right, detail=""):
    global passed, failed
    if is_right:
        passed += 1
        return
    failed += 1
    print("FAILED", what, detail)


def compare_content(wire_check, path, number):
    type_name = random.choice(sorted(TYPES))
    value = json.dumps(TYPES[type_name](2)).encode()
    _, framed, _ = reference("json:binary", value, type_name)
    _, packed, _ = reference("json:packed", value, type_name)
    _, canonical, _ = reference("json:canonical", value, type_name)
    for form, message in (("--framed", framed), ("--packed", packed), ("--flat", canonical)):
        with open(path, "wb") as file:
            file.write(message)
        options = [] if form == "--framed" else [form]
        status, ours, said = run([wire_check, "--canonical", *options, path])
        result(f"content {number} ({type_name}, {form}): the canonical form", (status, ours) == (0, canonical),
               f"{value} {said}")
    return type_name, framed


def damage(message):
    words = bytearray(message)
    for _ in range(random.randrange(1, 4)):
        at = random.randrange(8, len(words)) if random.random() < 0.9 else random.randrange(len(words))
        kind = random.randrange(4)
        if kind == 0:
            words[at] ^= 1 << random.randrange(8)
        elif kind == 1:
            words[at] = random.choice((0, 1, 2, 3, 4, 5, 6, 7, 0xff))
        elif kind == 2:  # a pointer is copied from somewhere to somewhere
            source = random.randrange(1, len(words) // 8) * 8
            words[at // 8 * 8:at // 8 * 8 + 8] = words[source:source + 8]
        else:
            words[at // 8 * 8:at // 8 * 8 + 8] = struct.pack("<Q", random.getrandbits(64) & random.getrandbits(64))
    return bytes(words)


def compare_damage(wire_check, path, number, type_name, message):
    message = damage(message)
    with open(path, "wb") as file:
        file.write(message)
    status, ours, _ = run([wire_check, path, SCHEMA, type_name])
    # Text is not checked for UTF-8 here or there, and the reference reads every field to print it.
    reference_status, _, said = reference("binary:text", message, type_name)
    if reference_status is None:  # it reads 64 MiB of shared text before it gives up: its answer is unknown
        return
    last = ours.decode(errors="replace").strip().split("\n")[-1]
    reference_refuses = reference_status != 0 or b"error" in said
    if status not in (0, 1):
        result(f"damage {number}", False, f"status {status}: {last}")
    elif reference_refuses:
        result(f"damage {number}: {type_name} that the reference refuses", status == 1,
               f"{last} / {said[:300]}" + f" {message.hex()}")
    else:
        is_stricter = status == 1 and any(f"refused: {rule}" in last for rule in STRICTER)
        result(f"damage {number}: {type_name} that the reference reads", status == 0 or is_stricter,
               f"{last} {message.hex()}")


def main():
    wire_check, folder = sys.argv[1:]
    path = os.path.join(folder, "message")
    seeds = [compare_content(wire_check, path, number) for number in range(CONTENT_COUNT)]
    for number in range(DAMAGE_COUNT):
        compare_damage(wire_check, path, number, *random.choice(seeds))
    print(f"{passed} passed, {failed} failed")
    return failed > 0 or passed == 0


sys.exit(main())
