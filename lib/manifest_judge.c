/* Paths, words and reports of the judge; see manifest_judge.h.
 *
 * Next: lib/manifest_validate.c
 */
#include "lib/manifest_judge.h"

#include "lib/fmt.h"
#include "lib/word_list.h"

struct shown_name judge_show(struct wire_text name)
{
    struct shown_name shown = {{0}};

    for (uint32_t i = 0; i < name.length && i < CAP_NAME_BYTES_MAX; i++) {
        char c = name.bytes[i];
        shown.text[i] = c >= ' ' && c <= '~' ? c : '?';
    }
    return shown;
}

void judge_set_path(struct judge *judge, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fmt_format(judge->path, sizeof(judge->path), format, arguments);
    va_end(arguments);
}

void judge_problem(struct judge *judge, const char *field, const char *format, ...)
{
    char path[MANIFEST_PATH_BYTES];
    char reason[MANIFEST_REASON_BYTES];
    va_list arguments;

    judge->problem_count++;
    if (!judge->report)
        return;
    fmt_print(path, sizeof(path), "%s%s", judge->path, field);
    va_start(arguments, format);
    fmt_format(reason, sizeof(reason), format, arguments);
    va_end(arguments);
    judge->report->problem(judge->report->context, path, reason);
}

uint32_t judge_bounded_count(struct judge *judge, const char *field, uint32_t count, uint32_t limit)
{
    if (count <= limit)
        return count;
    judge_problem(judge, field, "has %u elements; at most %u are allowed", (unsigned)count, (unsigned)limit);
    return limit;
}

bool judge_enum(struct judge *judge, const char *field, const char *what, uint16_t value,
                const char *(*name)(uint16_t))
{
    struct word_list known;

    if (name(value))
        return true;
    word_list_init(&known, ", ");
    for (uint16_t i = 0; name(i); i++)
        word_list_add(&known, "%s", name(i));
    judge_problem(judge, field, "%s %u is unknown; known: %s", what, (unsigned)value, known.text);
    return false;
}

uint32_t judge_service_count(const struct judge *judge)
{
    uint32_t count = os_Service_list_count(os_SystemManifest_get_services(judge->root));

    return count < MANIFEST_SERVICES_MAX ? count : MANIFEST_SERVICES_MAX;
}

struct os_Service_reader judge_service_at(const struct judge *judge, uint32_t index)
{
    return os_Service_list_at(os_SystemManifest_get_services(judge->root), index);
}

void judge_unknown_service(struct judge *judge, const char *field, struct wire_text name)
{
    struct word_list known;

    word_list_init(&known, ", ");
    for (uint32_t i = 0; i < judge_service_count(judge); i++)
        word_list_add(&known, "%s", judge_show(os_Service_get_name(judge_service_at(judge, i))).text);
    judge_problem(judge, field, "no service is called \"%s\"; services: %s", judge_show(name).text,
                  known.length ? known.text : "none");
}

void judge_unknown_binary(struct judge *judge, const char *field, struct wire_text name)
{
    struct os_Binary_list_reader binaries = os_SystemManifest_get_binaries(judge->root);
    struct word_list known;

    word_list_init(&known, ", ");
    for (uint32_t i = 0; i < os_Binary_list_count(binaries) && i < MANIFEST_BINARIES_MAX; i++)
        word_list_add(&known, "%s", judge_show(os_Binary_get_name(os_Binary_list_at(binaries, i))).text);
    judge_problem(judge, field, "no binary is called \"%s\"; binaries: %s", judge_show(name).text,
                  known.length ? known.text : "none");
}
