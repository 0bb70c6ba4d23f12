# The interfaces of the key-value service: a Reader can look, a Store is a Reader that can also change.
@0x919699b127aa5219;

using C = import "/schema/c.capnp";
using Os = import "/schema/capos.capnp";
$C.prefix("kv");

interface Reader @0xaa367804b1cb77f0 {
  get @0 (key :Text $C.maxLength(31)) -> (value :Text $C.maxLength(95));
  # Errors: exception failed (there is no such key).

  watch @1 (signal :Os.Signal);
  # From now on the service raises the signal once for each change. It holds it until it ends: a watcher that keeps no
  # capability to the signal itself learns from its notification that the service is gone.
  # Errors: exception invalidArgument (no signal), overloaded (too many watch).

  snapshot @2 () -> (memory :Os.MemoryObject);
  # All entries as they are now: a message of one segment without framing, with a Table, in memory that the caller can
  # map and not write. It stays as it is, whatever becomes of the service. Errors: exception overloaded (no memory).
}

interface Store @0x9838ea5a843ff30e extends(Reader) {
  put @0 (key :Text $C.maxLength(31), value :Text $C.maxLength(95)) -> (told :UInt32);
  # Adds the key, or gives it another value; `told` is how many watch. The key `crash` ends the service with a fault.
  # Errors: exception invalidArgument (an empty key), overloaded (the table is full).
}

struct Table {
  entries @0 :List(Entry);
}

struct Entry {
  key @0 :Text $C.maxLength(31);
  value @1 :Text $C.maxLength(95);
}
