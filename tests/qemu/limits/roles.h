/* What parent and children have agreed on. Next: tests/qemu/limits/limits.c */
#pragma once

#define SERVED_ID     0x66
#define DONOR_FRAMES  400
#define DONATED_PAGES 100 /* and one frame that lists them */
#define CHILD_FRAMES  150

#define NARROW_CALLS        3
#define NARROW_RECORDS      4
#define NARROW_QUEUED_CALLS 2
#define NARROW_QUEUED_BYTES 200
