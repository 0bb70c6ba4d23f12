/* Starts all services, and does what the manifest wants after each end.
 *
 *   an end that the policy does not mind     the service is down for good
 *   another one                              it backs off, and is started again with the same grants
 *   one more than its limit                  it is down for good, or the system halts
 *
 * What a service needs to be started is kept exactly as long as it may be started once more. So clients find
 * the next instance of a server behind the facets that they hold, calls that wait at its endpoint wait on,
 * and a server still learns when its last client has gone for good.
 *
 * Next: user/init/watch.c
 */
#include "lib/error.h"
#include "lib/restart.h"
#include "user/init/init.h"
#include "user/rt/print.h"

#define NS_PER_MS 1000000

static struct restart_rule rule_of(const struct init *init, uint32_t service_index)
{
    return restart_rule_of(service_entry(init, service_index));
}

static void go_down(struct init *init, uint32_t service_index)
{
    init->services[service_index].state = SERVICE_DOWN;
    channels_drop(init, service_index);
    narrow_revoke(init, service_index);
}

/* ---- After an end --------------------------------------------------------------------------------- */

static void back_off(struct init *init, uint32_t service_index, const struct restart_rule *rule)
{
    struct init_service *service = &init->services[service_index];
    struct wire_text name = service_name(init, service_index);
    uint32_t backoff_ms = restart_backoff_ms(rule, service->restart_count);
    uint64_t now_ns;

    enum cap_err error = os_Timer_now(init->timer, &now_ns);
    if (error != CAP_OK) {
        print(init->console, "cannot restart %.*s: no time: %s", (int)name.length, name.bytes,
              error_text(error));
        go_down(init, service_index);
        return;
    }
    if (rule->max_restarts == 0)
        print(init->console, "restarting %.*s in %u ms (attempt %u)", (int)name.length, name.bytes,
              backoff_ms, service->restart_count + 1);
    else
        print(init->console, "restarting %.*s in %u ms (attempt %u of %u)", (int)name.length, name.bytes,
              backoff_ms, service->restart_count + 1, rule->max_restarts);
    service->state = SERVICE_BACKS_OFF;
    service->restart_at_ns = now_ns + (uint64_t)backoff_ms * NS_PER_MS;
}

/* The summary says why the system halts: that has to be the last line. */
static void reach_limit(struct init *init, uint32_t service_index, const struct restart_rule *rule)
{
    struct wire_text name = service_name(init, service_index);

    init->services[service_index].has_failed = true;
    go_down(init, service_index);
    if (os_Service_get_atLimit(service_entry(init, service_index)) == os_LimitReaction_haltSystem) {
        init->is_halting = true;
        init->halting_index = service_index;
        return;
    }
    print(init->console, "%.*s stays down: it has reached its limit of restarts, %u", (int)name.length,
          name.bytes, rule->max_restarts);
}

/* No process of the service is left. */
static void after_end(struct init *init, uint32_t service_index, bool ended_well)
{
    struct init_service *service = &init->services[service_index];
    struct restart_rule rule = rule_of(init, service_index);

    service->has_failed = !ended_well;
    if (!restart_is_wanted(&rule, ended_well))
        go_down(init, service_index);
    else if (!restart_is_possible(&rule, service->restart_count))
        reach_limit(init, service_index, &rule);
    else
        back_off(init, service_index, &rule);
}

/* ---- Starts --------------------------------------------------------------------------------------- */

static void start(struct init *init, uint32_t service_index)
{
    struct init_service *service = &init->services[service_index];
    struct restart_rule rule = rule_of(init, service_index);

    enum cap_err error = service_start(init, service_index);
    if (!restart_is_possible(&rule, service->restart_count))
        channels_drop(init, service_index);
    if (error == CAP_OK)
        service->state = SERVICE_RUNS;
    else
        after_end(init, service_index, false);
}

static void start_again(struct init *init, uint32_t service_index)
{
    struct init_service *service = &init->services[service_index];

    if (service->restart_count < UINT32_MAX)
        service->restart_count++;
    start(init, service_index);
}

/* ---- Watching ------------------------------------------------------------------------------------- */

/* What a wait brought. Whether it is a ProcessEnd. */
static enum cap_err read_end(struct watch *watch, struct wire_message_reader *message,
                             struct os_ProcessEnd_reader *end)
{
    const struct cap_cqe *cqe = &watch->pending.cqe;
    if (cqe->status != CAP_OK)
        return cqe->status;
    wire_message_read(message, watch->answer, cqe->message_bytes / 8, 0);
    enum cap_err error = os_ProcessHandle_wait_Results_check(message);
    if (error == CAP_OK)
        *end = os_ProcessHandle_wait_Results_get_end(os_ProcessHandle_wait_Results_read_root(message));
    return error;
}

static void wait_is_over(struct init *init, struct watch *watch)
{
    struct init_service *service = &init->services[watch->service_index];
    struct wire_text name = service_name(init, watch->service_index);
    struct wire_message_reader message;
    struct os_ProcessEnd_reader end;

    enum cap_err error = read_end(watch, &message, &end);
    rt_handle_drop(&service->process.handle);
    if (error == CAP_OK) {
        ending_report(init, name, end);
        after_end(init, watch->service_index, restart_ended_well(end));
        return;
    }
    /* It may still run: a second one beside it would be wrong. */
    print(init->console, "cannot wait for %.*s: %s", (int)name.length, name.bytes, error_text(error));
    service->has_failed = true;
    go_down(init, watch->service_index);
}

static void watch_is_over(struct init *init, struct watch *watch)
{
    struct wire_text name = service_name(init, watch->service_index);
    enum cap_err error = watch->pending.cqe.status;

    if (init->services[watch->service_index].state == SERVICE_RUNS) {
        wait_is_over(init, watch);
    } else if (error == CAP_OK) {
        start_again(init, watch->service_index);
    } else {
        print(init->console, "cannot restart %.*s: no sleep: %s", (int)name.length, name.bytes,
              error_text(error));
        go_down(init, watch->service_index);
    }
}

/* ---- The system ----------------------------------------------------------------------------------- */

static bool runs_on(const struct init *init)
{
    return os_SystemManifest_get_outcome(init->manifest) == os_Outcome_runOn;
}

/* Whether the services that the manifest names for this are all down. */
static bool named_are_down(const struct init *init)
{
    struct wire_list_reader names = os_SystemManifest_get_haltWhenEnded(init->manifest);

    for (uint32_t i = 0; i < names.count; i++) {
        uint32_t service_index;
        if (manifest_find_service(init->manifest, wire_list_text(names, i), &service_index) == CAP_OK &&
            init->services[service_index].state != SERVICE_DOWN)
            return false;
    }
    return names.count > 0;
}

static bool all_are_down(const struct init *init)
{
    for (uint32_t i = 0; i < init->service_count; i++) {
        if (init->services[i].state != SERVICE_DOWN)
            return false;
    }
    return true;
}

static bool is_over(const struct init *init)
{
    return init->is_halting || named_are_down(init) || (!runs_on(init) && all_are_down(init));
}

enum cap_err supervisor_run(struct init *init)
{
    enum cap_err error = CAP_OK;
    struct watch *watch;

    uint8_t order[MANIFEST_SERVICES_MAX];
    uint32_t count = manifest_start_order(init->manifest, order);
    for (uint32_t i = 0; i < count && !init->is_halting; i++)
        start(init, order[i]);
    if (runs_on(init))
        watches_run_on(init);
    while (error == CAP_OK && !is_over(init)) {
        error = watches_next(init, &watch);
        if (error == CAP_OK)
            watch_is_over(init, watch);
    }
    return error;
}
