/* Entropy: random bytes from the processor's generator.
 *
 * RDSEED gives what the generator gathers, and may run dry if many ask; RDRAND stretches that and hardly ever
 * does. The number of attempts is Intel's advice for RDRAND, and for RDSEED enough for a moment's wait.
 *
 * Next: lib/entropy.h
 */
#include "lib/entropy.h"
#include "build/gen/schema/capos.capnp.h"
#include "kernel/cap/objects.h"
#include "kernel/ring/kernel_call.h"
#include "kernel/x86_64/instructions.h"

#define BYTES_MAX             256
#define RDSEED_ATTEMPTS       100
#define RDRAND_ATTEMPTS       10
#define CPUID_1_ECX_RDRAND    (1u << 30)
#define CPUID_7_EBX_RDSEED    (1u << 18)
#define CPUID_LEAF_PROTECTION 7

static bool draw_seed(uint64_t *word)
{
    bool has_word = rdseed(word);
    if (!has_word)
        cpu_pause();
    return has_word;
}

/* The generators that this processor has. */
static struct entropy_source sources[2];
static uint32_t source_count;
static bool is_asked; /* whether the processor was asked what it has */

static void find_sources(void)
{
    bool has_leaf = cpuid(0, 0).eax >= CPUID_LEAF_PROTECTION;
    if (has_leaf && cpuid(CPUID_LEAF_PROTECTION, 0).ebx & CPUID_7_EBX_RDSEED)
        sources[source_count++] = (struct entropy_source){draw_seed, RDSEED_ATTEMPTS, UINT64_MAX};
    if (cpuid(1, 0).ecx & CPUID_1_ECX_RDRAND)
        sources[source_count++] = (struct entropy_source){rdrand, RDRAND_ATTEMPTS, UINT64_MAX};
    is_asked = true;
}

static enum cap_err entropy_read(void *self, struct wire_call *wire,
                                 struct os_Entropy_read_Params_reader params)
{
    (void)self;
    uint32_t count = os_Entropy_read_Params_get_count(params);
    if (count == 0 || count > BYTES_MAX)
        return CAP_ERR_INVALID;
    if (!is_asked)
        find_sources();
    uint8_t *bytes = os_Entropy_read_Results_init_bytes(os_Entropy_read_Results_init(wire), count);
    enum cap_err err = entropy_fill(sources, source_count, bytes, count);
    if (err == CAP_ERR_UNIMPLEMENTED)
        return wire_call_raise(wire, os_CapException_Type_unimplemented,
                               wire_text_of("this processor has neither RDSEED nor RDRAND"));
    return err;
}

static const struct os_Entropy_server entropy_server = {.read = entropy_read};

static enum cap_err entropy_dispatch(struct object *object, struct wire_call *wire)
{
    return os_Entropy_dispatch(&entropy_server, object, wire);
}

static const struct object_ops entropy_ops = {
    .name = "Entropy",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = false,
    .dispatch = entropy_dispatch,
};

static struct object entropy = OBJECT_STATIC(&entropy_ops, os_Entropy_ID);

struct object *entropy_object(void)
{
    return &entropy;
}
