/* The ring itself: operations that do nothing.
 *
 * They go around the runtime's calls, which have no NOP, but through its ring. Nothing may be under way.
 *
 * Next: bench/qemu/bench/calls.c
 */
#include "bench/qemu/bench/bench.h"
#include "user/rt/enter.h"
#include "user/rt/state.h"

static enum cap_err nops(struct ring_client *ring, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct cap_sqe *slot = ring_client_slot(ring);
        if (!slot)
            return CAP_ERR_AGAIN;
        *slot = (struct cap_sqe){.opcode = CAP_OP_NOP};
        ring_client_publish(ring);
    }
    if (rt_enter(count, CAP_TIMEOUT_NEVER) != count)
        return CAP_ERR_BAD_RING;
    for (uint32_t i = 0; i < count; i++)
        if (ring_client_cqe(ring, i)->status)
            return CAP_ERR_BAD_RING;
    ring_client_advance(ring, count);
    return CAP_OK;
}

static enum cap_err nop_1(struct bench *bench)
{
    return nops(&bench->rt->ring, 1);
}

static enum cap_err nop_16(struct bench *bench)
{
    return nops(&bench->rt->ring, 16);
}

const struct operation ring_operations[] = {
    {"nop_1", 4000, 1, NULL, nop_1, 0},
    {"nop_16", 4000, 16, NULL, nop_16, 0},
    {.name = NULL},
};
