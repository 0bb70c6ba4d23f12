/* Who holds what, rebuilt from the records of an AuditReader, and compared with what the kernel holds.
 *
 * A record that does not follow from those before it is an error: a move of what the source does not hold, a
 * copy that is another object than its source, a release of what is not there, a process that is not there or
 * comes twice.
 *
 * Next: tests/qemu/audit/audit.c
 */
#pragma once

#include "build/gen/schema/capos.client.h"

#define GRAPH_HOLDINGS_MAX  1024
#define GRAPH_PROCESSES_MAX 64
#define GRAPH_TRIES         100

struct graph_holding {
    uint64_t process, cap, object, interface_id;
};

struct graph {
    struct os_AuditReader reader;
    struct rt_call call;
    uint64_t next; /* the record to read next */
    uint32_t event_counts[8];
    uint32_t resync_count; /* how often records were lost */
    const char *wrong;     /* the first record that does not follow from those before it */
    uint64_t wrong_sequence;
    uint64_t last_process; /* the newest */
    char last_name[32];
    uint32_t holding_count, process_count;
    struct graph_holding holdings[GRAPH_HOLDINGS_MAX];
    uint64_t processes[GRAPH_PROCESSES_MAX];
};

static inline struct graph_holding *graph_find(struct graph *graph, uint64_t process, uint64_t cap)
{
    for (uint32_t i = 0; i < graph->holding_count; i++)
        if (graph->holdings[i].process == process && graph->holdings[i].cap == cap)
            return &graph->holdings[i];
    return NULL;
}

static inline bool graph_add(struct graph *graph, struct graph_holding holding)
{
    if (graph->holding_count == GRAPH_HOLDINGS_MAX || graph_find(graph, holding.process, holding.cap))
        return false;
    graph->holdings[graph->holding_count++] = holding;
    return true;
}

static inline bool graph_remove(struct graph *graph, uint64_t process, uint64_t cap, uint64_t object)
{
    struct graph_holding *found = graph_find(graph, process, cap);
    if (!found || found->object != object)
        return false;
    *found = graph->holdings[--graph->holding_count];
    return true;
}

static inline bool graph_start(struct graph *graph, struct os_AuditRecord_reader record)
{
    struct wire_text name = os_AuditRecord_get_name(record);
    uint64_t process = os_AuditRecord_get_process(record);
    if (graph->process_count == GRAPH_PROCESSES_MAX || process <= graph->last_process ||
        name.length >= sizeof graph->last_name)
        return false;
    graph->processes[graph->process_count++] = graph->last_process = process;
    __builtin_memcpy(graph->last_name, name.bytes, name.length);
    graph->last_name[name.length] = 0;
    return true;
}

static inline bool graph_end(struct graph *graph, uint64_t process)
{
    for (uint32_t i = 0; i < graph->holding_count;)
        if (graph->holdings[i].process == process)
            graph->holdings[i] = graph->holdings[--graph->holding_count];
        else
            i++;
    for (uint32_t i = 0; i < graph->process_count; i++) {
        if (graph->processes[i] != process)
            continue;
        graph->processes[i] = graph->processes[--graph->process_count];
        return true;
    }
    return graph->resync_count > 0; /* it may have held nothing */
}

/* What one record says; false: it cannot be. */
static inline bool graph_apply(struct graph *graph, struct os_AuditRecord_reader record)
{
    const struct graph_holding holding = {os_AuditRecord_get_process(record), os_AuditRecord_get_cap(record),
                                          os_AuditRecord_get_object(record),
                                          os_AuditRecord_get_interfaceId(record)};
    uint64_t source_process = os_AuditRecord_get_sourceProcess(record);
    uint64_t source_cap = os_AuditRecord_get_sourceCap(record);
    const struct graph_holding *source = graph_find(graph, source_process, source_cap);
    uint16_t event = os_AuditRecord_get_event(record);
    graph->event_counts[event & 7]++;
    switch (event) {
    case os_AuditRecord_Event_made:
        return graph_add(graph, holding);
    case os_AuditRecord_Event_copied:
        /* The source may have been given up while the call that brought the copy was waiting. */
        return (!source || source->object == holding.object) && graph_add(graph, holding);
    case os_AuditRecord_Event_moved:
        return graph_remove(graph, source_process, source_cap, holding.object) && graph_add(graph, holding);
    case os_AuditRecord_Event_released:
        return graph_remove(graph, holding.process, holding.cap, holding.object);
    case os_AuditRecord_Event_revoked:
        return holding.object != 0 && holding.process == 0;
    case os_AuditRecord_Event_started:
        return graph_start(graph, record);
    case os_AuditRecord_Event_ended:
        return graph_end(graph, holding.process);
    default:
        return false;
    }
}

