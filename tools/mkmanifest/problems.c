/* Problems of a system, printed as they are found; see problems.h.
 *
 * Next: tools/mkmanifest/field.h
 */
#include "tools/mkmanifest/problems.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct noted_place {
    struct place place;
    bool is_broken;
};

void problems_add(struct problems *problems, const char *source_path, const char *format, ...)
{
    va_list arguments;

    problems->count++;
    fprintf(stderr, "%s: %s: ", problems->file, source_path);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

void problems_note(struct problems *problems, const struct place *place, bool is_broken)
{
    if (problems->noted_count == problems->noted_capacity) {
        problems->noted_capacity = problems->noted_capacity ? 2 * problems->noted_capacity : 64;
        problems->noted = realloc(problems->noted, problems->noted_capacity * sizeof(*problems->noted));
        if (!problems->noted) {
            fprintf(stderr, "mkmanifest: out of memory\n");
            exit(2);
        }
    }
    problems->noted[problems->noted_count++] = (struct noted_place){*place, is_broken};
}

/* The innermost noted element that message_path is, or lies in. */
static const struct noted_place *find_noted(const struct problems *problems, const char *message_path)
{
    const struct noted_place *best = NULL;
    size_t best_length = 0;

    for (size_t i = 0; i < problems->noted_count; i++) {
        const char *candidate = problems->noted[i].place.message;
        size_t length = strlen(candidate);
        char next = strncmp(message_path, candidate, length) == 0 ? message_path[length] : 'x';
        if ((next == '\0' || next == '.' || next == '[') && length >= best_length) {
            best = &problems->noted[i];
            best_length = length;
        }
    }
    return best;
}

static void add_from_manifest(void *context, const char *path, const char *reason)
{
    struct problems *problems = context;
    const struct noted_place *noted = find_noted(problems, path);

    if (!noted)
        problems_add(problems, path, "%s", reason);
    else if (!noted->is_broken)
        problems_add(problems, path, "%s (%s)", reason, noted->place.source);
}

struct manifest_report problems_report(struct problems *problems)
{
    return (struct manifest_report){.context = problems, .problem = add_from_manifest};
}

void problems_free(struct problems *problems)
{
    free(problems->noted);
}
