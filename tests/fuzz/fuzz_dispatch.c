/* The generated dispatch of every interface. The input: a byte for the method, a byte for another interface
 * that is asked for, a byte for the room for results, five more; then the parameters as in fuzz_reader.
 *
 * A method runs if and only if the interface or an ancestor has it and the whole message is right; the error
 * is the documented one. The servers, which make_walks.py generates, walk all of their parameters.
 *
 * Next: tests/fuzz/fuzz_manifest.c
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/walk.h"

#define HEADER_BYTES      8
#define RESULTS_WORDS_MAX 16
#define ANCESTORS_MAX     16

static struct {
    uint32_t count;
    uint64_t interface_id;
    uint16_t method_id;
} ran;

void walk_method_ran(uint64_t interface_id, uint16_t method_id)
{
    ran.count++;
    ran.interface_id = interface_id;
    ran.method_id = method_id;
}

/* The interface with this id among `interface` and its ancestors. */
static const struct walk_interface *find_interface(const struct walk_interface *interface, uint64_t id)
{
    const struct walk_interface *pending[ANCESTORS_MAX] = {interface};
    uint32_t pending_count = 1;

    while (pending_count > 0) {
        const struct walk_interface *next = pending[--pending_count];
        if (next->id == id)
            return next;
        for (const struct walk_interface *const *up = next->ancestors; *up; up++) {
            EXPECT(pending_count < ANCESTORS_MAX);
            pending[pending_count++] = *up;
        }
    }
    return NULL;
}

static enum cap_err expected_error(const struct walk_interface *interface, const struct wire_call *call)
{
    const struct walk_interface *asked = find_interface(interface, call->interface_id);
    if (!asked)
        return CAP_ERR_WRONG_INTERFACE;
    for (uint32_t i = 0; i < asked->method_count; i++) {
        if (asked->methods[i].method_id == call->method_id) {
            struct wire_message_reader params = call->params;
            return asked->methods[i].check(&params);
        }
    }
    return CAP_ERR_UNIMPLEMENTED;
}

static void dispatch(const struct walk_interface *interface, uint64_t asked_id, uint16_t method_id,
                     const struct wire_message_reader *params, uint32_t results_words)
{
    uint64_t *results = malloc(results_words * 8ul + 1);
    struct wire_call call = {.interface_id = asked_id, .method_id = method_id, .params = *params};
    wire_message_build(&call.results, results, results_words);

    ran.count = 0;
    enum cap_err expected = expected_error(interface, &call);
    EXPECT_EQ(interface->dispatch(&call), expected);
    EXPECT_EQ(ran.count, expected == CAP_OK);
    if (expected == CAP_OK) {
        EXPECT_EQ(ran.interface_id, asked_id);
        EXPECT_EQ(ran.method_id, method_id);
        EXPECT_EQ(call.params.rule, WIRE_RULE_NONE);
    }
    EXPECT(call.results.word_count <= results_words);
    free(results);
}

FUZZ(bytes, byte_count)
{
    if (byte_count < HEADER_BYTES)
        return;
    /* Mostly low numbers; also the other end. */
    uint16_t method_id = (uint16_t)(int8_t)bytes[0];
    size_t params_bytes = byte_count - HEADER_BYTES;
    uint64_t *words = fuzz_copy(bytes + HEADER_BYTES, params_bytes / 8 * 8);
    struct wire_message_reader params;

    wire_message_read(&params, words, (uint32_t)(params_bytes / 8), params_bytes % 8);
    for (uint32_t i = 0; i < walk_interface_count; i++) {
        const struct walk_interface *other = walk_interfaces[(i + bytes[1]) % walk_interface_count];
        uint32_t results_words = bytes[2] % RESULTS_WORDS_MAX;
        dispatch(walk_interfaces[i], walk_interfaces[i]->id, method_id, &params, results_words);
        dispatch(walk_interfaces[i], other->id, method_id, &params, results_words);
    }
    free(words);
}
