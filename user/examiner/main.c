/* Waits for processes that others show it. What it is shown are wait-only handles: it learns how a process
 * ends, and cannot end it.
 *
 * Next: systems/workshop.cue
 */
#include "build/gen/user/workshop/workshop.client.h"
#include "lib/error.h"
#include "user/rt/print.h"
#include "user/rt/serve.h"

struct examiner {
    struct os_Console console;
};

static enum cap_err wait(struct os_ProcessHandle process, int32_t *exit_code)
{
    struct rt_call call;
    struct os_ProcessHandle_wait_Results_reader results;
    os_ProcessHandle_wait_begin(&call, process);
    enum cap_err error = os_ProcessHandle_wait_send(&call);
    if (error == CAP_OK)
        error = os_ProcessHandle_wait_wait(&call, &results);
    if (error == CAP_OK) {
        struct os_ProcessEnd_reader end = os_ProcessHandle_wait_Results_get_end(results);
        if (os_ProcessEnd_which(end) == os_ProcessEnd_exited)
            *exit_code = os_ProcessEnd_get_exited(end);
        else
            error = CAP_ERR_PEER_DEAD;
    }
    rt_call_end(&call);
    return error;
}

static enum cap_err examine(void *self, struct wire_call *call,
                            struct shop_Examiner_examine_Params_reader params)
{
    struct examiner *examiner = self;
    struct os_ProcessHandle process = {
        rt_serve_borrow(call, shop_Examiner_examine_Params_get_process(params))};
    int32_t exit_code;
    if (rt_handle_is_null(process.handle))
        return CAP_ERR_INVALID;
    print(examiner->console, "kill: %s", error_text(os_ProcessHandle_kill(process)));
    enum cap_err error = wait(process, &exit_code);
    if (error != CAP_OK)
        return wire_call_raise(call, os_CapException_Type_failed, wire_text_of("the process did not exit"));
    print(examiner->console, "it exited with code %d", exit_code);
    shop_Examiner_examine_Results_set_exitCode(shop_Examiner_examine_Results_init(call), exit_code);
    return CAP_OK;
}

static const struct shop_Examiner_server methods = {.examine = examine};

static enum cap_err dispatch(void *self, struct wire_call *call)
{
    return shop_Examiner_dispatch(&methods, self, call);
}

int main(struct rt *rt)
{
    struct examiner examiner;
    struct os_Endpoint endpoint;
    if (RT_CAPSET(rt, "console", os_Console, &examiner.console) != CAP_OK)
        return 1;
    if (RT_CAPSET(rt, "examiner", os_Endpoint, &endpoint) != CAP_OK)
        return 2;
    return rt_serve(rt, endpoint.handle, dispatch, &examiner) == CAP_OK ? 0 : 3;
}
