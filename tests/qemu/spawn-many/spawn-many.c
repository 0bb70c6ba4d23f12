/* init: starts 500 processes, hears from each of them, ends them all, and sees each end.
 *
 * Next: tests/qemu/spawn-many/one.c
 */
#include "tests/qemu/raw.h"
#include "tests/qemu/spawn.h"

#define COUNT 500

static struct os_ProcessHandle processes[COUNT];

static uint64_t hear(struct raw *raw, struct os_Notification notification)
{
    uint64_t heard = 0;
    while (heard < COUNT) {
        uint64_t count = 0;
        if (os_Notification_wait(notification, &count) || count == 0)
            break;
        heard += count;
    }
    raw_expect(raw, heard == COUNT, "each of them has signalled once");
    return heard;
}

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct os_ProcessSpawner spawner;
    struct os_NotificationFactory factory;
    struct os_Notification notification = {{.rt = rt}};
    struct os_Signal signal = {{.rt = rt}};
    uint32_t started_count = 0, killed_count = 0;
    if (RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &spawner) ||
        RT_CAPSET(rt, "notificationFactory", os_NotificationFactory, &factory))
        return 98;
    raw_expect_err(&raw, os_NotificationFactory_create(factory, &notification, &signal), CAP_OK,
                   "a notification");
    while (started_count < COUNT &&
           spawn_with(spawner, "one", "signal", signal.handle, &processes[started_count]) == CAP_OK)
        started_count++;
    raw_expect(&raw, started_count == COUNT, "500 processes start");
    if (started_count == COUNT)
        print(raw.console, "%u processes run at once", (unsigned)hear(&raw, notification));
    for (uint32_t i = 0; i < started_count; i++) {
        struct rt_call *call = rt_call_scratch(rt);
        struct os_ProcessEnd_reader end;
        enum cap_err err = os_ProcessHandle_kill(processes[i]);
        if (!err)
            err = spawn_wait(call, processes[i], &end);
        killed_count += !err && os_ProcessEnd_which(end) == os_ProcessEnd_killed;
        rt_call_end(call);
    }
    raw_expect(&raw, killed_count == started_count, "every one of them was there to be killed");
    return raw_end(&raw);
}
