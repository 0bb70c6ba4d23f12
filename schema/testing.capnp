# What only kernels that are built for tests have (make test-kernel).
@0xa04b2d6f8c1e3957;

using C = import "c.capnp";
$C.prefix("os");

interface AllocationFault @0x918fda9123a98499 {
  # Makes the kernel run out of memory when a test says so. Only a kernel that was built for tests has it.

  arm @0 (number :UInt64);
  # From now on the kernel counts what it allocates, frames and records, and the allocation with this number, counted
  # from 1, fails as if nothing were left. Errors: ERR_INVALID (0).

  disarm @1 () -> (count :UInt64);
  # No allocation fails any more. How many there were since `arm`, the one that failed included.
}

interface TestSupport @0xb9e789b4da1abaa9 {
  # What would take years to reach, or that no object of the kernel is. Only a kernel that was built for tests has it.

  age @0 (slot :UInt32, uses :UInt32, isCall :Bool);
  # From now on this slot of the caller's table of capabilities, or, with isCall, of its table of calls that it has to
  # answer, is as if it had been used so often. It must be free.
  # Errors: ERR_INVALID (there is no such slot, it is not free, it was used as often already, or it would be retired).

  object @1 (canCopy :Bool, canMove :Bool) -> (object :TestObject);
  # An object that can be copied and moved as far as this says. There is one of each kind.
}

interface TestObject @0xfcabd599bb23efe2 {
  # Has no methods.
}
