/* Source: Intel SDM vol. 2, chapter 2 (prefixes, ModRM) and appendix A (opcode maps).
 *
 * Next: bench/counter/counter.c
 */
#include "bench/counter/decode.h"

#include <stdbool.h>

static bool is_prefix(uint8_t byte)
{
    switch (byte) {
    case 0x26: /* segment overrides */
    case 0x2e:
    case 0x36:
    case 0x3e:
    case 0x64:
    case 0x65:
    case 0x66: /* operand and address size */
    case 0x67:
    case 0xf0: /* lock, repeat */
    case 0xf2:
    case 0xf3:
        return true;
    default:
        return (byte & 0xf0) == 0x40; /* REX */
    }
}

static unsigned modrm_reg(uint8_t modrm)
{
    return modrm >> 3 & 7;
}

static bool modrm_is_memory(uint8_t modrm)
{
    return modrm >> 6 != 3;
}

/* The opcodes that begin with 0f; `at` follows it. Zero stands for bytes that are not there. */
static enum event decode_two_bytes(const uint8_t *at, const uint8_t *end)
{
    uint8_t opcode = at < end ? at[0] : 0, modrm = at + 1 < end ? at[1] : 0;
    unsigned reg = modrm_reg(modrm);
    switch (opcode) {
    case 0x01:
        return reg == 7 && modrm_is_memory(modrm) ? EVENT_INVLPG : EVENT_NONE;
    case 0x05:
        return EVENT_SYSCALL;
    case 0x07:
        return EVENT_SYSRET;
    case 0x22:
        return reg == 3 ? EVENT_CR3_WRITE : EVENT_NONE;
    case 0x30:
        return EVENT_WRMSR;
    case 0x38: /* 66 0f 38 82: invpcid */
        return modrm == 0x82 ? EVENT_INVLPG : EVENT_NONE;
    case 0xae: /* fxsave fxrstor - - xsave xrstor xsaveopt */
        return modrm_is_memory(modrm) && (reg <= 1 || (reg >= 4 && reg <= 6)) ? EVENT_FPU_STATE : EVENT_NONE;
    case 0xc7: /* xrstors xsavec xsaves */
        return modrm_is_memory(modrm) && reg >= 3 && reg <= 5 ? EVENT_FPU_STATE : EVENT_NONE;
    default:
        return EVENT_NONE;
    }
}

struct decoded instruction_decode(const uint8_t *bytes, size_t length)
{
    const uint8_t *at = bytes, *end = bytes + length;
    struct decoded decoded = {EVENT_NONE, STORE_OTHER};
    bool is_locked = false;
    for (; at < end && is_prefix(*at); at++)
        is_locked |= *at == 0xf0;
    if (at == end)
        return decoded;
    switch (*at) {
    case 0x0f:
        decoded.event = decode_two_bytes(at + 1, end);
        break;
    case 0x86: /* xchg with memory locks by itself */
    case 0x87:
        is_locked |= at + 1 < end && modrm_is_memory(at[1]);
        break;
    case 0xa4:
    case 0xa5:
        decoded.store = STORE_COPY;
        break;
    case 0xaa:
    case 0xab:
        decoded.store = STORE_FILL;
        break;
    case 0xcf:
        decoded.event = EVENT_IRETQ;
        break;
    }
    if (is_locked)
        decoded.event = EVENT_LOCKED;
    return decoded;
}
