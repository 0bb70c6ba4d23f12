/* The ring, driven: submit, take completions, enter.
 *
 * Invariants
 *  - under_way_count and prompt_count change only in submit (up) and take_completions (down).
 *  - A wait never asks for more completions than the CQ can hold or than must arrive anyway, so it cannot
 *    sleep through the one it is for.
 *
 * Next: user/rt/enter.S
 */
#include "user/rt/pending.h"
#include "lib/check.h"
#include "user/rt/enter.h"
#include "user/rt/state.h"

#define RELEASE_USER_DATA 0 /* no struct rt_pending is at address 0 */

/* Takes every completion there is and hands each to its owner. How many it took. */
static uint32_t take_completions(struct rt *rt)
{
    uint32_t taken = 0;
    struct cap_cqe cqe;

    while (ring_client_take(&rt->ring, &cqe)) {
        CHECK(rt->under_way_count > 0);
        rt->under_way_count--;
        taken++;
        if (cqe.user_data == RELEASE_USER_DATA) {
            rt->prompt_count--;
            rt->releases_failed += cqe.status != CAP_OK;
            continue;
        }
        struct rt_pending *pending = (struct rt_pending *)(uintptr_t)cqe.user_data;
        rt->prompt_count -= pending->is_prompt;
        pending->cqe = cqe;
        pending->is_done = true;
    }
    return taken;
}

/* A refused enter means that this runtime wrote an impossible index. */
static void enter(uint32_t min_complete, uint64_t timeout_ns)
{
    int64_t result = rt_enter(min_complete, timeout_ns);
    CHECK(result >= 0);
}

/* Enters for one completion that is not prompt. The prompt ones come first; counting them in saves an
 * enter for each. With more under way than the CQ holds, some wait undrained and cannot be counted on. */
static void enter_for_one(struct rt *rt)
{
    bool all_fit = rt->under_way_count <= CAP_CQ_ENTRIES;
    enter(all_fit ? rt->prompt_count + 1 : 1, CAP_TIMEOUT_NEVER);
}

/* The first round makes room by entering. If that was not enough, the kernel had no CQ slot for what is in
 * the SQ: take completions, and if there are none, every slot is reserved by an SQE under way, and one of
 * those has to complete first. */
static void submit(struct rt *rt, const struct cap_sqe *sqe, bool is_prompt)
{
    for (bool has_entered = false; ring_client_submit(&rt->ring, sqe) != CAP_OK; has_entered = true) {
        bool must_wait = take_completions(rt) == 0 && has_entered;
        enter(must_wait, must_wait ? CAP_TIMEOUT_NEVER : 0);
    }
    rt->under_way_count++;
    rt->prompt_count += is_prompt;
}

void rt_pending_submit(struct rt *rt, struct rt_pending *pending, struct cap_sqe *sqe, bool is_prompt)
{
    pending->is_done = false;
    pending->is_prompt = is_prompt;
    sqe->user_data = (uintptr_t)pending;
    submit(rt, sqe, is_prompt);
}

enum cap_err rt_pending_wait(struct rt *rt, struct rt_pending *pending)
{
    take_completions(rt);
    while (!pending->is_done) {
        if (pending->is_prompt)
            enter(1, CAP_TIMEOUT_NEVER);
        else
            enter_for_one(rt);
        take_completions(rt);
    }
    return pending->cqe.status;
}

void rt_pending_wait_any(struct rt *rt)
{
    if (take_completions(rt) > 0)
        return;
    CHECK(rt->under_way_count > 0);
    enter_for_one(rt);
    take_completions(rt);
}

void rt_release(struct rt *rt, cap_id_t cap)
{
    struct cap_sqe sqe = {.opcode = CAP_OP_RELEASE, .user_data = RELEASE_USER_DATA, .target = cap.bits};
    submit(rt, &sqe, true);
}

void rt_flush(struct rt *rt)
{
    enter(0, 0);
    take_completions(rt);
}
