#!/usr/bin/env python3
"""Writes C that copies a message through every generated getter and setter, for the test of agreement.

    make_copies.py HEADER... > copies.c      each header F.capnp.h with its F.capnp.c beside it

Fields that are null stay null, so that the copy's tree is the original's. A setter that this script does not
find is an error: nothing is left out silently.

Next: tests/agreement/ours.h
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "fuzz"))
from make_walks import GUARD, Schemas  # noqa: E402

VOID = re.compile(r"^static inline void ((\w+)_set_\w+)\(struct \2_builder builder\)\n\{\n"
                  r"    wire_set_u16\(builder\.s, \d+, (\d+)\);\n\}", re.M)  # fmt: skip


def pointer_loop(schemas, elements, source, target, depth):
    """C that copies the list of pointers `source` into `target`; `elements` names the check's table of them."""
    kind, _, _, element, inner = schemas.steps[elements][0]
    index = f"i{depth}"
    yield f"for (uint32_t {index} = 0; {index} < {source}.count; {index}++) {{"
    yield f"    struct wire_pointer_builder to{depth} = wire_list_pointer_at({target}, {index});"
    yield f"    if (wire_pointer_is_null(wire_list_pointer({source}, {index})))"
    yield "        continue;"
    if kind == "TEXT":
        yield f"    copy_done(wire_pointer_set_text(to{depth}, wire_list_text({source}, {index})));"
    elif kind == "DATA":
        yield f"    copy_done(wire_pointer_set_data(to{depth}, wire_list_data({source}, {index})));"
    elif kind == "CAP":
        yield f"    copy_done(wire_pointer_set_cap(to{depth}, wire_list_cap({source}, {index})));"
    elif kind == "ANY":
        yield f"    copy_done(wire_pointer_copy(to{depth}, wire_list_pointer({source}, {index})));"
    elif kind == "LIST":
        item, made = f"l{depth + 1}", f"b{depth + 1}"
        yield f"    struct wire_list_reader {item} = wire_list_list({source}, {index}, {element});"
        if element == "WIRE_ELEMENT_STRUCT":
            struct = inner.removesuffix("_TYPE")
            yield f"    struct {struct}_list_reader s{item} = {{{item}}};"
            yield (f"    struct {struct}_list_builder s{made} = {{wire_pointer_init_struct_list(to{depth}, "
                   f"{struct}_DATA_WORDS, {struct}_POINTER_COUNT, {item}.count)}};")  # fmt: skip
            yield from ("    " + line for line in struct_loop(struct, f"s{item}", f"s{made}"))
        else:
            yield f"    struct wire_list_builder {made} = wire_pointer_init_list(to{depth}, {element}, {item}.count);"
            yield from ("    " + line for line in list_lines(schemas, element, inner, item, made, depth + 1))
    else:
        sys.exit(f"make_copies: {elements}: elements of kind {kind}")
    yield "}"


def list_lines(schemas, element, inner, source, target, depth=0):
    if element == "WIRE_ELEMENT_POINTER":
        yield from pointer_loop(schemas, inner, source, target, depth)
    else:
        yield f"copy_scalars({target}, {source}, {element});"


def struct_loop(struct, source, target):
    yield f"for (uint32_t i = 0; i < {struct}_list_count({source}); i++)"
    yield f"    copy_{struct}({struct}_list_builder_at({target}, i), {struct}_list_at({source}, i));"


