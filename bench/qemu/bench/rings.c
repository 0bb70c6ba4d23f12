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
    const struct cap_sqe nop = {.opcode = CAP_OP_NOP};
    for (uint32_t i = 0; i < count; i++) {
        enum cap_err err = ring_client_submit(ring, &nop);
        if (err)
            return err;
    }
    if (rt_enter(count, CAP_TIMEOUT_NEVER) != count)
        return CAP_ERR_BAD_RING;
    struct cap_cqe cqe = {0};
    for (uint32_t i = 0; i < count; i++)
        if (!ring_client_take(ring, &cqe) || cqe.status)
            return CAP_ERR_BAD_RING;
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
