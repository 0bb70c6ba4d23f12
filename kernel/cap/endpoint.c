/* Endpoint: where calls from client facets meet the RECVs of servers.
 *
 *   server's side (struct endpoint)          client's side (struct client_facet), any number
 *   RECV, makeClient                         the served interface and what it inherits from, or one of those
 *                                            alone; every call gets the facet's badge
 *
 * Invariants
 *  - Calls wait only while no RECV waits, and RECVs only while no call does.
 *  - The endpoint is closed once its last server capability is gone; nothing waits on it then.
 *  - A facet refers to its endpoint without holding it open: facet_count keeps the record, not the service.
 *  - A call that waits holds its facet, so RECVs that wait find a client left as long as one can call.
 *
 * Next: kernel/ring/call.c
 */
#include "build/gen/schema/capos.capnp.h"
#include "kernel/cap/endpoint_fastpath.h"
#include "kernel/cap/objects.h"
#include "kernel/ring/kernel_call.h"
#include "kernel/ring/self_check.h"
#include "kernel/task/audit.h"
#include "lib/check.h"

/* Of the calls that wait at an endpoint which has closed; each may carry CAP_TRANSFER_MAX capabilities. */
#define REFUSED_AT_ONCE 8

/* Of the RECVs that wait where nobody can call any more. */
#define TOLD_AT_ONCE 32

static struct record_pool endpoint_pool = RECORD_POOL(struct endpoint);
static struct record_pool facet_pool = RECORD_POOL(struct client_facet);

/* ---- The client's side ---------------------------------------------------------------------------- */

/* To the first server that waits and can take it; else it waits itself. One call does not end more than some
 * of the RECVs that cannot take it, so that it stays bounded. */
static inline enum cap_err deliver_or_wait(struct endpoint *endpoint, struct call *call)
{
    struct receive *receive;
    uint32_t refused_count = 0;
    while ((receive = first_receive(endpoint))) {
        struct refusal refusal;
        switch (call_deliver(call, receive, &refusal)) {
        case DELIVERED:
            return CAP_OK;
        case CALL_REFUSED:
            return refusal.err;
        case RECEIVE_REFUSED:
            receive_finish_refused(receive, &refusal);
            if (++refused_count == CAP_ENDPOINT_REFUSED_MAX)
                return CAP_ERR_AGAIN;
            break;
        }
    }
    if (endpoint->calls.count >= CAP_ENDPOINT_QUEUE_MAX)
        return CAP_ERR_AGAIN;
    enum cap_err err = call_charge_wait(call->caller, call->message.bytes);
    if (err)
        return err;
    err = call_keep_message(call);
    if (err)
        call_refund_wait(call->caller, call->message.bytes);
    else
        call_wait(call, &endpoint->calls);
    return err;
}

static enum cap_err facet_call(struct object *object, struct process *caller, const struct cap_sqe *sqe)
{
    struct client_facet *facet = LIST_ENTRY(object, struct client_facet, object);
    struct endpoint *endpoint = facet->endpoint;
    if (endpoint->is_closed || facet->epoch != endpoint->epoch)
        return CAP_ERR_DISCONNECTED;
    if (__builtin_expect(object->abandoned_count >= CAP_ENDPOINT_ABANDONED_MAX, 0))
        return CAP_ERR_AGAIN;
    if (endpoint_fast_call(facet, caller, sqe))
        return CAP_OK;
    struct call *call;
    enum cap_err err = call_accept(caller, sqe, object, &call);
    if (err)
        return err;
    call->badge = facet->badge;
    err = deliver_or_wait(endpoint, call);
    if (__builtin_expect(err != CAP_OK, 0))
        call_finish_error(call, err);
    return CAP_OK;
}

static bool has_ancestor(const struct endpoint *endpoint, uint64_t interface_id)
{
    for (uint32_t i = 0; i < endpoint->ancestor_count; i++)
        if (endpoint->ancestor_ids[i] == interface_id)
            return true;
    return false;
}

/* A facet that was made as an ancestor is that and nothing more: which of the others are its own ancestors
 * the kernel does not know. */
static bool facet_inherits(const struct object *object, uint64_t interface_id)
{
    const struct endpoint *endpoint = LIST_ENTRY(object, struct client_facet, object)->endpoint;
    return object->interface_id == endpoint->served_interface_id && has_ancestor(endpoint, interface_id);
}

static void endpoint_free(struct endpoint *endpoint)
{
    account_free_object(&endpoint->object, &endpoint_pool);
}

/* Nobody can call any more, until a new facet is made: who waits to be called is told. */
static void no_clients_left(struct endpoint *endpoint)
{
    struct receive *receive;
    while ((receive = first_receive(endpoint)))
        receive_finish_error(receive, CAP_ERR_DISCONNECTED);
}

