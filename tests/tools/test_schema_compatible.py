"""tools/schema-compatible: a schema may grow, and each kind of change that breaks what exists is named.

Next: tools/schema-compatible
"""

import harness

OLD = """@0xa8b1c5d2e3f40718;
using C = import "c.capnp";
const limit :UInt32 = 7;
enum Colour @0xa8b1c5d2e3f40719 { red @0; green @1; }
struct Thing @0xa8b1c5d2e3f4071a {
  size @0 :UInt32 = 3;
  name @1 :Text $C.maxLength(8);
  union { none @2 :Void; some @3 :UInt16; }
  place :group { x @4 :Int8; y @5 :Int8; }
  parts @6 :List(Thing);
}
interface Base @0xa8b1c5d2e3f4071b { ping @0 (); }
interface Box @0xa8b1c5d2e3f4071c extends (Base) {
  put @0 (thing :Thing) -> (count :UInt32);
  take @1 ();
}
"""


class SchemaCompatible(harness.TreeCase):
    def compare(self, *changes):
        new = OLD
        for before, after in changes:
            self.assertIn(before, new)
            new = new.replace(before, after)
        old, new = self.write("old.capnp", OLD), self.write("new.capnp", new)
        return harness.run(harness.ROOT / "tools/schema-compatible", old, new)

    def accepts(self, *changes):
        status, output = self.compare(*changes)
        self.assertEqual(status, 0, output)

    def refuses(self, reason, *changes):
        status, output = self.compare(*changes)
        self.assertEqual(status, 1, output)
        self.assertIn(reason, output)

    def test_the_same_and_other_comments_and_order_are_compatible(self):
        self.accepts()
        self.accepts(("size @0", "# Words.\n  size @0"), ("red @0; green @1;", "green @1; red @0;"))

    def test_a_schema_may_grow(self):
        self.accepts(("green @1;", "green @1; blue @2;"))
        self.accepts(("parts @6 :List(Thing);", "parts @6 :List(Thing); more @7 :Data; last @8 :Bool;"))
        self.accepts(("some @3 :UInt16;", "some @3 :UInt16; all @7 :Text;"))
        self.accepts(("y @5 :Int8;", "y @5 :Int8; z @7 :Int64;"))
        self.accepts(("take @1 ();", "take @1 (); look @2 () -> (thing :Thing);"), ("const limit", "struct New {}\nconst limit"))
        self.accepts(("(count :UInt32)", "(count :UInt32, text :Text)"), ("maxLength(8)", "maxLength(9)"))

    def test_removed_and_moved_ordinals_are_refused(self):
        self.refuses("enumerant @1 green is gone", ("green @1;", ""))
        self.refuses("Thing.parts: @6 is gone", ("  parts @6 :List(Thing);\n", ""))
        self.refuses("Box: method @1 take is gone", ("  take @1 ();\n", ""))
        self.refuses("enumerant @0: name was red, is green", ("red @0; green @1;", "green @0; red @1;"))
        self.refuses("Thing.place.x: name was x, is y", ("x @4 :Int8; y @5", "y @4 :Int8; x @5"))
        self.refuses("Box: method @0: name was put, is take", ("put @0", "was @0"), ("take @1", "put @1"), ("was @0", "take @0"))

    def test_changed_types_and_defaults_are_refused(self):
        self.refuses("Thing.size: type was", ("size @0 :UInt32 = 3", "size @0 :Int32 = 3"))
        self.refuses("Thing.parts: type was", ("List(Thing)", "List(Text)"))
        self.refuses("Thing.size: defaultValue was", ("= 3", "= 4"))
        self.refuses("limit: value was", ("= 7", "= 8"))
        self.refuses("put$Params.thing: type was", ("put @0 (thing :Thing)", "put @0 (thing :Colour)"))
        self.refuses("Box.take: paramStructType was", ("take @1 ();", "take @1 Thing;"))

    def test_changed_ids_and_kinds_are_refused(self):
        self.refuses("Thing: struct @0xa8b1c5d2e3f4071a is gone, or has another id", ("4071a", "4072a"))
        self.refuses("Box: interface @0xa8b1c5d2e3f4071c is gone, or has another id", ("4071c", "4072c"))
        self.refuses("was enum, is struct", ("enum Colour @0xa8b1c5d2e3f40719 { red @0; green @1; }",
                                            "struct Colour @0xa8b1c5d2e3f40719 {}"))  # fmt: skip

    def test_moved_union_members_are_refused(self):
        self.refuses("Thing.some: moved into, out of, or inside a union",
                     ("union { none @2 :Void; some @3 :UInt16; }",
                      "union { none @2 :Void; other @7 :Void; } some @3 :UInt16;"))  # fmt: skip
        self.refuses("Thing.name: moved into, out of, or inside a union",
                     ("name @1 :Text $C.maxLength(8);\n  union {", "union { name @1 :Text $C.maxLength(8);"))  # fmt: skip

    def test_groups_and_superclasses_stay(self):
        self.refuses("Thing.place: group", ("place :group { x @4 :Int8; y @5 :Int8; }", "x @4 :Int8; y @5 :Int8;"))
        self.refuses("Box: does not extend @0xa8b1c5d2e3f4071b any more", (" extends (Base)", ""))

    def test_a_lower_or_new_maximum_length_is_refused(self):
        self.refuses("Thing.name: maxLength is lower: 7", ("maxLength(8)", "maxLength(7)"))
        self.refuses("Thing.parts: maxLength is lower: 4", ("List(Thing);", "List(Thing) $C.maxLength(4);"))

    def test_what_does_not_compile_is_neither(self):
        status, output = self.compare(("size @0", "size @9"))
        self.assertEqual(status, 2, output)
        self.assertIn("does not compile", output)
        self.assertEqual(harness.run(harness.ROOT / "tools/schema-compatible")[0], 2)

    def test_no_released_schema_is_empty(self):
        struct_of = {"capos": "ProcessSpawner", "manifest": "SystemManifest", "records": "Usage", "testing": "AllocationFault"}
        released = sorted((harness.ROOT / "schema/released").glob("*.capnp"))
        self.assertEqual([path.stem for path in released], sorted(struct_of))
        for path in released:
            file_id = path.read_text().split("@0x", 1)[1].split(";", 1)[0]
            status, output = harness.run(harness.ROOT / "tools/schema-compatible", path, self.write("empty.capnp", f"@0x{file_id};\n"))
            self.assertEqual(status, 1, output)
            self.assertIn(struct_of[path.stem], output)


if __name__ == "__main__":
    harness.main()
