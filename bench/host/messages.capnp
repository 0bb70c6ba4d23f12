# The two messages whose cost is counted: a typical call's parameters without and with a text.
@0xd2b6a1f05c3e7a94;

struct Scalars {
  handle @0 :UInt64;
  flags @1 :UInt32;
  mode @2 :UInt32;
}

struct WithText {
  handle @0 :UInt64;
  flags @1 :UInt32;
  path @2 :Text;
}
