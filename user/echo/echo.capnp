# The interface between echo-server and echo-client: a first example of a typed channel.
@0xb2264185eb498243;

using C = import "/schema/c.capnp";
$C.prefix("demo");

interface Echo @0x93b4c5d6e7f80912 {
  echo @0 (text :Text $C.maxLength(256)) -> (text :Text $C.maxLength(256), count :UInt32);
  # Answers with the same text, and with how many calls the server has had, this one included.
  # Errors: exception invalidArgument (the text is empty).
}