/* One page of records. Their number; *lost_count: how many are missing before them. */
static inline uint32_t graph_read(struct graph *graph, uint16_t most, uint64_t *lost_count)
{
    struct os_AuditReader_read_Results_reader results;
    rt_call_end(&graph->call);
    struct os_AuditReader_read_Params_builder params = os_AuditReader_read_begin(&graph->call, graph->reader);
    os_AuditReader_read_Params_set_from(params, graph->next);
    os_AuditReader_read_Params_set_most(params, most);
    enum cap_err err = os_AuditReader_read_send(&graph->call);
    if (!err)
        err = os_AuditReader_read_wait(&graph->call, &results);
    if (err) {
        graph->wrong = "the records cannot be read";
        *lost_count = 0;
        return 0;
    }
    struct os_AuditRecord_list_reader records = os_AuditReader_read_Results_get_records(results);
    *lost_count = os_AuditReader_read_Results_get_lost(results);
    for (uint32_t i = 0; *lost_count == 0 && i < os_AuditRecord_list_count(records); i++) {
        struct os_AuditRecord_reader record = os_AuditRecord_list_at(records, i);
        bool is_next = os_AuditRecord_get_sequence(record) == graph->next + i;
        if (!(is_next && graph_apply(graph, record)) && !graph->wrong) {
            graph->wrong = "a record does not follow from those before it";
            graph->wrong_sequence = graph->next + i;
        }
    }
    graph->next = os_AuditReader_read_Results_get_next(results);
    return os_AuditRecord_list_count(records);
}

/* Each page of what the kernel holds is given to `take`. False: something has changed in between, or a
 * holding was not as `take` wants it. */
static inline bool graph_each_holding(struct graph *graph, uint64_t *next,
                                      bool (*take)(struct graph *graph, struct graph_holding holding))
{
    uint64_t place = 0;
    bool is_right = true, is_first = true;
    do {
        struct os_AuditReader_holdings_Results_reader results;
        rt_call_end(&graph->call);
        struct os_AuditReader_holdings_Params_builder params =
            os_AuditReader_holdings_begin(&graph->call, graph->reader);
        os_AuditReader_holdings_Params_set_place(params, place);
        os_AuditReader_holdings_Params_set_most(params, 20);
        if (os_AuditReader_holdings_send(&graph->call) ||
            os_AuditReader_holdings_wait(&graph->call, &results))
            return false;
        is_right = is_right && (is_first || *next == os_AuditReader_holdings_Results_get_next(results));
        is_first = false;
        *next = os_AuditReader_holdings_Results_get_next(results);
        struct os_Holding_list_reader list = os_AuditReader_holdings_Results_get_holdings(results);
        for (uint32_t i = 0; i < os_Holding_list_count(list); i++) {
            struct os_Holding_reader one = os_Holding_list_at(list, i);
            is_right = take(graph, (struct graph_holding){os_Holding_get_process(one),
                                                          os_Holding_get_cap(one), os_Holding_get_object(one),
                                                          os_Holding_get_interfaceId(one)}) &&
                       is_right;
        }
        place = os_AuditReader_holdings_Results_get_nextPlace(results);
    } while (place != 0);
    return is_right;
}

static uint32_t graph_matched_count;

static inline bool graph_match(struct graph *graph, struct graph_holding holding)
{
    const struct graph_holding *found = graph_find(graph, holding.process, holding.cap);
    graph_matched_count++;
    return found && found->object == holding.object && found->interface_id == holding.interface_id;
}

/* After a loss: what the kernel holds now is the new beginning. */
static inline void graph_resync(struct graph *graph)
{
    graph->resync_count++;
    for (uint32_t i = 0; i < GRAPH_TRIES; i++) {
        graph->holding_count = graph->process_count = 0;
        if (!graph_each_holding(graph, &graph->next, graph_add))
            continue;
        for (uint32_t j = 0; j < graph->holding_count; j++) {
            uint64_t process = graph->holdings[j].process;
            if (graph->process_count == 0 || graph->processes[graph->process_count - 1] != process)
                graph->processes[graph->process_count++] = process;
        }
        return;
    }
    graph->wrong = "the kernel's holdings change all the time";
}

/* Reads all records that there are. */
static inline void graph_follow(struct graph *graph)
{
    uint64_t lost_count;
    while (graph_read(graph, UINT16_MAX, &lost_count) > 0 && !graph->wrong)
        if (lost_count > 0)
            graph_resync(graph);
}

/* Is the graph of the records what the kernel holds? Both are looked at with no change in between. */
static inline bool graph_is_kernels(struct graph *graph)
{
    for (uint32_t i = 0; i < GRAPH_TRIES; i++) {
        uint64_t next;
        graph_follow(graph);
        graph_matched_count = 0;
        bool is_equal = graph_each_holding(graph, &next, graph_match);
        if (graph->wrong)
            return false;
        if (next == graph->next)
            return is_equal && graph_matched_count == graph->holding_count;
    }
    return false;
}
