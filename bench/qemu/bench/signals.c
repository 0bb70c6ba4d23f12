/* Two notifications between two processes: one signals and waits, the other waits and signals back.
 *
 * Each side sends its signal and its next wait together, as a program that serves events does.
 *
 * Next: kernel/cap/notification.c
 */
#include "bench/qemu/bench/bench.h"

static struct os_Signal ping;
static struct os_Notification pong;

/* Signals, and waits for the answer to come back, or for the next round. */
static enum cap_err signal_and_wait(struct rt_call calls[2], struct os_Signal to, struct os_Notification from)
{
    struct os_Signal_signal_Results_reader signalled;
    struct os_Notification_wait_Results_reader waited;
    struct os_Signal_signal_Params_builder params = os_Signal_signal_begin(&calls[0], to);
    os_Signal_signal_Params_set_count(params, 1);
    enum cap_err err = os_Signal_signal_send(&calls[0]);
    if (err)
        return err;
    os_Notification_wait_begin(&calls[1], from);
    err = os_Notification_wait_send(&calls[1]);
    if (err)
        return err;
    rt_call_wait_all((struct rt_call *const[]){&calls[0], &calls[1]}, 2);
    err = os_Notification_wait_wait(&calls[1], &waited);
    enum cap_err signal_err = os_Signal_signal_wait(&calls[0], &signalled);
    rt_call_end(&calls[0]);
    rt_call_end(&calls[1]);
    return err ? err : signal_err;
}

int signaller_main(struct rt *rt)
{
    static struct rt_call calls[2];
    struct os_Notification waited;
    struct os_Signal signalled;
    uint64_t count;
    if (RT_CAPSET(rt, "ping", os_Notification, &waited) || RT_CAPSET(rt, "pong", os_Signal, &signalled))
        return 1;
    enum cap_err err = os_Notification_wait(waited, &count);
    while (!err)
        err = signal_and_wait(calls, signalled, waited);
    return err == CAP_ERR_DISCONNECTED ? 0 : 2;
}

static enum cap_err signaller_start(struct bench *bench)
{
    struct os_Notification waited;
    struct os_Signal signalled;
    struct os_ProcessHandle process;
    if (!rt_handle_is_null(ping.handle))
        return CAP_OK;
    enum cap_err err = os_NotificationFactory_create(bench->notifications, &waited, &ping);
    if (!err)
        err = os_NotificationFactory_create(bench->notifications, &pong, &signalled);
    if (err)
        return err;
    const struct grant grants[] = {{"ping", waited.handle, CAP_TRANSFER_MOVE},
                                   {"pong", signalled.handle, CAP_TRANSFER_MOVE}};
    return process_start(bench->spawner, "bench", "signaller", grants, 2, &process);
}

static enum cap_err notify_round_trip(struct bench *bench)
{
    return signal_and_wait(bench->calls, ping, pong);
}

const struct operation signal_operations[] = {
    {"notify_round_trip", 4000, 1, signaller_start, notify_round_trip, 0},
    {.name = NULL},
};
