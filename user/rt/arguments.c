/* Next: kernel/task/process.c */
#include "user/rt/arguments.h"
#include "abi/memory_map.h"
#include "build/gen/schema/capos.capnp.h"
#include "user/rt/state.h"

/* A message of no words would be malformed; this one is a struct without fields, the default of any type. */
static const uint64_t no_arguments = 0xfffffffc;

void rt_arguments(const struct rt *rt, struct wire_message_reader *message)
{
    const uint64_t *words = (const uint64_t *)CAP_ARGUMENTS_ADDRESS;
    uint32_t word_count = rt->capset->argument_bytes / 8;
    if (word_count)
        wire_message_read(message, words, word_count, 0);
    else
        wire_message_read(message, &no_arguments, 1, 0);
}

enum cap_err rt_argument_texts(const struct rt *rt, struct wire_message_reader *message,
                               struct wire_list_reader *texts)
{
    rt_arguments(rt, message);
    enum cap_err err = os_Arguments_check(message);
    if (!err)
        *texts = os_Arguments_get_texts(os_Arguments_read_root(message));
    return err;
}
