/* Starts processes with arguments of a type that only the two know: here a Fault of the kernel's schema.
 *
 * Next: tests/qemu/arguments/taker.c
 */
#include "tests/qemu/raw.h"
#include "tests/qemu/spawn.h"

static enum cap_err start(struct os_ProcessSpawner spawner, struct wire_data arguments,
                          struct os_ProcessHandle *process)
{
    struct rt_call call;
    struct os_ProcessSpawner_spawn_Params_builder params = os_ProcessSpawner_spawn_begin(&call, spawner);
    (void)!os_ProcessSpawner_spawn_Params_set_name(params, wire_text_of("taker"));
    (void)!os_ProcessSpawner_spawn_Params_set_binary(params, wire_text_of("taker"));
    (void)!os_ProcessSpawner_spawn_Params_set_arguments(params, arguments);
    enum cap_err err = spawn_finish(&call, process);
    rt_call_end(&call);
    return err;
}

/* What a taker does with them: its exit code, or where it faulted. */
static void expect_end(struct raw *raw, struct os_ProcessSpawner spawner, struct wire_data arguments,
                       uint16_t which, uint64_t value, const char *what)
{
    struct os_ProcessHandle taker;
    struct os_ProcessEnd_reader end;
    struct rt_call *call = rt_call_scratch(raw->rt);
    enum cap_err err = start(spawner, arguments, &taker);
    raw_expect_err(raw, err, CAP_OK, what);
    if (err)
        return;
    err = spawn_wait(call, taker, &end);
    if (err || os_ProcessEnd_which(end) != which)
        raw_expect(raw, false, what);
    else if (which == os_ProcessEnd_exited)
        raw_expect(raw, (uint32_t)os_ProcessEnd_get_exited(end) == value, what);
    else
        raw_expect(raw, os_Fault_get_address(os_ProcessEnd_get_faulted(end)) == value, what);
    rt_call_end(call);
    rt_handle_drop(&taker.handle);
}

int main(struct rt *rt)
{
    static uint64_t words[CAP_ARGUMENT_BYTES_MAX / 8 + 1];
    struct raw raw = raw_start(rt);
    struct os_ProcessSpawner spawner;
    struct os_ProcessHandle process;
    struct wire_message_builder message;
    if (RT_CAPSET(rt, "processSpawner", os_ProcessSpawner, &spawner))
        return 98;
    wire_message_build(&message, words, CAP_ARGUMENT_BYTES_MAX / 8);
    struct os_Fault_builder fault = os_Fault_init_root(&message);
    os_Fault_set_address(fault, 42);
    struct wire_data good = {(const uint8_t *)words, message.word_count * 8};
    expect_end(&raw, spawner, good, os_ProcessEnd_exited, 42, "a message of a type of their own");
    expect_end(&raw, spawner, (struct wire_data){0}, os_ProcessEnd_exited, 0,
               "no arguments are all defaults");

    /* Bytes that are no message are the taker's to judge. */
    words[0] = UINT64_MAX;
    expect_end(&raw, spawner, good, os_ProcessEnd_exited, 77, "bytes that are no message");
    words[0] = 0x1000000000000; /* a struct behind the end */
    expect_end(&raw, spawner, (struct wire_data){(const uint8_t *)words, 8}, os_ProcessEnd_exited, 77,
               "a message that is cut short");
    raw_expect_err(&raw, start(spawner, (struct wire_data){(const uint8_t *)words, 7}, &process),
                   CAP_ERR_INVALID, "not whole words");
    raw_expect_err(
        &raw,
        start(spawner, (struct wire_data){(const uint8_t *)words, CAP_ARGUMENT_BYTES_MAX + 8}, &process),
        CAP_ERR_MALFORMED, "too many bytes");

    /* The page is read only, and not there without arguments. */
    fault = (wire_message_build(&message, words, CAP_ARGUMENT_BYTES_MAX / 8), os_Fault_init_root(&message));
    os_Fault_set_kind(fault, os_Fault_Kind_pageWrite);
    good.length = message.word_count * 8;
    expect_end(&raw, spawner, good, os_ProcessEnd_faulted, CAP_ARGUMENTS_ADDRESS, "writing to arguments");
    os_Fault_set_kind(fault, os_Fault_Kind_pageRead);
    expect_end(&raw, spawner, good, os_ProcessEnd_faulted, CAP_ARGUMENTS_ADDRESS + CAP_PAGE_BYTES,
               "reading behind them");
    return raw_end(&raw);
}
