/* The judge of a manifest: where it is, and how it says what is wrong. For lib/manifest_*.c only.
 *
 * Invariant: what the manifest spells reaches a report as printable ASCII only.
 *
 * Next: lib/manifest_judge.c
 */
#pragma once

#include "lib/manifest.h"

struct judge {
    struct os_SystemManifest_reader root;
    const struct manifest_report *report; /* NULL: problems are counted only */
    uint32_t problem_count;
    char path[MANIFEST_PATH_BYTES]; /* of the element under judgement */
};

/* A name from the manifest, fit to print. */
struct shown_name {
    char text[CAP_NAME_BYTES_MAX + 1];
};
struct shown_name judge_show(struct wire_text name);

/* The element under judgement from here on. */
void judge_set_path(struct judge *judge, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Reports a problem of the field `field` of the element under judgement; "" means the element itself. */
void judge_problem(struct judge *judge, const char *field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* How many elements to look at; more than the limit is a problem. */
uint32_t judge_bounded_count(struct judge *judge, const char *field, uint32_t count, uint32_t limit);

/* A number that is no value of an enum is a problem. `what` and `name` tell what the enum is of, and the
 * words for its values, NULL behind the last. Whether it is a value. */
bool judge_enum(struct judge *judge, const char *field, const char *what, uint16_t value,
                const char *(*name)(uint16_t));

/* How many services are looked at, and one of them. */
uint32_t judge_service_count(const struct judge *judge);
struct os_Service_reader judge_service_at(const struct judge *judge, uint32_t index);

/* Says that no service has this name, and which there are. */
void judge_unknown_service(struct judge *judge, const char *field, struct wire_text name);

/* Says that no binary has this name, and which there are. */
void judge_unknown_binary(struct judge *judge, const char *field, struct wire_text name);

/* lib/manifest_narrow.c: what the export under judgement inherits from; which of these interfaces the grant
 * under judgement has of it; what the grant is narrowed to; and whether init has to make facets. */
void judge_ancestors(struct judge *judge, struct os_Export_reader export);
void judge_import_interface(struct judge *judge, struct os_Service_reader server, uint32_t export_index,
                            uint64_t interface_id);
void judge_only(struct judge *judge, struct os_Grant_reader grant);
bool judge_needs_facets(const struct judge *judge);

/* lib/manifest_restart.c: the rules for restarts, of the service under judgement, and for the outcome. */
void judge_restart(struct judge *judge, struct os_Service_reader service);
void judge_outcome(struct judge *judge);

/* lib/manifest_limits.c: the limits of the process under judgement, which starts with so many capabilities;
 * and whether those of all services fit init's. */
void judge_limits(struct judge *judge, struct wire_text binary, uint32_t cap_count,
                  struct os_Limits_reader limits);
void judge_limits_sum(struct judge *judge);

/* lib/manifest_arguments.c: the arguments of the service under judgement. */
void judge_arguments(struct judge *judge, struct os_Service_reader service);

/* Whether init has to wait for a time: before restarts, or to run on. */
bool judge_needs_timer(const struct judge *judge);