/* RECVs that wait for the last facet end, some at a time. */
static uint32_t facet_dismantle(struct object *object)
{
    const struct client_facet *facet = LIST_ENTRY(object, struct client_facet, object);
    struct endpoint *endpoint = facet->endpoint;
    struct receive *receive;
    uint32_t units = 0;
    if (facet->epoch != endpoint->epoch || endpoint->live_count > 1)
        return 0;
    for (; units < TOLD_AT_ONCE && (receive = first_receive(endpoint)); units++)
        receive_finish_error(receive, CAP_ERR_DISCONNECTED);
    return units;
}

static void facet_destroy(struct object *object)
{
    struct client_facet *facet = LIST_ENTRY(object, struct client_facet, object);
    struct endpoint *endpoint = facet->endpoint;
    if (facet->epoch == endpoint->epoch && --endpoint->live_count == 0)
        no_clients_left(endpoint);
    account_free_object(object, &facet_pool);
    if (--endpoint->facet_count == 0 && endpoint->is_closed)
        endpoint_free(endpoint);
}

static void facet_check(struct object *object, struct books *books)
{
    const struct client_facet *facet = LIST_ENTRY(object, struct client_facet, object);
    if (books)
        return;
    facet->endpoint->found_facet_count++;
    facet->endpoint->found_live_count += facet->epoch == facet->endpoint->epoch;
}

static const struct object_ops facet_ops = {
    .name = "client facet",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = false,
    .inherits = facet_inherits,
    .call = facet_call,
    .check = facet_check,
    .dismantle = facet_dismantle,
    .destroy = facet_destroy,
};

/* ---- The server's side ---------------------------------------------------------------------------- */

/* From the first call that waits and can be taken; else it waits itself. */
static enum cap_err receive_or_wait(struct endpoint *endpoint, struct receive *receive)
{
    struct call *call;
    while ((call = call_queue_first(&endpoint->calls))) {
        struct refusal refusal;
        switch (call_deliver(call, receive, &refusal)) {
        case DELIVERED:
            return CAP_OK;
        case RECEIVE_REFUSED:
            receive_finish_refused(receive, &refusal);
            return CAP_OK;
        case CALL_REFUSED:
            call_unwait(call);
            call_finish_error(call, refusal.err);
            break;
        }
    }
    if (endpoint->had_clients && endpoint->live_count == 0)
        return CAP_ERR_DISCONNECTED;
    if (endpoint->receive_count >= CAP_ENDPOINT_QUEUE_MAX)
        return CAP_ERR_AGAIN;
    endpoint_wait(endpoint, receive);
    return CAP_OK;
}

static enum cap_err endpoint_receive(struct object *object, struct process *server, const struct cap_sqe *sqe,
                                     uint16_t cqe_flags)
{
    struct endpoint *endpoint = LIST_ENTRY(object, struct endpoint, object);
    if (endpoint_fast_receive(endpoint, server, sqe, cqe_flags))
        return CAP_OK;
    struct receive *receive;
    enum cap_err err = receive_make(server, sqe, object, cqe_flags, &receive);
    if (err)
        return err;
    err = receive_or_wait(endpoint, receive);
    if (err)
        receive_finish_error(receive, err);
    return CAP_OK;
}

/* The results have been started. */
static enum cap_err make_facet(struct endpoint *endpoint, struct wire_call *wire, uint64_t badge,
                               uint64_t interface_id, struct object **made)
{
    /* A facet that nobody gets would be the last one to go. */
    enum cap_err err = kernel_call_preflight(wire, wire->results.word_count * 8, 1);
    if (!err)
        err = account_make_object(&kernel_call_caller(wire)->account, &facet_pool, &facet_ops, interface_id,
                                  made);
    if (err)
        return err;
    struct client_facet *facet = LIST_ENTRY(*made, struct client_facet, object);
    facet->endpoint = endpoint;
    facet->badge = badge;
    facet->epoch = endpoint->epoch;
    endpoint->facet_count++;
    endpoint->live_count++;
    endpoint->had_clients = true;
    return CAP_OK;
}

static enum cap_err endpoint_make_client(void *self, struct wire_call *wire,
                                         struct os_Endpoint_makeClient_Params_reader params)
{
    struct endpoint *endpoint = LIST_ENTRY((struct object *)self, struct endpoint, object);
    struct os_Endpoint_makeClient_Results_builder results = os_Endpoint_makeClient_Results_init(wire);
    struct object *made;
    enum cap_err err = make_facet(endpoint, wire, os_Endpoint_makeClient_Params_get_badge(params),
                                  endpoint->served_interface_id, &made);
    if (err)
        return err;
    return os_Endpoint_makeClient_Results_set_client(results, kernel_call_attach(wire, made));
}

