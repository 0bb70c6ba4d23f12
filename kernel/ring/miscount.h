/* One count of the kernel made wrong by one, so that a test can see that the self-check notices: on the
 * command line, self-check= and a word, for the end of a run. The system halts there.
 *
 * Next: kernel/ring/miscount.c
 */
#pragma once

#include "abi/base.h"

struct miscount {
    const char *word;   /* on the command line */
    void (*make)(void); /* when no operation is half done */
};

/* Up to one whose word is NULL. */
extern const struct miscount miscounts[];
