# Every construct of the schema language, for the tests of the generator.
@0xd5a4b1c6e7f80912;

using C = import "/schema/c.capnp";
using Other = import "other.capnp";
$C.prefix("lang");

const answer :UInt32 = 42;
const small :Int8 = -3;
const big :UInt64 = 0xfedcba9876543210;
const yes :Bool = true;
const half :Float64 = 0.5;
const greeting :Text = "say \"hi\" ??/ * / \x01";
const bytes :Data = 0x"00 ff 10";
const numbers :List(UInt16) = [1, 2, 3];
const person :Person = (name = "Ann", age = 7, tags = ["a", "b"]);
const favourite :Colour = green;

enum Colour {
  red @0;
  green @1 $C.name("GRUEN");
  blue @2;
}

enum Empty {}

struct Person $C.name("Human") {
  # Someone. A comment end */ and a start /* inside a doc comment.
  name @0 :Text $C.maxLength(8);
  # What others call them.
  age @1 :UInt8 = 30;
  tags @2 :List(Text) $C.maxLength(3);
  friend @3 :Person;
}

struct Keywords {
  int @0 :UInt32;
  default @1 :Text;
  register :group {
    union {
      while @2 :UInt8;
      which @3 :UInt8;
      check @4 :Text;
    }
  }
  list :group { get @5 :UInt8; count @6 :UInt16; }
  httpURL @7 :Text;
  httpUrl @8 :Text;
  type @9 :UInt8;
}

struct KeywordLists { lists @0 :List(Keywords); }

struct Shape {
  area @0 :Float64;
  union {
    circle @1 :Float32;
    square :group {
      side @2 :UInt32 = 4;
      label @3 :Text = "square";
      corner :union { sharp @4 :Void; round @5 :UInt16; }
    }
    nothing @6 :Void;
    label @7 :Text;
    any @8 :AnyPointer;
  }
  struct Nested {
    deep @0 :Deeper;
    struct Deeper { value @0 :Int16 = -9; }
  }
  nested @9 :Nested = (deep = (value = 5));
}

struct Lists {
  grid @0 :List(List(UInt32));
  cubes @1 :List(List(List(Text)));
  people @2 :List(List(Person));
  flags @3 :List(Bool) = [true, false, true];
  voids @4 :List(Void);
  datas @5 :List(Data);
  colours @6 :List(Colour);
  caps @7 :List(Counter);
  small @8 :List(Int8);
  eights @9 :List(UInt64);
  reals @10 :List(Float32);
}

struct Box(T) {
  value @0 :T;
  next @1 :Box(T);
  struct Inner { value @0 :T; }
}

struct Boxes {
  text @0 :Box(Text);
  person @1 :Box(Person);
  inner @2 :Box(Text).Inner;
  struct @3 :AnyStruct;
  list @4 :AnyList;
  cap @5 :Capability;
}

struct Pointers {
  text @0 :Text = "default";
  data @1 :Data = 0x"01 02";
  other @2 :Other.Thing = (size = 3);
  list @3 :List(Person) = [(name = "Bo"), (age = 1)];
}

interface Named @0xe1f2a3b4c5d60718 {
  name @0 () -> (name :Text);
}

interface Counter @0xe1f2a3b4c5d60719 extends (Named) {
  # Counts.
  add @0 (by :UInt32 = 1) -> (value :UInt64);
  # Adds and answers with the sum.
  register @1 (default :Text, self :Counter, real :Float32) -> (self :Counter, any :Capability);
  list @2 Person -> Lists;
  dispatch @3 () -> ();
  fire @4 (bytes :Data) -> stream;
}

interface Late extends (Both, Named) {}
interface Both extends (Counter, Other.Closable) {
  both @0 () -> ();
}

interface Store(K) {
  get @0 (key :K) -> (box :Box(K));
  convert @1 [V] (value :V) -> (value :V);
}
