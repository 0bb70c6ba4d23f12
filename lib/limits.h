/* Limits of a process: from the Limits of a manifest or a spawn to a ledger's, and what 0 means there.
 *
 * Next: lib/manifest.h
 */
#pragma once

#include "abi/limits.h"
#include "build/gen/schema/capos.capnp.h"
#include "lib/ledger.h"

/* As they are written; 0: not said. */
void limits_read(struct os_Limits_reader reader, uint64_t limits[LEDGER_KIND_COUNT]);

/* Shares of the first process: what is not said, or more than there is, is all that the machine has left. A
 * manifest need not know the machine. */
void limits_of_init(const uint64_t wanted[LEDGER_KIND_COUNT], const struct ledger *machine,
                    struct ledger_share shares[LEDGER_KIND_COUNT]);

/* Shares of any other process. What is said is there for it from the start, and nobody else can use it. What
 * is not said it takes out of its spawner's as it needs it, up to the default of abi/limits.h. */
void limits_of_process(const uint64_t wanted[LEDGER_KIND_COUNT],
                       struct ledger_share shares[LEDGER_KIND_COUNT]);

/* All that a machine with so many free frames has. Frames are what it is short of; of everything else there
 * may be as much as would fill them, but for the log, whose size is fixed. With 0 frames: what every machine
 * has. */
void limits_of_machine(uint64_t frame_count, uint64_t limits[LEDGER_KIND_COUNT]);
