/* The end of a process, in bounded steps.
 *
 *   at once   process_end     nobody can reach it any more: it does not run, its calls and RECVs are gone
 *   in steps  answer_callers  calls that it served end for their callers
 *             release_caps    what it held goes
 *             free_memory     mappings, then pages of its own
 *             pass_on         what it made and others hold, and accounts out of its own, go to its parent's
 *   at once   finish          its account closes, its record goes, its observer learns how it ended
 *
 * A step takes a budget of units, each of them one call, one capability, one mapping, one page or one object;
 * what a capability was the last one of counts, too. The first step is part of process_end, and the end of a
 * small process is over with it. The rest is the scheduler's: steps between the processes that live, and
 * instead of idling.
 *
 * Next: kernel/task/scheduler.c
 */
#include "kernel/mm/frame.h"
#include "kernel/object.h"
#include "kernel/task/audit.h"
#include "kernel/task/process.h"
#include "kernel/task/process_hooks.h"
#include "kernel/task/scheduler.h"
#include "lib/bits.h"
#include "lib/check.h"

#define UNITS_AT_ONCE 128
#define UNITS_IN_STEP 64

static struct list ending = {{&ending.head, &ending.head}};

static bool answer_callers(struct process *process, uint32_t *budget)
{
    cap_id_t id;
    void *call;
    for (; *budget > 0; --*budget) {
        if (!cap_table_next(&process->serving, &process->end_cursor, &id, &call))
            return true;
        process_end_served_call(call);
    }
    return false;
}

static bool release_caps(struct process *process, uint32_t *budget)
{
    cap_id_t id;
    void *object;
    while (*budget > 0) {
        if (!cap_table_next(&process->caps, &process->end_cursor, &id, &object))
            return true;
        enum cap_err err = cap_table_remove(&process->caps, id, &object);
        CHECK(!err);
        object_release(object);
        *budget -= (uint32_t)min_u64(*budget, 1 + object_reap());
    }
    return false;
}

static bool free_memory(struct process *process, uint32_t *budget)
{
    bool is_done = address_space_destroy_step(&process->space, budget);
    object_reap();
    return is_done;
}

/* Not before what it was the last one to hold is gone: nothing of that is the parent's to pay for. */
static bool pass_on(struct process *process, uint32_t *budget)
{
    if (object_is_any_left()) {
        object_reap();
        return false;
    }
    for (; *budget > 0; --*budget)
        if (!account_pass_on(&process->account))
            return true;
    return false;
}

/* Each works as far as its budget goes, and says whether it is done. */
static bool (*const stages[])(struct process *process, uint32_t *budget) = {
    answer_callers,
    release_caps,
    free_memory,
    pass_on,
};
#define STAGE_COUNT (sizeof stages / sizeof stages[0])

static void finish(struct process *process)
{
    struct process_observer *observer = process->observer;
    const struct process_end end = process->end;
    list_remove(&process->process_link);
    process_free(process);
    observer->on_end(observer, &end);
    object_reap();
}

/* Whether the process is gone. */
static bool end_step(struct process *process, uint32_t budget)
{
    for (; process->end_stage < STAGE_COUNT; process->end_stage++) {
        if (!stages[process->end_stage](process, &budget))
            return false;
        process->end_cursor = 0;
    }
    finish(process);
    return true;
}

static void begin(struct process *process, const struct process_end *end)
{
    CHECK(process->state != PROCESS_ENDING);
    scheduler_remove(process);
    process_unlist(process);
    audit_ended(process->number);
    process->state = PROCESS_ENDING;
    process->end = *end;
    process->account.is_ending = true;
    list_push_back(&ending, &process->process_link);
    process_leave_calls(process);
}

void process_end(struct process *process, const struct process_end *end)
{
    begin(process, end);
    (void)end_step(process, UNITS_AT_ONCE);
}

void process_discard(struct process *process)
{
    CHECK(process->state == PROCESS_CREATED);
    begin(process, &(struct process_end){.kind = PROCESS_KILLED});
    while (!end_step(process, UINT32_MAX)) {}
}

void process_kill(struct process *process)
{
    if (process == scheduler_current())
        process->is_killed = true;
    else if (process->state != PROCESS_ENDING)
        process_end(process, &(struct process_end){.kind = PROCESS_KILLED});
}

/* Objects that are left over come first, then one process after the other gets a step. */
bool process_end_step(void)
{
    if (object_is_any_left()) {
        object_reap();
        return true;
    }
    struct list_node *node = list_pop_front(&ending);
    if (!node)
        return false;
    list_push_back(&ending, node);
    (void)end_step(LIST_ENTRY(node, struct process, process_link), UNITS_IN_STEP);
    return true;
}

const struct list *process_ending_list(void)
{
    return &ending;
}

bool process_is_any_ending(void)
{
    return !list_is_empty(&ending);
}
