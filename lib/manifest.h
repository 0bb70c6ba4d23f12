/* The boot manifest, judged: from the bytes of the boot module to a SystemManifest that can be relied on.
 *
 * tools/mkmanifest, the kernel and init run this same code and print the same messages. Every problem is
 * reported, each with its path in the message and a reason that says what to do; a manifest is used only
 * if there is none. docs/spec/manifest.md lists the rules and the messages.
 *
 * Invariants
 *  - Pure: no allocation, no globals, about 6 KiB of stack at most. Every loop has a named bound.
 *  - Any bytes are judged without harm. The message is private memory that nobody changes meanwhile.
 *
 * Next: lib/manifest.c
 */
#pragma once

#include "abi/error.h"
#include "abi/limits.h"
#include "build/gen/schema/manifest.capnp.h"

/* Bounds of one manifest. */
#define MANIFEST_VERSION        1
#define MANIFEST_BYTES_MAX      0x4000000 /* 64 MiB, with the framing */
#define MANIFEST_BINARIES_MAX   64
#define MANIFEST_SERVICES_MAX   64
/* Exports and grants of one service go with one ProcessSpawner.spawn and fill one CapSet. */
#define MANIFEST_CAPS_MAX       CAP_TRANSFER_MAX
/* The longest back-off, an hour. */
#define MANIFEST_BACKOFF_MS_MAX 3600000

/* Longest path and reason given to a report, with the closing NUL. Longer ones are cut. */
#define MANIFEST_PATH_BYTES   96
#define MANIFEST_REASON_BYTES 256

/* Where problems go. Both texts are valid during the call only; they hold printable ASCII only, whatever
 * the manifest holds. */
struct manifest_report {
    void *context;
    void (*problem)(void *context, const char *path, const char *reason);
};

/* Checks the framing of the boot module: the standard stream framing of one segment, which is the word
 * { uint32 segment count - 1 = 0; uint32 words } and then exactly that many words.
 *
 * bytes       the module, aligned to 8 bytes
 * report      NULL: problems are counted only
 * words       the message without its framing, inside the module; with word_count, as
 *             wire_message_read wants it
 * CAP_ERR_TOO_BIG: more than MANIFEST_BYTES_MAX. CAP_ERR_MALFORMED: everything else. One problem is
 * reported then; its path is "module".
 */
enum cap_err manifest_open(const uint8_t *bytes, uint64_t byte_count, const struct manifest_report *report,
                           const uint64_t **words, uint32_t *word_count) CAP_MUST_CHECK;

/* Checks the whole message against Cap'n Proto's rules and the schema, then against the rules of
 * docs/spec/manifest.md, and reports every problem.
 *
 * message     fresh from wire_message_read, with a cap_count of 0. Its budget bounds the check of the whole
 *             message, which then lifts it: the limits above bound the rest
 * report      NULL: problems are counted only
 * CAP_OK: no problem. CAP_ERR_MALFORMED: at least one was reported.
 */
enum cap_err manifest_validate(struct wire_message_reader *message,
                               const struct manifest_report *report) CAP_MUST_CHECK;

/* ---- Questions to a manifest; meaningful for a valid one, harmless for any ------------------------ */

/* The program of this name, inside the message. CAP_ERR_INVALID: there is none. */
enum cap_err manifest_find_binary(struct os_SystemManifest_reader root, struct wire_text name,
                                  struct wire_data *elf) CAP_MUST_CHECK;

/* Which of root's binaries the name means. CAP_ERR_INVALID: none. */
enum cap_err manifest_find_binary_index(struct os_SystemManifest_reader root, struct wire_text name,
                                        uint32_t *binary_index) CAP_MUST_CHECK;

/* The order in which services are started: servers before those that import from them, otherwise as they are
 * written. Returns how many; order[i] < that. root was validated: imports do not go in a circle (CHECKed). */
uint32_t manifest_start_order(struct os_SystemManifest_reader root, uint8_t order[MANIFEST_SERVICES_MAX]);

/* Which of root's services, and which of its exports, the names mean. CAP_ERR_INVALID: none. */
enum cap_err manifest_find_service(struct os_SystemManifest_reader root, struct wire_text name,
                                   uint32_t *service_index) CAP_MUST_CHECK;
enum cap_err manifest_find_export(struct os_Service_reader service, struct wire_text name,
                                  uint32_t *export_index) CAP_MUST_CHECK;

/* The name under which init finds this kernel object in its CapSet (enum os_KernelObject).
 * CAP_ERR_INVALID: init does not hold it. */
enum cap_err manifest_find_init_grant(struct os_SystemManifest_reader root, uint16_t object,
                                      struct wire_text *name) CAP_MUST_CHECK;

/* ---- Kernel objects as data ----------------------------------------------------------------------- */

/* The schema's word for a kernel object, "console"; NULL for a number that is none. */
const char *manifest_object_name(uint16_t object);

/* Cap'n Proto type id of the object's interface; 0 for a number that is none. */
uint64_t manifest_object_interface(uint16_t object);

/* The object that the word means. CAP_ERR_INVALID: none. */
enum cap_err manifest_object_find(struct wire_text word, uint16_t *object) CAP_MUST_CHECK;

/* ---- Other words: the schema's for a number, NULL for a number that is none ----------------------- */

const char *manifest_restart_name(uint16_t policy);
const char *manifest_reaction_name(uint16_t reaction);
const char *manifest_outcome_name(uint16_t outcome);