static enum cap_err endpoint_make_client_as(void *self, struct wire_call *wire,
                                            struct os_Endpoint_makeClientAs_Params_reader params)
{
    struct endpoint *endpoint = LIST_ENTRY((struct object *)self, struct endpoint, object);
    uint64_t interface_id = os_Endpoint_makeClientAs_Params_get_interfaceId(params);
    struct os_Endpoint_makeClientAs_Results_builder results = os_Endpoint_makeClientAs_Results_init(wire);
    struct object *made;
    if (interface_id != endpoint->served_interface_id && !has_ancestor(endpoint, interface_id))
        return CAP_ERR_INVALID;
    enum cap_err err =
        make_facet(endpoint, wire, os_Endpoint_makeClientAs_Params_get_badge(params), interface_id, &made);
    if (err)
        return err;
    return os_Endpoint_makeClientAs_Results_set_client(results, kernel_call_attach(wire, made));
}

/* Calls that wait end for their callers: `most` of them. How many, with the capabilities that came with them.
 */
static uint32_t refuse_waiting_calls(struct endpoint *endpoint, uint32_t most)
{
    struct call *call;
    uint32_t units = 0;
    for (; most > 0 && (call = call_queue_first(&endpoint->calls)); most--) {
        units += 1 + call->transfer.count;
        call_unwait(call);
        call_finish_error(call, CAP_ERR_DISCONNECTED);
    }
    return units;
}

static enum cap_err endpoint_revoke_clients(void *self, struct wire_call *wire,
                                            struct os_Endpoint_revokeClients_Params_reader params)
{
    struct endpoint *endpoint = LIST_ENTRY((struct object *)self, struct endpoint, object);
    (void)wire;
    (void)params;
    endpoint->epoch++;
    audit_revoked(&endpoint->object);
    endpoint->live_count = 0;
    (void)refuse_waiting_calls(endpoint, CAP_ENDPOINT_QUEUE_MAX);
    if (endpoint->had_clients)
        no_clients_left(endpoint);
    return CAP_OK;
}

static const struct os_Endpoint_server endpoint_server = {
    .makeClient = endpoint_make_client,
    .makeClientAs = endpoint_make_client_as,
    .revokeClients = endpoint_revoke_clients,
};

static enum cap_err endpoint_dispatch(struct object *object, struct wire_call *wire)
{
    return os_Endpoint_dispatch(&endpoint_server, object, wire);
}

/* Nobody can receive any more: calls that wait end, some at a time. */
static uint32_t endpoint_dismantle(struct object *object)
{
    struct endpoint *endpoint = LIST_ENTRY(object, struct endpoint, object);
    endpoint->is_closed = true;
    return refuse_waiting_calls(endpoint, REFUSED_AT_ONCE);
}

/* A RECV that waits holds the endpoint, so none is left here. */
static void endpoint_destroy(struct object *object)
{
    struct endpoint *endpoint = LIST_ENTRY(object, struct endpoint, object);
    CHECK(endpoint->receive_count == 0);
    if (endpoint->facet_count == 0)
        endpoint_free(endpoint);
}

static void endpoint_check(struct object *object, struct books *books)
{
    struct endpoint *endpoint = LIST_ENTRY(object, struct endpoint, object);
    if (!books)
        return;
    books_count(books, "Endpoint", "client facets", endpoint->facet_count, endpoint->found_facet_count);
    books_count(books, "Endpoint", "facets not revoked", endpoint->live_count, endpoint->found_live_count);
    self_check_queue(books, "Endpoint", &endpoint->calls);
    self_check_list(books, "Endpoint", "RECVs that wait", &endpoint->receives, endpoint->receive_count);
    endpoint->found_facet_count = endpoint->found_live_count = 0;
}

static const struct object_ops endpoint_ops = {
    .name = "Endpoint",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = false,
    .dispatch = endpoint_dispatch,
    .receive = endpoint_receive,
    .dismantle = endpoint_dismantle,
    .check = endpoint_check,
    .destroy = endpoint_destroy,
};

enum cap_err endpoint_make(struct account *account, uint64_t served_interface_id,
                           const uint64_t *ancestor_ids, uint32_t ancestor_count, struct object **made)
{
    CHECK(ancestor_count <= CAP_ANCESTORS_MAX);
    enum cap_err err = account_make_object(account, &endpoint_pool, &endpoint_ops, os_Endpoint_ID, made);
    if (err)
        return err;
    struct endpoint *endpoint = LIST_ENTRY(*made, struct endpoint, object);
    endpoint->served_interface_id = served_interface_id;
    endpoint->ancestor_count = ancestor_count;
    for (uint32_t i = 0; i < ancestor_count; i++)
        endpoint->ancestor_ids[i] = ancestor_ids[i];
    call_queue_init(&endpoint->calls);
    list_init(&endpoint->receives);
    return CAP_OK;
}
