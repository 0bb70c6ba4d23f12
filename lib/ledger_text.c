/* Refusals in words and in numbers. Next: lib/limits.h */
#include "lib/ledger_text.h"

#include "lib/bits.h"
#include "lib/fmt.h"

_Static_assert(CAP_LIMIT_FRAMES == LEDGER_FRAMES + 1 && CAP_LIMIT_SLOTS == LEDGER_SLOTS + 1 &&
                   CAP_LIMIT_CALLS == LEDGER_CALLS + 1 && CAP_LIMIT_RECORDS == LEDGER_RECORDS + 1 &&
                   CAP_LIMIT_QUEUED_CALLS == LEDGER_QUEUED_CALLS + 1 &&
                   CAP_LIMIT_QUEUED_BYTES == LEDGER_QUEUED_BYTES + 1 &&
                   CAP_LIMIT_LOG_BYTES == LEDGER_LOG_BYTES + 1,
               "the numbers of a CQE are those of the kinds, from 1");

enum owner {
    OWN,
    CHILD,
    OTHER
};

static const struct {
    const char *whose;
    const char *advice;
} owners[] = {
    [OWN] = {"", "release some or ask for a larger limit"},
    [CHILD] = {"the child's ", "give it a larger limit"},
    [OTHER] = {"another process's ", "it has to release some"},
};

static enum owner owner_of(const struct ledger_refusal *refusal, const struct ledger *own)
{
    if (refusal->ledger == own)
        return OWN;
    return refusal->parent == own ? CHILD : OTHER;
}

static void text_without_figures(enum owner owner, const char *name, char text[LEDGER_TEXT_BYTES])
{
    fmt_print(text, LEDGER_TEXT_BYTES, "%s%s: the limit is reached; %s", owners[owner].whose, name,
              owners[owner].advice);
}

void ledger_refusal_text(const struct ledger_refusal *refusal, const struct ledger *own,
                         char text[LEDGER_TEXT_BYTES])
{
    enum owner owner = owner_of(refusal, own);
    const char *name = ledger_kind_name(refusal->kind);
    if (owner == OTHER) {
        text_without_figures(owner, name, text);
        return;
    }
    fmt_print(text, LEDGER_TEXT_BYTES, "%s%s: %llu of %llu in use, %llu more asked; %s", owners[owner].whose,
              name, (unsigned long long)refusal->used, (unsigned long long)refusal->limit,
              (unsigned long long)refusal->asked, owners[owner].advice);
}

void ledger_refusal_to_cqe(const struct ledger_refusal *refusal, const struct ledger *own,
                           struct cap_cqe *cqe)
{
    cqe->cap_count = (uint16_t)(refusal->kind + 1);
    cqe->message_bytes = (uint32_t)min_u64(refusal->limit, UINT32_MAX);
    if (owner_of(refusal, own) != OWN) {
        cqe->cap_count |= CAP_LIMIT_OF_OTHER;
        cqe->message_bytes = 0;
    }
}

bool ledger_cqe_text(const struct cap_cqe *cqe, char text[LEDGER_TEXT_BYTES])
{
    uint32_t number = cqe->cap_count & ~(uint32_t)CAP_LIMIT_OF_OTHER;
    enum owner owner = cqe->cap_count & CAP_LIMIT_OF_OTHER ? OTHER : OWN;
    if (number == 0 || number > LEDGER_KIND_COUNT)
        return false;
    const char *name = ledger_kind_name((enum ledger_kind)(number - 1));
    if (owner == OWN)
        fmt_print(text, LEDGER_TEXT_BYTES, "%s: the limit of %u is reached; %s", name,
                  (unsigned)cqe->message_bytes, owners[owner].advice);
    else
        text_without_figures(owner, name, text);
    return true;
}
