# A file that language.capnp imports and that imports it in turn.
@0xd5a4b1c6e7f80913;

using C = import "/schema/c.capnp";
using Language = import "language.capnp";
$C.prefix("other");

struct Thing {
  size @0 :UInt16;
  owner @1 :Language.Person;
}

interface Closable @0xe1f2a3b4c5d60720 {
  close @0 (who :Language.Person) -> (counter :Language.Counter);
}
