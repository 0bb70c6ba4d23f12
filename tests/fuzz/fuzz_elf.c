/* Program files: a refusal changes nothing and gives a reason, an accepted plan has every property that
 * lib/elf.h promises, and its pages bring each byte of the file once. The input is the file.
 *
 * Next: tests/fuzz/fuzz_ring.c
 */
#include "tests/fuzz/fuzz.h"
#include "tests/host/elf_image.h"

static void expect_pages(const struct elf_segment *segment)
{
    uint64_t page_count = elf_segment_page_count(segment), loaded = 0;
    /* Those behind the file part are all alike: the last one stands for them. */
    uint64_t looked_at = segment->file_bytes / CAP_PAGE_BYTES + 3;

    for (uint64_t i = 0; i < page_count; i++) {
        if (i == looked_at)
            i = page_count - 1;
        struct elf_page page = elf_segment_page(segment, i);
        EXPECT_EQ(page.address, segment->address / CAP_PAGE_BYTES * CAP_PAGE_BYTES + i * CAP_PAGE_BYTES);
        EXPECT(page.page_offset + page.file_bytes <= CAP_PAGE_BYTES);
        if (page.file_bytes > 0) {
            EXPECT_EQ(page.file_offset, segment->file_offset + loaded);
            EXPECT_EQ(page.address + page.page_offset, segment->address + loaded);
        }
        loaded += page.file_bytes;
    }
    EXPECT_EQ(loaded, segment->file_bytes);
}

FUZZ(bytes, byte_count)
{
    uint64_t *copy = fuzz_copy(bytes, byte_count);
    struct elf_plan plan;
    const char *reason;

    if (judge_bytes((const uint8_t *)copy, byte_count, &plan, &reason) == CAP_OK) {
        for (uint32_t i = 0; i < plan.segment_count; i++)
            expect_pages(&plan.segments[i]);
    }
    free(copy);
}
