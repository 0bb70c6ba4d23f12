# Annotations for capnpc-capos, the generator of C.
@0xb3f2a1c4d5e69788;

annotation prefix @0x9d1e3c5a7b9f2d46 (file) :Text;
# What every C name of the file starts with: $prefix("os") makes struct Grant `os_Grant_reader`.

annotation name @0xc8a6e4d2b0f19735 (*) :Text;
# Another C name for this declaration.

annotation maxLength @0xe7c5a3918f6d4b2a (field, param) :UInt32;
# The most elements of a list, or bytes of a Text or Data (without the NUL). A message that has more
# is refused by the whole-message check, before any method sees it.
