/* Keeps a few actors at work, gives each a share of what the last ones had, and checks how each one ends. The
 * last ones outlive this process. Meanwhile the audit's records must say what every process holds. Whether
 * every reference, frame and record was accounted for, the kernel says at the end of the run.
 *
 * Next: tests/qemu/random-calls/actor.c
 */
#include "lib/fmt.h"
#include "lib/mem.h"
#include "tests/qemu/audit_graph.h"
#include "tests/qemu/random-calls/actors.h"
#include "tests/qemu/raw.h"

#define ACTORS       200
#define AT_ONCE      6
#define GRANTS       8
#define KILL_WAIT_NS 2000000

struct place {
    char name[16];
    struct os_ProcessHandle process;
    struct rt_call call; /* the wait for its end */
    bool is_used;
};

struct world {
    struct raw raw;
    struct os_ProcessSpawner spawner;
    struct os_EndpointFactory endpoints;
    struct rt_handle facets;
    struct os_Endpoint endpoint; /* of the present actors; a new one every few */
    struct rt_handle client;
    struct os_NotificationFactory notifications;
    struct os_Notification notification; /* likewise */
    struct os_Signal signal;
    struct os_Inspector inspector;
    uint32_t started_count;
    struct place places[AT_ONCE];
};

static struct world world;

static struct graph graph;

static void make_endpoint(struct world *w)
{
    rt_handle_drop(&w->endpoint.handle);
    rt_handle_drop(&w->client);
    raw_expect_err(&w->raw, os_EndpointFactory_create(w->endpoints, ACTORS_INTERFACE_ID, &w->endpoint),
                   CAP_OK, "an endpoint");
    raw_expect_err(&w->raw, os_Endpoint_makeClient(w->endpoint, w->started_count, &w->client), CAP_OK,
                   "a client facet");
}

static void make_notification(struct world *w)
{
    rt_handle_drop(&w->notification.handle);
    rt_handle_drop(&w->signal.handle);
    raw_expect_err(&w->raw, os_NotificationFactory_create(w->notifications, &w->notification, &w->signal),
                   CAP_OK, "a notification");
}

/* Half of the actors have so little that they meet every limit of the call path. */
static void fill_limits(const struct place *place, struct os_ProcessSpawner_spawn_Params_builder params)
{
    uint64_t seed = actors_seed(place->name) / ACTORS_END_COUNT;
    if (seed % 2)
        return;
    struct os_Limits_builder limits = os_ProcessSpawner_spawn_Params_init_limits(params);
    os_Limits_set_calls(limits, 6);
    os_Limits_set_records(limits, 8 + seed / 2 % 8);
    os_Limits_set_queuedCalls(limits, 4);
    os_Limits_set_queuedBytes(limits, 300);
}

static enum cap_err fill_spawn(struct world *w, struct place *place, struct rt_call *call)
{
    const struct rt_handle granted[GRANTS] = {
        w->endpoint.handle,     w->client,       w->client,
        w->endpoints.handle,    w->facets,       w->notifications.handle,
        w->notification.handle, w->signal.handle};
    struct os_ProcessSpawner_spawn_Params_builder params = os_ProcessSpawner_spawn_begin(call, w->spawner);
    enum cap_err err = os_ProcessSpawner_spawn_Params_set_binary(params, wire_text_of("actor"));
    if (!err)
        err = os_ProcessSpawner_spawn_Params_set_name(params, wire_text_of(place->name));
    fill_limits(place, params);
    struct os_NamedCap_list_builder grants = os_ProcessSpawner_spawn_Params_init_grants(params, GRANTS);
    for (uint32_t i = 0; !err && i < GRANTS; i++) {
        char name[2] = {(char)('a' + i), 0};
        struct os_NamedCap_builder grant = os_NamedCap_list_builder_at(grants, i);
        err = os_NamedCap_set_name(grant, wire_text_of(name));
        if (!err)
            err = os_NamedCap_set_cap(grant, rt_call_attach(call, granted[i], CAP_TRANSFER_COPY));
    }
    return err ? err : os_ProcessSpawner_spawn_send(call);
}

