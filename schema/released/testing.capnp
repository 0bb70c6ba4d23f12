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
