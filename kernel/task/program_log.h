/* Lines that programs write to the console, kept for LogReader within what each process may have of them.
 *
 * Keeping a line charges what its record takes (LEDGER_LOG_BYTES). Where the ledger has no room, the oldest
 * line goes: of the process and of those whose limits it lives out of, up to the ledger that stands in the
 * way. So inside each budget the newest lines are there, and nobody's go for somebody who was not promised
 * their room. When a process has ended its lines are its parent's.
 *
 * Invariants
 *  - An account's own use of LEDGER_LOG_BYTES is the bytes of its lines.
 *  - A line that could not be kept takes a number, and costs nobody another one.
 *
 * Next: kernel/task/program_log.c
 */
#pragma once

#include "kernel/task/account.h"

/* Keeps what a program has written, if it can; it is shown by kernel/cap/console.c. */
void program_log_keep(struct account *account, const char *program, const char *text, uint32_t text_bytes);

/* Drops lines until the account could be charged so much. False: it cannot even without lines, and keeps them
 * all. */
bool program_log_make_room(struct account *account, uint64_t byte_count);

/* The lines of one account are another's; what they were charged is the caller's to move. */
void program_log_pass_on(struct account *from, struct account *to);

/* All records that are there; until the next line, or the end of a process. */
const struct log_store *program_log_store(void);
