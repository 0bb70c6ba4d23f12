/* elf.c under systematic and random damage: never a read outside the file, never a plan that breaks a
 * promise.
 *
 * Next: tests/host/test_ring.c
 */
#include "tests/host/elf_image.h"

TEST(every_single_bit_flip_of_the_headers)
{
    struct image image = image_good();
    uint8_t *bytes = image_bytes(&image);
    uint32_t ok_count = 0, bits = 0;
    struct elf_plan plan;
    const char *reason;
    for (uint64_t byte = 0; byte < IMAGE_BYTES; byte++) {
        if (byte == sizeof(Elf64_Ehdr) + HEADERS * sizeof(Elf64_Phdr))
            byte = SYMBOLS_OFFSET;
        for (uint32_t bit = 0; bit < 8; bit++, bits++) {
            bytes[byte] ^= (uint8_t)(1 << bit);
            ok_count += judge_bytes(bytes, IMAGE_BYTES, &plan, &reason) == CAP_OK;
            bytes[byte] ^= (uint8_t)(1 << bit);
        }
    }
    free(bytes);
    EXPECT(ok_count > bits / 4 && ok_count < bits);
}

/* Fields of 2, 4 and 8 bytes at every place take values that arithmetic gets wrong. */
TEST(every_field_takes_every_edge_value)
{
    static const uint64_t edges[] = {0,
                                     1,
                                     7,
                                     0x38,
                                     0xfff,
                                     0x1000,
                                     0x7fffffff,
                                     0x80000000,
                                     0xffffffff,
                                     CAP_PROGRAM_START,
                                     CAP_PROGRAM_END - 1,
                                     CAP_PROGRAM_END,
                                     INT64_MAX,
                                     (uint64_t)1 << 63,
                                     UINT64_MAX - 0xfff,
                                     UINT64_MAX};
    struct image image = image_good();
    uint8_t *bytes = image_bytes(&image);
    struct elf_plan plan;
    const char *reason;
    for (uint64_t at = 0; at + 8 <= IMAGE_BYTES; at += 2) {
        if (at == sizeof(Elf64_Ehdr) + HEADERS * sizeof(Elf64_Phdr))
            at = SECTIONS;
        for (uint32_t i = 0; i < 16 * 3; i++) {
            uint8_t before[8];
            memcpy(before, bytes + at, 8);
            memcpy(bytes + at, &edges[i / 3], (size_t)2 << i % 3);
            (void)!judge_bytes(bytes, IMAGE_BYTES, &plan, &reason);
            memcpy(bytes + at, before, 8);
        }
    }
    free(bytes);
}

TEST(random_damage_at_several_places)
{
    struct image image = image_good();
    uint64_t state = 88172645463325252;
    for (uint32_t round = 0; round < 20000; round++) {
        uint8_t *bytes = image_bytes(&image);
        struct elf_plan plan;
        const char *reason;
        for (uint32_t i = 0; i < 1 + round % 4; i++) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            uint64_t at = state % (64 + HEADERS * 56 + 3 * 64);
            bytes[at < 64 + HEADERS * 56 ? at : SECTIONS + at - 64 - HEADERS * 56] = (uint8_t)(state >> 32);
        }
        (void)!judge_bytes(bytes, IMAGE_BYTES, &plan, &reason);
        free(bytes);
    }
}

/* ---- A file that changes while it is read ----------------------------------------------------------- */

struct unsteady {
    uint8_t *bytes;
    uint64_t state;
};

static void unsteady_copy(const struct elf_source *source, uint64_t offset, void *to, uint64_t bytes)
{
    struct unsteady *unsteady = (struct unsteady *)(uintptr_t)source->context;
    EXPECT(offset <= IMAGE_BYTES && bytes <= IMAGE_BYTES - offset);
    memcpy(to, unsteady->bytes + offset, bytes);
    unsteady->state ^= unsteady->state << 13;
    unsteady->state ^= unsteady->state >> 7;
    unsteady->state ^= unsteady->state << 17;
    uint64_t at = unsteady->state % (64 + HEADERS * 56);
    if (unsteady->state >> 60 == 0)
        unsteady->bytes[at] = (uint8_t)(unsteady->state >> 32);
}

/* Whatever is written meanwhile, an accepted plan keeps its promises. */
TEST(a_plan_is_sound_though_the_file_changes_while_it_is_read)
{
    struct image image = image_good();
    struct unsteady unsteady = {.state = 2463534242};
    uint32_t accepted_count = 0, refused_count = 0;
    for (uint32_t round = 0; round < 20000; round++) {
        unsteady.bytes = image_bytes(&image);
        const struct elf_source source = {
            .byte_count = IMAGE_BYTES, .copy = unsteady_copy, .context = &unsteady};
        struct elf_plan plan;
        const char *reason;
        if (elf_plan_read(&source, &plan, &reason)) {
            refused_count++;
        } else {
            plan.has_symbols = false; /* the last byte of their names may have changed */
            expect_plan(&plan, unsteady.bytes, IMAGE_BYTES);
            accepted_count++;
        }
        free(unsteady.bytes);
    }
    EXPECT(accepted_count > 1000 && refused_count > 1000);
}

TEST_MAIN()
