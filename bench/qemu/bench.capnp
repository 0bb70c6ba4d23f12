# What the benchmark's client asks of its server: messages of three sizes, and capabilities.
@0xd6c1e0b7a3f94825;

using C = import "/schema/c.capnp";
$C.prefix("bench");

interface Partner @0x8f3e5d7c1b2a4960 {
  nothing @0 ();
  # An empty message each way.

  reflect @1 (bytes :Data $C.maxLength(1024)) -> (bytes :Data $C.maxLength(1024));
  # Answers with the same bytes.

  keep @2 (cap :Capability);
  # The server gets the capability, and gives it up with its answer.

  hold @3 (cap :Capability);
  # The server takes the capability, and keeps it until it ends.

  pass @4 (cap :Capability) -> (cap :Capability);
  # The server takes the capability, and answers with it.
}
