/* Plays each role against a peer that dies. Next: docs/spec/ring.md */
#include "tests/qemu/raw.h"
#include "tests/qemu/spawn.h"

#define SERVED_ID 0x1234
#define CALLS     3
#define LONG_NS   300000000

static struct rt_call calls[CALLS];
static uint64_t buffer[512];
static struct cap_transfer_in received[4];

static void expect_end(struct raw *raw, struct os_ProcessHandle *process, uint16_t wanted)
{
    struct rt_call call;
    struct os_ProcessHandle_wait_Results_reader results;
    os_ProcessHandle_wait_begin(&call, *process);
    enum cap_err err = os_ProcessHandle_wait_send(&call);
    if (!err)
        err = os_ProcessHandle_wait_wait(&call, &results);
    raw_expect_err(raw, err, CAP_OK, "the handle reports the end");
    if (!err)
        raw_expect_err(raw, os_ProcessEnd_which(os_ProcessHandle_wait_Results_get_end(results)), wanted,
                       "its kind");
    rt_call_end(&call);
    rt_handle_drop(&process->handle);
    rt_flush(raw->rt);
}

/* The first call is served when the server faults. The others wait at the endpoint, which this process
 * holds as well: they stay for a successor, until the endpoint closes. */
static void test_server_dies(struct raw *raw, struct os_ProcessSpawner spawner, struct os_Endpoint *endpoint,
                             struct rt_handle client)
{
    struct os_ProcessHandle process;
    for (uint32_t i = 0; i < CALLS; i++) {
        rt_call_begin(&calls[i], client, SERVED_ID, 0);
        raw_expect_err(raw, rt_call_send(&calls[i]), CAP_OK, "sent");
    }
    rt_flush(raw->rt);
    raw_expect_err(raw, spawn_with(spawner, "bad-server", "echo", endpoint->handle, &process), CAP_OK,
                   "a server starts");
    expect_end(raw, &process, os_ProcessEnd_faulted);
    raw_expect_err(raw, rt_call_wait(&calls[0]), CAP_ERR_PEER_DEAD, "case 89: the served call ends");
    raw_expect(raw, !rt_call_is_done(&calls[1]) && !rt_call_is_done(&calls[2]),
               "case 90: the others wait on");
    rt_handle_drop(&endpoint->handle);
    raw_expect_err(raw, rt_call_wait(&calls[1]), CAP_ERR_DISCONNECTED, "until the endpoint closes");
    raw_expect_err(raw, rt_call_wait(&calls[2]), CAP_ERR_DISCONNECTED, "for each of them");
    for (uint32_t i = 0; i < CALLS; i++)
        rt_call_end(&calls[i]);
}

static void release(struct raw *raw, uint64_t cap)
{
    struct cap_sqe sqe = {.opcode = CAP_OP_RELEASE, .target = cap};
    raw_expect_err(raw, raw_status(raw, &sqe), CAP_OK, "release");
}

static void test_client_dies(struct raw *raw, struct os_ProcessSpawner spawner, struct os_Endpoint endpoint,
                             struct rt_handle client)
{
    struct os_ProcessHandle served, waiting;
    struct cap_sqe recv = {.opcode = CAP_OP_RECV,
                           .receive_count = 4,
                           .target = endpoint.handle.cap.bits,
                           .buffer_addr = (uint64_t)buffer,
                           .buffer_bytes = sizeof buffer,
                           .transfers_addr = (uint64_t)received};
    raw_expect_err(raw, spawn_with(spawner, "bad-client", "echo", client, &served), CAP_OK,
                   "a client starts");
    struct cap_cqe cqe = raw_run(raw, &recv);
    raw_expect(raw, cqe.status == CAP_OK && cqe.cap_count == 1, "its call and capability arrive");
    expect_end(raw, &served, os_ProcessEnd_exited);
    struct cap_sqe answer = {.opcode = CAP_OP_RETURN, .target = ((struct cap_incoming *)buffer)->call_id};
    raw_expect_err(raw, raw_status(raw, &answer), CAP_ERR_PEER_DEAD,
                   "cases 74 and 93: the server learns of it");
    raw_expect_err(raw, raw_status(raw, &answer), CAP_ERR_STALE, "once");
    release(raw, received[0].cap);

    raw_expect_err(raw, spawn_with(spawner, "bad-client", "echo", client, &waiting), CAP_OK,
                   "another starts");
    expect_end(raw, &waiting, os_ProcessEnd_exited);
    raw_submit(raw, &recv);
    raw_expect_err(raw, rt_enter(1, LONG_NS), 0, "case 93: a call that waits goes with its caller");
    struct cap_sqe sqe = {.opcode = CAP_OP_RELEASE, .user_data = 1, .target = client.cap.bits};
    raw_submit(raw, &sqe);
    raw_expect_err(raw, rt_enter(2, CAP_TIMEOUT_NEVER), 2, "the last client facet goes");
    raw_expect_err(raw, raw_take(raw).status, CAP_OK, "released");
    raw_expect_err(raw, raw_take(raw).status, CAP_ERR_DISCONNECTED, "and the RECV that waits ends");
}

static void make_pair(struct raw *raw, struct os_EndpointFactory factory, struct os_Endpoint *endpoint,
                      struct rt_handle *client)
{
    raw_expect_err(raw, os_EndpointFactory_create(factory, SERVED_ID, endpoint), CAP_OK, "an endpoint");
    raw_expect_err(raw, os_Endpoint_makeClient(*endpoint, 1, client), CAP_OK, "a client facet");
}

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct os_ProcessSpawner spawner;
    struct os_EndpointFactory factory;
    struct os_Endpoint endpoint;
    struct rt_handle client;
    if (RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &spawner) ||
        RT_CAPSET(rt, "endpointFactory", os_EndpointFactory, &factory))
        return 98;
    make_pair(&raw, factory, &endpoint, &client);
    test_server_dies(&raw, spawner, &endpoint, client);
    rt_handle_drop(&client);
    make_pair(&raw, factory, &endpoint, &client);
    test_client_dies(&raw, spawner, endpoint, client);
    return raw_end(&raw);
}
