/* The rule for arguments: what does not fit a spawn is refused before the system boots.
 *
 * Next: user/rt/arguments.h
 */
#include "lib/manifest_judge.h"

/* Bytes of a message that holds nothing else: the root pointer, the struct, the list, and the texts with
 * their NULs in whole words. Texts of a message cannot sum up to 2^32 words, since the message has fewer. */
static uint64_t message_bytes(struct wire_list_reader texts)
{
    uint64_t word_count = 2 + (uint64_t)texts.count;

    for (uint32_t i = 0; i < texts.count; i++)
        word_count += wire_list_text(texts, i).length / 8 + 1;
    return word_count * 8;
}

void judge_arguments(struct judge *judge, struct os_Service_reader service)
{
    struct wire_list_reader texts = os_Arguments_get_texts(os_Service_get_arguments(service));

    if (texts.count > CAP_ARGUMENT_BYTES_MAX / 8) {
        judge_problem(judge, ".arguments", "are %u; at most %u bytes are allowed, and each takes 16 or more",
                      (unsigned)texts.count, (unsigned)CAP_ARGUMENT_BYTES_MAX);
        return;
    }
    if (message_bytes(texts) > CAP_ARGUMENT_BYTES_MAX)
        judge_problem(judge, ".arguments", "take %llu bytes as a message; at most %u are allowed",
                      (unsigned long long)message_bytes(texts), (unsigned)CAP_ARGUMENT_BYTES_MAX);
}
