#!/usr/bin/env python3
"""Writes C that calls every getter and every dispatch function of generated headers, for the fuzz targets.

    make_walks.py HEADER... > walks.c      each header F.capnp.h with its F.capnp.c beside it

A getter or server table that this script does not understand is an error: nothing is left out silently. Lengths
that the schema limits are compared with the limit in the table of the check.

Next: tests/fuzz/fuzz_reader.c
"""

import pathlib
import re
import sys

READER = re.compile(r"^struct (\w+)_reader \{\n    struct wire_(struct|list)_reader \w;", re.M)
FUNCTION = re.compile(r"^static inline ([\w ]+?) (\w+)\(struct (\w+)_reader reader\)\n\{\n(.*?)^\}", re.M | re.S)
ACCESSOR = re.compile(r"^static inline [\w ]+? (\w+_at)\(struct wire_list_reader list, uint32_t index\)", re.M)
SERVER = re.compile(r"^struct (\w+)_server \{\n(.*?)^\};", re.M | re.S)
COMMENT = re.compile(r"/\*.*?\*/", re.S)
METHOD = re.compile(r"enum cap_err \(\*(\w+)\)\(void \*self, struct wire_call \*call, struct (\w+)_reader params\);")
ANCESTOR = re.compile(r"const struct (\w+)_server \*(\w+);")
STEPS = re.compile(r"^static const struct wire_step (\w+)_STEPS\[\] = \{\n(.*?)^\};", re.M | re.S)
STEP = re.compile(r"\{\.kind = WIRE_STEP_(\w+), \.index = (\d+), \.limit = (\w+)"
                  r"(?:, \.element = (\w+))?(?:, \.type = &(\w+))?")  # fmt: skip
GUARD = re.compile(r"wire_union_(?:select|is)\((?:reader\.)?s, \d+, (\d+)\)")
NUMBER = re.compile(r"u?int(8|16|32|64)_t|bool")


class Schemas:
    def __init__(self, headers):
        self.headers = headers
        text = "".join(pathlib.Path(header).read_text(encoding="utf-8") for header in headers)
        code = "".join(pathlib.Path(header[:-1] + "c").read_text(encoding="utf-8") for header in headers)
        kinds = dict(READER.findall(text))
        self.structs = [name for name, kind in kinds.items() if kind == "struct"]
        self.lists = {name for name, kind in kinds.items() if kind == "list"}
        self.functions = {name: (result, owner, body) for result, name, owner, body in FUNCTION.findall(text)}
        self.accessors = set(ACCESSOR.findall(text))
        self.roots = [name for name in self.structs if f" {name}_read_root(" in text]
        self.servers = {name: COMMENT.sub("", body) for name, body in SERVER.findall(text)}
        self.steps = {name: STEP.findall(body) for name, body in STEPS.findall(code)}
        self.text = text

    def root_of(self, struct):
        """The struct whose check covers this one, which may be a group of it."""
        return max((root for root in self.roots if struct == root or struct.startswith(root + "_")), key=len)

    def limit(self, struct, kind, index):
        limits = [step[2] for step in self.steps.get(self.root_of(struct), []) if step[0] == kind and step[1] == index]
        if not limits:
            sys.exit(f"make_walks: {struct}: its check has no step for pointer {index}")
        numbers = [0xFFFFFFFF if limit == "WIRE_LENGTH_ANY" else int(limit) for limit in limits]
        return f"{max(numbers)}u"


def pointer_loop(schemas, elements, expression, depth):
    """C that walks a list of pointers whose elements are described by the check's table `elements`."""
    kind, _, limit, element, inner = schemas.steps[elements][0]
    item = f"l{depth}"
    yield f"struct wire_list_reader {item} = {expression};"
    yield f"for (uint32_t i{depth} = 0; i{depth} < {item}.count; i{depth}++) {{"
    at = f"({item}, i{depth}"
    if kind == "TEXT":
        yield f"    walk_text(wire_list_text{at}), {'UINT32_MAX' if limit == 'WIRE_LENGTH_ANY' else limit});"
    elif kind == "DATA":
        yield f"    walk_data(wire_list_data{at}));"
    elif kind == "CAP":
        yield f"    walk_number(wire_list_cap{at}));"
    elif kind == "ANY":
        yield f"    walk_any(wire_list_pointer{at}));"
    elif kind == "LIST":
        yield from ("    " + line for line in list_lines(schemas, element, inner, f"wire_list_list{at}, {element})", depth + 1))
    else:
        sys.exit(f"make_walks: {elements}: elements of kind {kind}")
    yield "}"


