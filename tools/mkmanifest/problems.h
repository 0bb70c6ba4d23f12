/* Problems of a system, printed as they are found, with the place in the system's source.
 *
 * While the message is built, each element's place in source and message is noted here, so that problems
 * that lib/manifest finds in the message are printed with both.
 *
 * Next: tools/mkmanifest/pack.h
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "tools/mkmanifest/place.h"

struct problems {
    const char *file; /* what each line begins with */
    unsigned count;
    struct noted_place *noted;
    size_t noted_count;
    size_t noted_capacity;
};

/* Prints one problem on stderr. */
__attribute__((format(printf, 3, 4))) void problems_add(struct problems *problems, const char *source_path,
                                                        const char *format, ...);

/* Notes an element. If is_broken, its problem has been printed, and those that lib/manifest finds in it
 * would only be consequences: they are not printed. */
void problems_note(struct problems *problems, const struct place *place, bool is_broken);

/* Problems of lib/manifest go to `problems`. */
struct manifest_report problems_report(struct problems *problems);

void problems_free(struct problems *problems);
