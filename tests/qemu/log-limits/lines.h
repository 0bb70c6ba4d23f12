/* What the programs of this test write, so that who reads it knows what there must be.
 *
 * Next: tests/qemu/log-limits/log-limits.c
 */
#pragma once

#include "lib/fmt.h"
#include "tests/qemu/raw.h"

#define QUIET_LINES 30
#define QUIET_BYTES 400 /* as system.cue promises it */
#define FLOOD_LINES 120
#define LENGTH_MAX  1024

#define LAST_LINE "that was the last line"

static inline void write_line(struct raw *raw, const char *bytes, uint32_t count)
{
    enum cap_err err;
    do
        err = os_Console_writeLine(raw->console, (struct wire_text){bytes, count});
    while (err == CAP_ERR_AGAIN);
    if (err)
        rt_exit(97);
}

/* A flood is of nothing, of the longest text there is, and of some between; which it is shows in its bytes.
 */
static inline uint32_t flood_line(uint32_t index, char text[LENGTH_MAX])
{
    static const uint16_t lengths[] = {0, LENGTH_MAX, 50, 9, 1, LENGTH_MAX - 1};
    uint32_t length = lengths[index % 6];
    __builtin_memset(text, (int)('a' + index % 26), length);
    return length;
}