def list_lines(schemas, element, inner, expression, depth=0):
    """C that walks the list which `expression` yields; inner names the table of its elements."""
    if element == "WIRE_ELEMENT_POINTER":
        yield "{"
        yield from ("    " + line for line in pointer_loop(schemas, inner, expression, depth))
        yield "}"
    elif element == "WIRE_ELEMENT_STRUCT":
        struct = inner.removesuffix("_TYPE")
        yield "{"
        yield f"    struct {struct}_list_reader l{depth} = {{{expression}}};"
        yield from struct_loop(struct, f"l{depth}", f"i{depth}")
        yield "}"
    else:
        yield f"walk_scalars({expression}, {element});"


def struct_loop(struct, variable, index):
    yield f"    for (uint32_t {index} = 0; {index} < {struct}_list_count({variable}); {index}++)"
    yield f"        walk_{struct}({struct}_list_at({variable}, {index}), nulls);"


def getter_lines(schemas, name, result, owner, body):
    """C that calls one getter and walks what it returns."""
    call = f"{name}(r)"
    struct = re.fullmatch(r"struct (\w+)_reader", result)
    field = name.removeprefix(owner + "_get_")
    if NUMBER.fullmatch(result):
        yield f"walk_number((uint64_t){call});"
    elif result in ("float", "double"):
        yield f"walk_real((double){call});"
    elif result == "struct wire_text":
        index = re.findall(r"wire_get_text\(s, (\d+)\)", body)[-1]
        yield f"walk_text({call}, {schemas.limit(owner, 'TEXT', index)});"
    elif result == "struct wire_data":
        index = re.findall(r"wire_get_data\(s, (\d+)\)", body)[-1]
        yield f"walk_limit({call}.length, {schemas.limit(owner, 'DATA', index)});"
        yield f"walk_data({call});"
    elif result == "struct wire_pointer_reader":
        yield f"walk_any({call});"
    elif result == "struct wire_list_reader":
        index, element = re.findall(r"wire_get_list\(s, (\d+), (\w+)\)", body)[-1]
        yield f"walk_limit({call}.count, {schemas.limit(owner, 'LIST', index)});"
        elements = f"{owner}_{field}_ELEMENTS0"
        if element == "WIRE_ELEMENT_POINTER" and elements not in schemas.steps:
            sys.exit(f"make_walks: {name}: no table {elements}")
        yield from list_lines(schemas, element, elements, call)
        if f"{owner}_{field}_at" in schemas.accessors:
            yield f"if ({call}.count > 0)"
            yield f"    (void){owner}_{field}_at({call}, 0);"
    elif struct and struct[1] in schemas.structs:
        yield f"walk_{struct[1]}({call}, nulls);"
    elif struct and struct[1] in schemas.lists:
        item = struct[1].removesuffix("_list")
        yield "{"
        index = re.findall(r"wire_get_list\(s, (\d+), \w+\)", body)[-1]
        yield f"    struct {struct[1]}_reader list = {call};"
        yield f"    walk_limit({item}_list_count(list), {schemas.limit(owner, 'LIST', index)});"
        yield from struct_loop(item, "list", "i")
        yield "}"
    else:
        sys.exit(f"make_walks: {name}: what is a {result}?")


def guarded(schemas, name, lines):
    """A member of a union is read only while it is the selected one."""
    body = schemas.functions[name][2]
    bits = re.search(r"\b(\w+_bits)\(reader\)", body)
    guard = GUARD.search(schemas.functions[bits[1]][2] if bits else body)
    if not guard:
        return lines
    owner = schemas.functions[name][1]
    return [f"if ({owner}_which(r) == {guard[1]}) {{"] + ["    " + line for line in lines] + ["}"]


def walk_lines(schemas, struct):
    yield f"static void walk_{struct}(struct {struct}_reader r, uint32_t nulls)"
    yield "{"
    yield "    /* One null struct in a row: every field of it reads as its default. */"
    yield "    nulls += !r.s.words;"
    yield "    if (nulls > 1)"
    yield "        return;"
    for name, (result, owner, body) in schemas.functions.items():
        if owner != struct:
            continue
        if name == f"{owner}_which" or name.startswith(f"{owner}_has_"):
            yield f"    walk_number({name}(r));"
        elif name.startswith(f"{owner}_get_"):
            lines = list(getter_lines(schemas, name, result, owner, body))
            yield from ("    " + line for line in guarded(schemas, name, lines))
        else:
            sys.exit(f"make_walks: {name}: neither a getter nor a has")
    yield "}"
    yield ""


