/* Entropy: what it gives looks random, and what it cannot give it says. Next: tests/qemu/log/log.c */
#include "build/gen/schema/capos.client.h"
#include "tests/qemu/raw.h"

#define READS 64
#define BYTES 256
#define WORDS (READS * BYTES / 8)

static uint64_t words[WORDS];

static void test_counts(struct raw *raw, struct os_Entropy entropy)
{
    struct wire_data bytes;
    raw_expect_err(raw, os_Entropy_read(entropy, 0, &bytes), CAP_ERR_INVALID, "no byte at all");
    raw_expect_err(raw, os_Entropy_read(entropy, BYTES + 1, &bytes), CAP_ERR_INVALID, "more than 256");
    raw_expect_err(raw, os_Entropy_read(entropy, UINT32_MAX, &bytes), CAP_ERR_INVALID, "far more");
    for (uint32_t count = 1; count <= BYTES; count++) {
        raw_expect_err(raw, os_Entropy_read(entropy, count, &bytes), CAP_OK, "every count from 1 to 256");
        raw_expect(raw, bytes.length == count, "so many bytes as were asked for");
    }
}

/* By chance alone each of these fails less than once in 10^9 runs. */
static void test_looks(struct raw *raw, struct os_Entropy entropy)
{
    struct wire_data bytes;
    for (uint32_t i = 0; i < READS; i++) {
        raw_expect_err(raw, os_Entropy_read(entropy, BYTES, &bytes), CAP_OK, "many reads");
        __builtin_memcpy(words + i * BYTES / 8, bytes.bytes, bytes.length);
    }
    uint32_t one_count = 0, equal_count = 0, byte_counts[256] = {0}, even_count = 0;
    for (uint32_t i = 0; i < WORDS; i++) {
        for (uint32_t bit = 0; bit < 64; bit++)
            one_count += words[i] >> bit & 1;
        for (uint32_t byte = 0; byte < 8; byte++)
            byte_counts[words[i] >> byte * 8 & 0xff]++;
        for (uint32_t j = 0; j < i; j++)
            equal_count += words[i] == words[j];
    }
    for (uint32_t byte = 0; byte < 256; byte++)
        even_count += byte_counts[byte] > 14 && byte_counts[byte] < 130; /* 64 are expected, +-8 */
    raw_expect(raw, one_count > WORDS * 32 - 1200 && one_count < WORDS * 32 + 1200,
               "half of the bits are one");
    raw_expect(raw, equal_count == 0, "no word comes twice");
    raw_expect(raw, even_count == 256, "every byte comes about as often as the others");
    print(raw->console, "random bytes came: %u of %u bits are one", one_count, WORDS * 64);
}

static void test_absent(struct raw *raw, struct os_Entropy entropy, struct rt_call *call)
{
    struct wire_data bytes;
    raw_expect(raw,
               os_CapException_get_type(os_CapException_read_root(&call->results)) ==
                   os_CapException_Type_unimplemented,
               "without a generator it is unimplemented");
    struct wire_text reason = rt_call_reason(call, CAP_ERR_EXCEPTION);
    print(raw->console, "none: %.*s", (int)reason.length, reason.bytes);
    raw_expect_err(raw, os_Entropy_read(entropy, 0, &bytes), CAP_ERR_INVALID,
                   "a wrong count is still told first");
}

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    struct os_Entropy entropy;
    struct rt_call call;
    struct os_Entropy_read_Results_reader results;
    if (RT_CAPSET(rt, "entropy", os_Entropy, &entropy))
        return 98;
    os_Entropy_read_Params_set_count(os_Entropy_read_begin(&call, entropy), 8);
    enum cap_err err = os_Entropy_read_send(&call);
    if (!err)
        err = os_Entropy_read_wait(&call, &results);
    if (err == CAP_ERR_EXCEPTION) {
        test_absent(&raw, entropy, &call);
    } else {
        raw_expect_err(&raw, err, CAP_OK, "the first bytes");
        test_counts(&raw, entropy);
        test_looks(&raw, entropy);
    }
    rt_call_end(&call);
    return raw_end(&raw);
}
