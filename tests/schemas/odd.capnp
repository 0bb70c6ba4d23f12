# Corners of the schema language that language.capnp has no place for: annotations of a file's own, constants at the ends
# of their ranges, fields called as the generated code calls its own, types inside interfaces, unions of every kind of
# member, and generics in generics. That it is generated, compiles, and agrees with the reference is the test.
@0xd5a4b1c6e7f80931;
annotation note @0xd5a4b1c6e7f80932 (struct, field, enumerant, method, file, interface, union, group, param, const, annotation, enum) :Text;
using C = import "/schema/c.capnp";
$C.prefix("odd");
$note("file");
const inf :Float32 = inf;
const ninf :Float64 = -inf;
const nan :Float64 = nan;
const tiny :Float64 = 1e-310;
const minI :Int64 = -9223372036854775808;
const maxU :UInt64 = 18446744073709551615;
const emptyText :Text = "";
const lists :List(List(Text)) = [["a"], [], ["b", "c"]];
const structs :List(Outer) = [(a = 1), (b = "x")];
const bools :List(Bool) = [true, false];
const voids :List(Void) = [void, void];
const v :Void = void;
const e :Outer.Kind = two;
const outerConst :Outer = (a = .maxU, kind = three);
struct Outer $note("s") {
  a @0 :UInt64;
  b @1 :Text $note("f");
  kind @2 :Kind = two;
  words @3 :UInt8;
  message @4 :UInt8;
  s @5 :UInt8;
  builder @6 :UInt8;
  reader @7 :Text;
  value @8 :UInt8;
  length @9 :UInt8;
  index @10 :UInt8;
  l @11 :UInt8;
  pointer @12 :AnyPointer;
  error @13 :Data;
  enum Kind { one @0; two @1; three @2; }
  interface Inside {
    call @0 (o :Outer, k :Kind, i :Inside) -> (i :List(Inside), l :List(List(Inside)));
    struct InInterface { x @0 :Int32; }
    results @1 (results :Text, params :Text, call :UInt8, target :Inside) -> (error :UInt8, call :Bool);
    message @2 (int :Int32, void :Void, bool :Bool) -> (int :Int32, float :Float32, double :Float64);
  }
  union {
    x @14 :Void;
    y :group { p @15 :List(Outer); q :union { r @16 :Float64; t :group { u @17 :Bool; w @18 :Int64; } } }
  }
  named :union { n1 @19 :Void; n2 @20 :Text = "d"; n3 @21 :Outer; n4 @22 :List(UInt8) = [1,2]; n5 @23 :Inside; n6 @24 :Kind; n7 @25 :Data = 0x"aa"; n8 @26 :AnyPointer; }
}
struct Empty {}
struct OnlyUnion { union { a @0 :Void; b @1 :Void; } }
struct OnlyBool { b @0 :Bool = true; }
struct Gen(A, B) {
  a @0 :A; b @1 :B; n @2 :Gen(B, A); l @3 :List(Gen(A, Text));
  struct In(C) { a @0 :A; c @1 :C; }
  interface I(D) { m @0 (a :A, d :D) -> (x :Gen(A, D)); }
  enum GE { z @0; }
}
struct UseGen { g @0 :Gen(Text, List(UInt8)); i @1 :Gen(Text, Data).In(Outer); j @2 :Gen(Empty, Empty).I(Outer); e @3 :Gen(Text,Text).GE; }
interface GI(T) { get @0 () -> (t :T); }
interface Sub extends (GI(Text), Gen(Text, Text).I(Data)) { more @0 Outer -> Empty; }
interface NoMethods {}
interface Diamond extends (Sub, GI(Text), NoMethods) {}
struct Big { f0 @0 :List(Big); }
