/* Watches the store, and cannot change it.
 *
 * It holds a facet of the store that is a Reader and nothing else; memory that it can map and not write; and
 * one end of a notification, whose other end it gave to the service. When the service dies, that end is gone
 * and the wait says so: no time limit, no asking.
 *
 * Next: systems/kv.cue
 */
#include "build/gen/user/kv/kv.client.h"
#include "lib/error.h"
#include "lib/mem.h"
#include "user/rt/print.h"

#define SNAPSHOT_WORDS_MAX 2048

struct reader {
    struct os_Console console;
    struct os_NotificationFactory notifications;
    struct os_VirtualMemory space;
    struct kv_Reader store;
    struct os_Notification changes;
    uint64_t snapshot_address; /* 0: none is mapped */
    uint64_t snapshot_bytes;
};

/* What the kernel says to a Reader that would like to be a Store. */
static bool cannot_put(struct reader *reader)
{
    uint32_t told;
    struct kv_Store pretended = {reader->store.handle};
    enum cap_err error = kv_Store_put(pretended, wire_text_of("colour"), wire_text_of("red"), &told);
    print(reader->console, "put(colour): %s", error_text(error));
    return error == CAP_ERR_WRONG_INTERFACE;
}

/* Gives the signal away for good. */
static enum cap_err watch(struct reader *reader)
{
    struct os_Signal signal;
    enum cap_err error = os_NotificationFactory_create(reader->notifications, &reader->changes, &signal);
    if (error != CAP_OK)
        return error;
    error = kv_Reader_watch(reader->store, signal);
    rt_handle_drop(&signal.handle);
    return error;
}

/* Maps it, which must not be possible in a way that allows to write. */
static enum cap_err map(struct reader *reader, struct os_MemoryObject memory)
{
    enum cap_err error = os_VirtualMemory_map(reader->space, memory, 0, os_VirtualMemory_Access_readWrite,
                                              &reader->snapshot_address);
    if (error == CAP_OK)
        return CAP_ERR_INVALID;
    return os_VirtualMemory_map(reader->space, memory, 0, os_VirtualMemory_Access_read,
                                &reader->snapshot_address);
}

/* A new snapshot in place of the last one. */
static enum cap_err take_snapshot(struct reader *reader)
{
    struct os_MemoryObject memory;
    enum cap_err error = kv_Reader_snapshot(reader->store, &memory);
    if (error != CAP_OK)
        return error;
    if (reader->snapshot_address)
        error = os_VirtualMemory_unmap(reader->space, reader->snapshot_address);
    if (error == CAP_OK)
        error = os_MemoryObject_size(memory, &reader->snapshot_bytes);
    if (error == CAP_OK)
        error = map(reader, memory);
    rt_handle_drop(&memory.handle); /* the mapping keeps it */
    return error;
}

/* The snapshot's entries: copied once and then judged, since who made the memory could still write there. */
static enum cap_err open_snapshot(const struct reader *reader, struct kv_Entry_list_reader *entries)
{
    static uint64_t words[SNAPSHOT_WORDS_MAX];
    static struct wire_message_reader message;
    if (reader->snapshot_bytes > sizeof words)
        return CAP_ERR_TOO_BIG;
    memcpy(words, (const void *)(uintptr_t)reader->snapshot_address, reader->snapshot_bytes);
    wire_message_read(&message, words, (uint32_t)(reader->snapshot_bytes / sizeof words[0]), 0);
    enum cap_err error = kv_Table_check(&message);
    if (error == CAP_OK)
        *entries = kv_Table_get_entries(kv_Table_read_root(&message));
    return error;
}

static enum cap_err show(const struct reader *reader, const char *when)
{
    struct kv_Entry_list_reader entries;
    enum cap_err error = open_snapshot(reader, &entries);
    if (error != CAP_OK)
        return error;
    for (uint32_t i = 0; i < kv_Entry_list_count(entries); i++) {
        struct wire_text key = kv_Entry_get_key(kv_Entry_list_at(entries, i));
        struct wire_text value = kv_Entry_get_value(kv_Entry_list_at(entries, i));
        print(reader->console, "%s: %.*s is %.*s", when, (int)key.length, key.bytes, (int)value.length,
              value.bytes);
    }
    return CAP_OK;
}

/* The writer has put the key `end`. */
static bool is_over(const struct reader *reader)
{
    struct kv_Entry_list_reader entries;
    if (open_snapshot(reader, &entries) != CAP_OK)
        return true;
    for (uint32_t i = 0; i < kv_Entry_list_count(entries); i++)
        if (wire_text_equal(kv_Entry_get_key(kv_Entry_list_at(entries, i)), wire_text_of("end")))
            return true;
    return false;
}

/* To the service, or to the next instance of it: a call waits until there is one. */
static enum cap_err connect(struct reader *reader)
{
    enum cap_err error = watch(reader);
    return error == CAP_OK ? take_snapshot(reader) : error;
}

static enum cap_err reconnect(struct reader *reader)
{
    print(reader->console, "the service is gone; I still have its snapshot");
    rt_handle_drop(&reader->changes.handle);
    enum cap_err error = show(reader, "before");
    return error == CAP_OK ? connect(reader) : error;
}

/* Until it is over. How many instances of the service that took. */
static enum cap_err follow(struct reader *reader, uint32_t *instance_count)
{
    enum cap_err error = connect(reader);
    for (*instance_count = 1; error == CAP_OK && !is_over(reader);) {
        uint64_t change_count;
        error = os_Notification_wait(reader->changes, &change_count);
        if (error == CAP_OK) {
            print(reader->console, "changes: %lu", change_count);
            error = take_snapshot(reader);
        } else if (error == CAP_ERR_DISCONNECTED) {
            error = reconnect(reader);
            ++*instance_count;
        }
    }
    return error;
}

int main(struct rt *rt)
{
    struct reader reader = {.snapshot_address = 0};
    uint32_t instance_count;
    if (RT_CAPSET(rt, "console", os_Console, &reader.console) != CAP_OK)
        return 1;
    if (RT_CAPSET(rt, "notificationFactory", os_NotificationFactory, &reader.notifications) != CAP_OK ||
        RT_CAPSET(rt, "virtualMemory", os_VirtualMemory, &reader.space) != CAP_OK ||
        RT_CAPSET(rt, "store", kv_Reader, &reader.store) != CAP_OK)
        return 2;
    if (!cannot_put(&reader))
        return 3;
    enum cap_err error = follow(&reader, &instance_count);
    if (error == CAP_OK)
        error = show(&reader, "in the end");
    if (error != CAP_OK) {
        print(reader.console, "cannot go on: %s", error_text(error));
        return 4;
    }
    print(reader.console, "that was instance %u of the service", instance_count);
    return 0;
}
