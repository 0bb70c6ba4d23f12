/* Calls of Timer by hand: a process has as many at once as its quota allows, without a record for each.
 *
 * Next: tests/qemu/timers/timers.c
 */
#pragma once

#include "tests/qemu/raw.h"

#define WAITS_MAX CAP_CQ_ENTRIES /* what one process may have under way */
#define MS        1000000ull

static inline void wait_submit(struct raw *raw, struct os_Timer timer, uint16_t method_id,
                               uint64_t nanoseconds, uint64_t user_data)
{
    static uint64_t answer[4];
    uint64_t params[2] = {1ull << 32, nanoseconds}; /* struct { nanoseconds :UInt64 } */
    const struct cap_sqe sqe = {
        .opcode = CAP_OP_CALL,
        .method_id = method_id,
        .target = timer.handle.cap.bits,
        .interface_id = os_Timer_ID,
        .message_addr = (uint64_t)params,
        .message_bytes = sizeof params,
        .buffer_addr = (uint64_t)answer,
        .buffer_bytes = sizeof answer,
        .user_data = user_data,
    };
    raw_submit(raw, &sqe);
    rt_enter(0, 0);
}
