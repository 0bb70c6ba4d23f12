/* Drawing words, and giving up on those that are not random.
 *
 * Next: kernel/cap/entropy.c
 */
#include "lib/entropy.h"

static bool draw(struct entropy_source *source, uint64_t *word)
{
    for (uint32_t i = 0; i < source->attempt_max; i++) {
        uint64_t drawn;
        if (!source->draw(&drawn) || drawn == source->last)
            continue;
        source->last = drawn;
        *word = drawn;
        return true;
    }
    return false;
}

static bool draw_any(struct entropy_source *sources, uint32_t source_count, uint64_t *word)
{
    for (uint32_t i = 0; i < source_count; i++)
        if (draw(&sources[i], word))
            return true;
    return false;
}

enum cap_err entropy_fill(struct entropy_source *sources, uint32_t source_count, uint8_t *bytes,
                          uint32_t byte_count)
{
    uint64_t word = 0;
    for (uint32_t at = 0; at < byte_count; at++) {
        if (at % 8 == 0 && !draw_any(sources, source_count, &word)) {
            __builtin_memset(bytes, 0, byte_count);
            return source_count ? CAP_ERR_AGAIN : CAP_ERR_UNIMPLEMENTED;
        }
        bytes[at] = (uint8_t)(word >> at % 8 * 8);
    }
    return CAP_OK;
}