def field_lines(schemas, owner, field, result, body):
    """C that copies one field which is not null."""
    get, make, put = f"{owner}_get_{field}(r)", f"{owner}_init_{field}(b", f"{owner}_set_{field}(b, "
    struct = re.fullmatch(r"struct (\w+)_reader", result)
    if result in ("float", "double"):
        return  # by its bits
    if result in ("struct wire_text", "struct wire_data"):
        yield "if (copy_is_twice)"
        yield f"    copy_done({put}({result}){{(const void *)copy_waste, sizeof copy_waste}}));"
        yield f"copy_done({put}{get}));"
    elif result == "struct wire_pointer_reader":
        yield f"copy_done(wire_pointer_copy({make}), {get}));"
    elif result == "struct wire_list_reader":
        element = re.findall(r"wire_get_list\(s, \d+, (\w+)\)", body)[-1]
        yield f"struct wire_list_reader l0 = {get};"
        yield f"struct wire_list_builder b0 = {make}, copy_is_twice ? l0.count + 3 : l0.count);"
        yield "if (copy_is_twice)"
        yield f"    b0 = {make}, l0.count);"
        yield from list_lines(schemas, element, f"{owner}_{field}_ELEMENTS0", "l0", "b0")
    elif struct and struct[1] in schemas.structs:
        yield f"copy_{struct[1]}({make}), {get});"
    elif struct and struct[1] in schemas.lists:
        item = struct[1].removesuffix("_list")
        yield f"struct {struct[1]}_reader from = {get};"
        yield f"struct {struct[1]}_builder to = {make}, {item}_list_count(from));"
        yield from struct_loop(item, "from", "to")
    elif f" {owner}_set_{field}(struct {owner}_builder builder, " not in schemas.text:
        sys.exit(f"make_copies: {owner}_get_{field} has no setter")
    elif result == "uint32_t" and "wire_get_cap" in body:
        yield f"copy_done({put}{get}));"
    else:
        yield f"{put}{get});"


def copy_lines(schemas, struct, voids):
    yield f"static void copy_{struct}(struct {struct}_builder b, struct {struct}_reader r)"
    yield "{"
    yield "    (void)b;"
    yield "    (void)r;"
    for setter, tag in voids.get(struct, []):
        yield f"    if ({struct}_which(r) == {tag})"
        yield f"        {setter}(b);"
    for name, (result, owner, body) in schemas.functions.items():
        if owner != struct or not name.startswith(f"{owner}_get_"):
            continue
        field = name.removeprefix(f"{owner}_get_")
        conditions = []
        guard = GUARD.search(body)
        if guard:
            conditions.append(f"{owner}_which(r) == {guard[1]}")
        if f"{owner}_has_{field}" in schemas.functions:
            conditions.append(f"{owner}_has_{field}(r)")
        lines = list(field_lines(schemas, owner, field, result, body))
        if lines:
            yield f"    if ({' && '.join(conditions)}) {{" if conditions else "    {"
            yield from ("        " + line for line in lines)
            yield "    }"
    yield "}"
    yield ""


def lines_of(schemas):
    voids = {}
    for setter, owner, tag in VOID.findall(schemas.text):
        voids.setdefault(owner, []).append((setter, tag))
    yield "/* Copies through every getter and setter; made by tests/agreement/make_copies.py. */"
    yield '#include "tests/agreement/ours.h"'
    yield '#include "tests/agreement/copy.h"'
    for header in schemas.headers:
        yield f'#include "{header}"'
    yield ""
    for struct in schemas.structs:
        yield f"static void copy_{struct}(struct {struct}_builder b, struct {struct}_reader r);"
    yield ""
    for struct in schemas.structs:
        yield from copy_lines(schemas, struct, voids)
    for root in schemas.roots:
        yield f"static void copy_root_{root}(struct wire_message_builder *to, struct wire_message_reader *from)"
        yield "{"
        yield f"    copy_{root}({root}_init_root(to), {root}_read_root(from));"
        yield "}"
    yield "const struct copy_type copy_types[] = {"
    for root in schemas.roots:
        # What a streaming method returns is a type of the language's, not of the file's.
        of = f"{root}_ID" if f"#define {root}_ID " in schemas.text else "0"
        yield f'    {{"{root}", {of}, copy_root_{root}}},'
    yield "};"


if __name__ == "__main__":
    print("\n".join(lines_of(Schemas(sys.argv[1:]))))
