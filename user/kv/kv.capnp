# The interfaces of the key-value service: a Reader can look, a Store is a Reader that can also change.
@0x919699b127aa5219;

using C = import "/schema/c.capnp";
using Os = import "/schema/capos.capnp";
$C.prefix("kv");

interface Reader @0xaa367804b1cb77f0 {
  get @0 (key :Text $C.maxLength(31)) -> (value :Text $C.maxLength(95));
  # Errors: exception failed (there is no such key).

  watch @1 (signal :Os.Signal);
  # From now on the signal is raised once for each change. The service holds it until it ends: a watcher that moves its
  # last capability to the signal here learns from its notification that the service is gone.
  # Errors: exception overloaded (too many watch).

  table @2 () -> (memory :Os.MemoryObject);
  # All entries as they are at any moment: a struct kv_table of user/kv/table.h, in memory that the caller can map
  # and not write.
}

interface Store @0x9838ea5a843ff30e extends(Reader) {
  put @0 (key :Text $C.maxLength(31), value :Text $C.maxLength(95));
  # Adds the key, or gives it another value. Errors: exception invalidArgument (an empty key), overloaded (full).
}
