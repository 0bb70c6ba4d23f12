/* One row a kind. Next: lib/manifest.h */
#include "lib/limits.h"

#include "lib/bits.h"
#include "lib/log_store.h"

void limits_read(struct os_Limits_reader reader, uint64_t limits[LEDGER_KIND_COUNT])
{
    limits[LEDGER_FRAMES] = os_Limits_get_frames(reader);
    limits[LEDGER_SLOTS] = os_Limits_get_slots(reader);
    limits[LEDGER_CALLS] = os_Limits_get_calls(reader);
    limits[LEDGER_RECORDS] = os_Limits_get_records(reader);
    limits[LEDGER_QUEUED_CALLS] = os_Limits_get_queuedCalls(reader);
    limits[LEDGER_QUEUED_BYTES] = os_Limits_get_queuedBytes(reader);
    limits[LEDGER_LOG_BYTES] = os_Limits_get_logBytes(reader);
}

static const struct {
    uint64_t of_process; /* the default */
    uint64_t per_frame;  /* how many of the kind fill a frame; records: of the smallest */
    uint64_t of_machine; /* of what is not made of free frames: how much there is */
} rows[] = {
    [LEDGER_FRAMES] = {CAP_DEFAULT_FRAMES, 1, 0},
    [LEDGER_SLOTS] = {CAP_DEFAULT_SLOTS, CAP_PAGE_BYTES / 16, 0},
    [LEDGER_CALLS] = {CAP_DEFAULT_CALLS, 1, 0},
    [LEDGER_RECORDS] = {CAP_DEFAULT_RECORDS, CAP_PAGE_BYTES / 64, 0},
    [LEDGER_QUEUED_CALLS] = {CAP_DEFAULT_QUEUED_CALLS, 1, 0},
    [LEDGER_QUEUED_BYTES] = {CAP_DEFAULT_QUEUED_BYTES, CAP_PAGE_BYTES, 0},
    [LEDGER_LOG_BYTES] = {CAP_DEFAULT_LOG_BYTES, 0, LOG_PROGRAM_BYTES},
};
_Static_assert(sizeof rows / sizeof *rows == LEDGER_KIND_COUNT, "one row a kind");

void limits_of_init(const uint64_t wanted[LEDGER_KIND_COUNT], const struct ledger *machine,
                    struct ledger_share shares[LEDGER_KIND_COUNT])
{
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++) {
        uint64_t all = ledger_left(machine, kind);
        uint64_t limit = wanted[kind] ? min_u64(wanted[kind], all) : all;
        shares[kind] = (struct ledger_share){limit, limit};
    }
}

void limits_of_process(const uint64_t wanted[LEDGER_KIND_COUNT],
                       struct ledger_share shares[LEDGER_KIND_COUNT])
{
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++) {
        uint64_t limit = wanted[kind];
        shares[kind] = (struct ledger_share){limit, limit ? limit : rows[kind].of_process};
    }
}

void limits_of_machine(uint64_t frame_count, uint64_t limits[LEDGER_KIND_COUNT])
{
    for (uint32_t kind = 0; kind < LEDGER_KIND_COUNT; kind++)
        limits[kind] = frame_count * rows[kind].per_frame + rows[kind].of_machine;
}
