/* What an endpoint is made of: for endpoint.c and its fastpath.
 *
 * Next: kernel/cap/endpoint_fastpath.h
 */
#pragma once

#include "kernel/ring/call.h"
#include "kernel/ring/receive.h"

struct endpoint {
    struct object object; /* the server's facet */
    uint64_t served_interface_id;
    struct call_queue calls;
    struct list receives;
    uint32_t receive_count;
    uint64_t epoch;       /* of the client facets that are alive; earlier ones are revoked */
    uint32_t facet_count; /* records, revoked ones too */
    uint32_t live_count;  /* facets of the present epoch */
    bool had_clients;
    bool is_closed;
    uint32_t ancestor_count; /* interfaces that the served one inherits from, directly or not */
    uint64_t ancestor_ids[CAP_ANCESTORS_MAX];
    uint32_t found_facet_count, found_live_count; /* of the self-check; 0 between checks */
};

struct client_facet {
    struct object object;
    struct endpoint *endpoint;
    uint64_t epoch;
    uint64_t badge;
};

/* At the end of those that wait. */
static inline void endpoint_wait(struct endpoint *endpoint, struct receive *receive)
{
    list_push_back(&endpoint->receives, &receive->queue_link);
    receive->queue_count = &endpoint->receive_count;
    endpoint->receive_count++;
}

static inline struct receive *first_receive(const struct endpoint *endpoint)
{
    struct list_node *node = list_first(&endpoint->receives);
    return node ? LIST_ENTRY(node, struct receive, queue_link) : NULL;
}
