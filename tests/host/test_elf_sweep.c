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

TEST_MAIN()