static void start_actor(struct world *w, struct place *place)
{
    struct rt_call call;
    struct os_ProcessSpawner_spawn_Results_reader results;
    if (w->started_count % AT_ONCE == 0) {
        make_endpoint(w);
        make_notification(w);
    }
    fmt_print(place->name, sizeof place->name, "actor-%u", w->started_count++);
    enum cap_err err = fill_spawn(w, place, &call);
    if (!err)
        err = os_ProcessSpawner_spawn_wait(&call, &results);
    if (!err)
        err =
            rt_call_take(&call, os_ProcessSpawner_spawn_Results_get_process(results), &place->process.handle);
    rt_call_end(&call);
    raw_expect_err(&w->raw, err, CAP_OK, "an actor starts");
    if (err)
        rt_exit(97);
    os_ProcessHandle_wait_begin(&place->call, place->process);
    raw_expect_err(&w->raw, rt_call_send(&place->call), CAP_OK, "its end is waited for");
    place->is_used = true;
}

static void end_actor(struct world *w, struct place *place)
{
    static const uint16_t wanted[] = {os_ProcessEnd_exited, os_ProcessEnd_faulted, os_ProcessEnd_killed};
    struct os_ProcessHandle_wait_Results_reader results;
    enum cap_err err = os_ProcessHandle_wait_wait(&place->call, &results);
    raw_expect_err(&w->raw, err, CAP_OK, "its end is reported");
    if (!err) {
        struct os_ProcessEnd_reader end = os_ProcessHandle_wait_Results_get_end(results);
        raw_expect_err(&w->raw, os_ProcessEnd_which(end), wanted[actors_end(place->name)], place->name);
        if (os_ProcessEnd_which(end) == os_ProcessEnd_exited)
            raw_expect_err(&w->raw, os_ProcessEnd_get_exited(end), 0, "it found nothing wrong");
    }
    rt_call_end(&place->call);
    rt_handle_drop(&place->process.handle);
    place->is_used = false;
}

/* Those that end by being killed are, one at a time, wherever they are by then. */
static void kill_one(struct world *w)
{
    for (uint32_t i = 0; i < AT_ONCE; i++) {
        struct place *place = &w->places[i];
        if (!place->is_used || rt_call_is_done(&place->call) || actors_end(place->name) != ACTORS_END_KILLED)
            continue;
        raw_expect_err(&w->raw, os_ProcessHandle_kill(place->process), CAP_OK, "a kill");
        return;
    }
}

/* Every reference and every charge, while calls wait, are served and are given up on either path. */
static void check_books(struct world *w)
{
    static struct rt_call call;
    struct os_Inspector_check_Results_reader results;
    os_Inspector_check_begin(&call, w->inspector);
    enum cap_err err = os_Inspector_check_send(&call);
    if (!err)
        err = os_Inspector_check_wait(&call, &results);
    raw_expect_err(&w->raw, err, CAP_OK, "the kernel's books are right");
    if (err) {
        struct wire_text reason = rt_call_reason(&call, err);
        print(w->raw.console, "  %.*s", (int)reason.length, reason.bytes);
        rt_exit(95);
    }
    rt_call_end(&call);
}

static void turn(struct world *w)
{
    for (uint32_t i = 0; i < AT_ONCE; i++) {
        struct place *place = &w->places[i];
        if (place->is_used && rt_call_is_done(&place->call))
            end_actor(w, place);
        if (!place->is_used)
            start_actor(w, place);
    }
    raw_expect(&w->raw, graph_is_kernels(&graph), "the graph of the audit's records is the kernel's");
    if (graph.wrong) {
        print(w->raw.console, "  record %lu: %s", (unsigned long)graph.wrong_sequence, graph.wrong);
        rt_exit(96);
    }
    check_books(w);
    rt_enter(1, KILL_WAIT_NS);
    rt_flush(w->raw.rt);
    kill_one(w);
}

int main(struct rt *rt)
{
    world.raw = raw_start(rt);
    if (RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &world.spawner) ||
        RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &world.endpoints) ||
        rt_capset_find(rt, "facetFactory", os_FacetFactory_ID, &world.facets) ||
        RT_CAPSET(rt, "notificationFactory", os_NotificationFactory, &world.notifications))
        return 98;
    if (RT_CAPSET(rt, "auditReader", os_AuditReader, &graph.reader) ||
        RT_CAPSET(rt, "inspector", os_Inspector, &world.inspector))
        return 98;
    os_AuditReader_read_begin(&graph.call, graph.reader);
    while (world.started_count < ACTORS)
        turn(&world);
    for (uint16_t event = 0; event <= os_AuditRecord_Event_ended; event++)
        raw_expect(&world.raw, graph.event_counts[event] > 0, "every kind of change has happened");
    print(world.raw.console, "%u records, %u times too many at once", (uint32_t)graph.next,
          graph.resync_count);
    rt_call_end(&graph.call);
    return raw_end(&world.raw);
}
