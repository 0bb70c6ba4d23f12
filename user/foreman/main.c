/* Starts apprentices, one at a time, and has each examined.
 *
 * Its spawner starts nothing but apprentices, and no second one while the first lives: systems/workshop.cue
 * says so, and the kernel keeps it. Of what it holds it gives on less: to the apprentice one end of a
 * notification, to the examiner a handle that can wait and not kill.
 *
 * Next: user/apprentice/main.c
 */
#include "build/gen/user/workshop/workshop.client.h"
#include "lib/error.h"
#include "user/rt/print.h"

#define APPRENTICES 2

struct foreman {
    struct os_Console console;
    struct os_ProcessSpawner spawner;
    struct os_NotificationFactory notifications;
    struct shop_Examiner examiner;
};

/* Starts it with a console and `begin`, and says so if that is refused. */
static enum cap_err start(struct foreman *foreman, const char *binary, struct os_Notification begin,
                          struct os_ProcessHandle *process)
{
    struct rt_call call;
    struct os_ProcessSpawner_spawn_Results_reader results;
    struct os_ProcessSpawner_spawn_Params_builder params =
        os_ProcessSpawner_spawn_begin(&call, foreman->spawner);
    struct os_NamedCap_list_builder grants = os_ProcessSpawner_spawn_Params_init_grants(params, 2);
    struct os_NamedCap_builder console = os_NamedCap_list_builder_at(grants, 0);
    struct os_NamedCap_builder notification = os_NamedCap_list_builder_at(grants, 1);
    os_ProcessSpawner_spawn_Params_set_binary(params, wire_text_of(binary));
    os_ProcessSpawner_spawn_Params_set_name(params, wire_text_of(binary));
    os_NamedCap_set_name(console, wire_text_of("console"));
    os_NamedCap_set_cap(console, rt_call_attach(&call, foreman->console.handle, CAP_TRANSFER_COPY));
    os_NamedCap_set_name(notification, wire_text_of("begin"));
    os_NamedCap_set_cap(notification, rt_call_attach(&call, begin.handle, CAP_TRANSFER_COPY));

    enum cap_err error = os_ProcessSpawner_spawn_send(&call); /* also what did not fit */
    if (error == CAP_OK)
        error = os_ProcessSpawner_spawn_wait(&call, &results);
    if (error == CAP_OK)
        error = rt_call_take(&call, os_ProcessSpawner_spawn_Results_get_process(results), &process->handle);
    if (error != CAP_OK) {
        struct wire_text reason = rt_call_reason(&call, error);
        print(foreman->console, "cannot start %s: %.*s", binary, (int)reason.length, reason.bytes);
    }
    rt_call_end(&call);
    return error;
}

/* The examiner is asked first, so that it waits while the apprentice works. */
static enum cap_err examine(struct foreman *foreman, struct os_ProcessHandle process, struct os_Signal begin)
{
    struct os_ProcessHandle wait_only;
    struct rt_call call;
    struct shop_Examiner_examine_Results_reader results;
    enum cap_err error = os_ProcessHandle_waitOnly(process, &wait_only);
    if (error != CAP_OK)
        return error;
    struct shop_Examiner_examine_Params_builder params =
        shop_Examiner_examine_begin(&call, foreman->examiner);
    shop_Examiner_examine_Params_set_process(params,
                                             rt_call_attach(&call, wait_only.handle, CAP_TRANSFER_COPY));
    error = shop_Examiner_examine_send(&call);
    if (error == CAP_OK)
        error = os_Signal_signal(begin, 3);
    if (error == CAP_OK)
        error = shop_Examiner_examine_wait(&call, &results);
    if (error == CAP_OK)
        print(foreman->console, "examined: code %d", shop_Examiner_examine_Results_get_exitCode(results));
    rt_call_end(&call);
    rt_handle_drop(&wait_only.handle);
    return error;
}

/* What the spawner is not for. */
static enum cap_err start_in_vain(struct foreman *foreman, const char *binary, struct os_Notification begin)
{
    struct os_ProcessHandle process;
    return start(foreman, binary, begin, &process) == CAP_OK ? CAP_ERR_INVALID : CAP_OK;
}

/* One apprentice, from its start to its end. */
static enum cap_err employ(struct foreman *foreman)
{
    struct os_Notification begin;
    struct os_Signal signal;
    struct os_ProcessHandle process = {{.rt = foreman->console.handle.rt}};
    enum cap_err error = os_NotificationFactory_create(foreman->notifications, &begin, &signal);
    if (error != CAP_OK)
        return error;
    error = start_in_vain(foreman, "examiner", begin);
    if (error == CAP_OK)
        error = start(foreman, "apprentice", begin, &process);
    if (error == CAP_OK)
        error = start_in_vain(foreman, "apprentice", begin);
    if (error == CAP_OK)
        error = examine(foreman, process, signal);
    rt_handle_drop(&process.handle);
    rt_handle_drop(&begin.handle);
    rt_handle_drop(&signal.handle);
    return error;
}

int main(struct rt *rt)
{
    struct foreman foreman;
    enum cap_err error = CAP_OK;
    if (RT_CAPSET(rt, "console", os_Console, &foreman.console) != CAP_OK)
        return 1;
    if (RT_CAPSET(rt, "spawner", os_ProcessSpawner, &foreman.spawner) != CAP_OK ||
        RT_CAPSET(rt, "notificationFactory", os_NotificationFactory, &foreman.notifications) != CAP_OK ||
        RT_CAPSET(rt, "examiner", shop_Examiner, &foreman.examiner) != CAP_OK)
        return 2;
    for (uint32_t i = 0; i < APPRENTICES && error == CAP_OK; i++)
        error = employ(&foreman);
    if (error != CAP_OK)
        print(foreman.console, "cannot go on: %s", error_text(error));
    return error == CAP_OK ? 0 : 3;
}
