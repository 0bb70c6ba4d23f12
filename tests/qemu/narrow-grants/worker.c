/* Holds narrowed grants, tries their limits, hands two of them on, and ends.
 *
 * Next: tests/qemu/narrow-grants/witness.c
 */
#include "tests/qemu/raw.h"
#include "tests/qemu/spawn.h"

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct os_Timer clock;
    struct os_ProcessSpawner spawner;
    struct os_ProcessHandle child, other;
    struct rt_handle report;
    uint64_t now = 0;
    if (RT_CAPSET(rt, "clock", os_Timer, &clock) || RT_CAPSET(rt, "spawner", os_ProcessSpawner, &spawner) ||
        rt_capset_find(rt, "report", 0xaa, &report))
        return 98;
    raw_expect_err(&raw, os_Timer_now(clock, &now), CAP_OK, "the method that was granted");
    raw_expect_err(&raw, os_Timer_sleepUntil(clock, 0), CAP_ERR_UNIMPLEMENTED, "and one that was not");
    raw_expect_err(&raw, spawn_with(spawner, "worker", NULL, report, &other), CAP_ERR_EXCEPTION,
                   "a binary that was not granted");
    raw_expect_err(&raw, spawn_with(spawner, "child", "report", report, &child), CAP_OK, "the one that was");
    raw_expect_err(&raw, spawn_with(spawner, "child", "report", report, &other), CAP_ERR_EXCEPTION,
                   "one too many");
    struct cap_sqe call = {.opcode = CAP_OP_CALL, .target = report.cap.bits, .interface_id = 0xaa};
    raw_expect_err(&raw, raw_status(&raw, &call), CAP_OK, "a call through a facet of a client facet");
    call.method_id = 1;
    raw_expect_err(&raw, raw_status(&raw, &call), CAP_ERR_UNIMPLEMENTED, "of one method");
    return raw_end(&raw);
}
