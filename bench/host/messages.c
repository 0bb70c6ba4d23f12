/* What is counted of our side: each op_... once per message, its call and return included.
 *
 *     messages_c COUNT     runs each of them COUNT times; under valgrind, bench/host/count.py counts
 *
 * Next: bench/host/messages.c++
 */
#include <stdio.h>
#include <stdlib.h>

#include "build/gen/bench/host/messages.capnp.h"
#include "schema/wire.h"

#define OP __attribute__((noinline, noclone))

uint32_t op_build_scalars(uint64_t *words, uint64_t handle, uint32_t flags, uint32_t mode);
uint64_t op_read_scalars(const uint64_t *words, uint32_t word_count);
uint32_t op_build_text(uint64_t *words, uint64_t handle, uint32_t flags, struct wire_text path);
uint64_t op_read_text(const uint64_t *words, uint32_t word_count);

OP uint32_t op_build_scalars(uint64_t *words, uint64_t handle, uint32_t flags, uint32_t mode)
{
    struct wire_message_builder message;
    wire_message_build(&message, words, 64);
    struct Scalars_builder root = Scalars_init_root(&message);
    Scalars_set_handle(root, handle);
    Scalars_set_flags(root, flags);
    Scalars_set_mode(root, mode);
    return message.overflowed ? 0 : message.word_count;
}

OP uint64_t op_read_scalars(const uint64_t *words, uint32_t word_count)
{
    struct wire_message_reader message;
    wire_message_read(&message, words, word_count, 0);
    if (Scalars_check(&message) != CAP_OK)
        return 0;
    struct Scalars_reader root = Scalars_read_root(&message);
    return Scalars_get_handle(root) + Scalars_get_flags(root) + Scalars_get_mode(root);
}

OP uint32_t op_build_text(uint64_t *words, uint64_t handle, uint32_t flags, struct wire_text path)
{
    struct wire_message_builder message;
    wire_message_build(&message, words, 64);
    struct WithText_builder root = WithText_init_root(&message);
    WithText_set_handle(root, handle);
    WithText_set_flags(root, flags);
    WithText_set_path(root, path);
    return message.overflowed ? 0 : message.word_count;
}

OP uint64_t op_read_text(const uint64_t *words, uint32_t word_count)
{
    struct wire_message_reader message;
    wire_message_read(&message, words, word_count, 0);
    if (WithText_check(&message) != CAP_OK)
        return 0;
    struct WithText_reader root = WithText_read_root(&message);
    struct wire_text path = WithText_get_path(root);
    return WithText_get_handle(root) + WithText_get_flags(root) + path.length + (uint8_t)path.bytes[0];
}

int main(int count, char **arguments)
{
    unsigned long rounds = count == 2 ? strtoul(arguments[1], NULL, 10) : 0;
    uint64_t words[64], sum = 0;
    for (unsigned long i = 0; i < rounds; i++) {
        uint32_t word_count = op_build_scalars(words, 5, 7, 9);
        sum += word_count + op_read_scalars(words, word_count);
        word_count = op_build_text(words, 5, 7, (struct wire_text){"open.txt", 8});
        sum += word_count + op_read_text(words, word_count);
    }
    printf("%llu\n", (unsigned long long)sum);
    return 0;
}