def type_lines(schemas):
    for root in schemas.roots:
        yield f"static void walk_root_{root}(struct wire_message_reader *message)"
        yield "{"
        yield f"    walk_{root}({root}_read_root(message), 0);"
        yield "}"
    yield "const struct walk_type walk_types[] = {"
    for root in schemas.roots:
        yield f'    {{"{root}", {root}_check, walk_root_{root}}},'
    yield "};"
    yield "const uint32_t walk_type_count = sizeof walk_types / sizeof *walk_types;"
    yield ""


def method_name(schemas, server, method):
    """The part of a method's names; the table's member may have got an underscore to be no keyword."""
    return next(name for name in (method, method[:-1]) if f"#define {server}_{name}_METHOD " in schemas.text)


def server_lines(schemas, server, body):
    methods, ancestors = METHOD.findall(body), ANCESTOR.findall(body)
    if len(methods) + len(ancestors) != len([line for line in body.split("\n") if line.strip().endswith(";")]):
        sys.exit(f"make_walks: {server}_server has a line that is neither a method nor an ancestor")
    for method, params in methods:
        yield f"static enum cap_err run_{server}_{method}(void *self, struct wire_call *call, struct {params}_reader params)"
        yield "{"
        yield "    CHECK(self == call);"
        yield f"    walk_{params}(params, 0);"
        name = method_name(schemas, server, method)
        yield f"    walk_method_ran({server}_ID, {server}_{name}_METHOD);"
        results = re.search(rf"\b({server}_{name}_?_Results_init)\(struct wire_call \*call\)", schemas.text)
        if results:
            yield f"    (void){results[1]}(call);"
        yield "    return CAP_OK;"
        yield "}"
    yield f"static const struct {server}_server server_{server} = {{"
    yield from (f"    .{name} = &server_{ancestor}," for ancestor, name in ancestors)
    yield from (f"    .{method} = run_{server}_{method}," for method, _ in methods)
    yield "};"
    yield f"static enum cap_err dispatch_{server}(struct wire_call *call)"
    yield "{"
    yield f"    return {server}_dispatch(&server_{server}, call, call);"
    yield "}"
    yield f"static const struct walk_method methods_{server}[] = {{"
    yield from (f"    {{{server}_{method_name(schemas, server, method)}_METHOD, {params}_check}}," for method, params in methods)
    yield "    {UINT16_MAX, NULL},"
    yield "};"
    yield f"static const struct walk_interface *const ancestors_{server}[] = {{"
    yield from (f"    &interface_{ancestor}," for ancestor, _ in ancestors)
    yield "    NULL,"
    yield "};"
    yield f"static const struct walk_interface interface_{server} = {{"
    yield f'    "{server}", {server}_ID, dispatch_{server}, methods_{server}, {len(methods)}, ancestors_{server},'
    yield "};"
    yield ""


def lines_of(schemas):
    yield "/* Walks through every getter and dispatch function; made by tests/fuzz/make_walks.py. */"
    yield '#include "tests/fuzz/walk.h"'
    yield '#include "lib/check.h"'
    for header in schemas.headers:
        yield f'#include "{header}"'
    yield ""
    for struct in schemas.structs:
        yield f"static void walk_{struct}(struct {struct}_reader r, uint32_t nulls);"
    yield ""
    for struct in schemas.structs:
        yield from walk_lines(schemas, struct)
    yield from type_lines(schemas)
    for server in schemas.servers:
        yield f"static const struct {server}_server server_{server};"
        yield f"static const struct walk_interface interface_{server};"
    yield ""
    for server, body in schemas.servers.items():
        yield from server_lines(schemas, server, body)
    yield "const struct walk_interface *const walk_interfaces[] = {"
    for server in schemas.servers:
        yield f"    &interface_{server},"
    yield "};"
    yield "const uint32_t walk_interface_count = sizeof walk_interfaces / sizeof *walk_interfaces;"


def main(headers):
    if not headers:
        print(__doc__.split("\n\n")[1].strip(), file=sys.stderr)
        return 2
    print("\n".join(lines_of(Schemas(headers))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
