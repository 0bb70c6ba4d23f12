/* Where things are in every process. The addresses are fixed, the same in each process and free in an
 * ordinary Linux process too, so that a recorded run can be replayed there.
 *
 *   0x0000000000400000  the program (lib/elf refuses segments outside CAP_PROGRAM_*)
 *   0x0000001000000000  the ring page, read and write
 *   0x0000001000001000  the CapSet page, read only
 *   0x0000001000002000  the page of arguments, read only, if the process was given any
 *   0x0000001000100000  end of the thread-local storage, if the program has any; FS base points into it
 *   0x0000001000200000  top of the stack; below it CAP_STACK_BYTES, then an unmapped guard
 *   0x0000004000000000  where memory objects may be mapped, up to CAP_USER_END
 *
 * Next: abi/cap_id.h
 */
#pragma once

#include "abi/base.h"

#define CAP_USER_START 0x0000000000001000
#define CAP_USER_END   0x00007f0000000000 /* first address that is not user memory */

#define CAP_PROGRAM_START 0x0000000000400000
#define CAP_PROGRAM_END   0x0000000400000000

#define CAP_RING_ADDRESS   0x0000001000000000
#define CAP_CAPSET_ADDRESS 0x0000001000001000

#define CAP_ARGUMENTS_ADDRESS 0x0000001000002000

#define CAP_TLS_END 0x0000001000100000

/* Within the same 2 MiB as the ring: one page table serves all that every process has. */
#define CAP_STACK_TOP   0x0000001000200000
#define CAP_STACK_BYTES 0x10000

#define CAP_MAPPINGS_START 0x0000004000000000
#define CAP_MAPPINGS_END   CAP_USER_END
