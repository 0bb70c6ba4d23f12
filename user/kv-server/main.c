/* The key-value service: it serves Store, and so Reader too, on one endpoint.
 *
 * It does not know who may do what. A client with a facet of Reader cannot call Store's methods: the kernel
 * refuses that before this program hears of it. All that it knows lies in one page; readers map it, and only
 * this process can write it. When the process ends so does what it knew (systems/kv.cue), but not what others
 * have mapped.
 *
 * Next: user/kv-writer/main.c
 */
#include "build/gen/user/kv/kv.client.h"
#include "lib/error.h"
#include "lib/mem.h"
#include "user/rt/print.h"
#include "user/rt/serve.h"

#define WATCHERS_MAX   4
#define ENTRIES_MAX    32
#define SNAPSHOT_WORDS 1024 /* an entry takes 18 at most: two pointers and two texts */

struct entry {
    char key[32]; /* with the closing NUL, as the value */
    char value[96];
};

struct server {
    struct os_Console console;
    struct os_FrameAllocator frames;
    struct os_VirtualMemory space;
    uint32_t watcher_count;
    struct os_Signal watchers[WATCHERS_MAX];
    uint32_t entry_count;
    struct entry entries[ENTRIES_MAX];
    uint64_t snapshot[SNAPSHOT_WORDS]; /* where one is built */
};

static struct entry *find(struct server *server, struct wire_text key)
{
    for (uint32_t i = 0; i < server->entry_count; i++)
        if (wire_text_equal(wire_text_of(server->entries[i].key), key))
            return &server->entries[i];
    return NULL;
}

/* ---- Reader --------------------------------------------------------------------------------------- */

static enum cap_err get(void *self, struct wire_call *call, struct kv_Reader_get_Params_reader params)
{
    const struct entry *entry = find(self, kv_Reader_get_Params_get_key(params));
    if (!entry)
        return wire_call_raise(call, os_CapException_Type_failed, wire_text_of("there is no such key"));
    return kv_Reader_get_Results_set_value(kv_Reader_get_Results_init(call), wire_text_of(entry->value));
}

static enum cap_err watch(void *self, struct wire_call *call, struct kv_Reader_watch_Params_reader params)
{
    struct server *server = self;
    struct rt_handle signal;
    if (server->watcher_count == WATCHERS_MAX)
        return CAP_ERR_AGAIN;
    if (rt_serve_take(call, kv_Reader_watch_Params_get_signal(params), &signal) != CAP_OK)
        return CAP_ERR_INVALID;
    server->watchers[server->watcher_count++] = (struct os_Signal){signal};
    print(server->console, "badge %lu watches", call->badge);
    return CAP_OK;
}

/* How many bytes. */
static enum cap_err build_snapshot(struct server *server, uint64_t *bytes)
{
    struct wire_message_builder message;
    wire_message_build(&message, server->snapshot, SNAPSHOT_WORDS);
    struct kv_Entry_list_builder list =
        kv_Table_init_entries(kv_Table_init_root(&message), server->entry_count);
    enum cap_err error = CAP_OK;
    for (uint32_t i = 0; i < server->entry_count && error == CAP_OK; i++) {
        struct kv_Entry_builder entry = kv_Entry_list_builder_at(list, i);
        error = kv_Entry_set_key(entry, wire_text_of(server->entries[i].key));
        if (error == CAP_OK)
            error = kv_Entry_set_value(entry, wire_text_of(server->entries[i].value));
    }
    *bytes = message.word_count * sizeof(uint64_t);
    return error;
}

/* New memory with the snapshot in it, which is mapped here only as long as it is written. */
static enum cap_err fill_memory(struct server *server, uint64_t bytes, struct os_MemoryObject *memory)
{
    uint64_t address;
    enum cap_err error = os_FrameAllocator_create(server->frames, bytes, memory);
    if (error != CAP_OK)
        return error;
    error = os_VirtualMemory_map(server->space, *memory, 0, os_VirtualMemory_Access_readWrite, &address);
    if (error == CAP_OK) {
        memcpy((void *)(uintptr_t)address, server->snapshot, bytes);
        error = os_VirtualMemory_unmap(server->space, address);
    }
    if (error != CAP_OK)
        rt_handle_drop(&memory->handle);
    return error;
}

/* The reader gets the narrower capability; the wider one goes. */
static enum cap_err snapshot(void *self, struct wire_call *call,
                             struct kv_Reader_snapshot_Params_reader params)
{
    struct server *server = self;
    struct os_MemoryObject memory, read_only;
    uint64_t bytes;
    (void)params;
    enum cap_err error = build_snapshot(server, &bytes);
    if (error == CAP_OK)
        error = fill_memory(server, bytes, &memory);
    if (error != CAP_OK)
        return error;
    error = os_MemoryObject_readOnly(memory, &read_only);
    rt_handle_drop(&memory.handle);
    if (error != CAP_OK)
        return error;
    uint32_t index = rt_serve_attach(call, read_only.handle, CAP_TRANSFER_MOVE);
    return kv_Reader_snapshot_Results_set_memory(kv_Reader_snapshot_Results_init(call), index);
}

/* ---- Store ---------------------------------------------------------------------------------------- */

/* Who no longer waits is forgotten: the last one takes its place. */
static void tell_watchers(struct server *server)
{
    for (uint32_t i = 0; i < server->watcher_count;) {
        if (os_Signal_signal(server->watchers[i], 1) != CAP_ERR_DISCONNECTED) {
            i++;
            continue;
        }
        rt_handle_drop(&server->watchers[i].handle);
        server->watchers[i] = server->watchers[--server->watcher_count];
    }
}

static void copy(char *to, uint32_t room, struct wire_text text)
{
    memset(to, 0, room);
    memcpy(to, text.bytes, text.length < room ? text.length : room - 1);
}

static enum cap_err put(void *self, struct wire_call *call, struct kv_Store_put_Params_reader params)
{
    struct server *server = self;
    struct wire_text key = kv_Store_put_Params_get_key(params);
    if (key.length == 0)
        return CAP_ERR_INVALID;
    if (wire_text_equal(key, wire_text_of("crash")))
        __builtin_trap(); /* the flaw of this service */

    struct entry *entry = find(server, key);
    if (!entry && server->entry_count == ENTRIES_MAX)
        return CAP_ERR_AGAIN;
    if (!entry)
        entry = &server->entries[server->entry_count++];
    copy(entry->key, sizeof entry->key, key);
    copy(entry->value, sizeof entry->value, kv_Store_put_Params_get_value(params));
    tell_watchers(server);
    kv_Store_put_Results_set_told(kv_Store_put_Results_init(call), server->watcher_count);
    return CAP_OK;
}

/* Store's dispatch hands calls of Reader to Reader's methods. */
static const struct kv_Reader_server reader_methods = {.get = get, .watch = watch, .snapshot = snapshot};
static const struct kv_Store_server store_methods = {.kv_Reader = &reader_methods, .put = put};

static enum cap_err dispatch(void *self, struct wire_call *call)
{
    return kv_Store_dispatch(&store_methods, self, call);
}

/* ---- Start ---------------------------------------------------------------------------------------- */

int main(struct rt *rt)
{
    static struct server server;
    struct os_Endpoint endpoint;
    if (RT_CAPSET(rt, "console", os_Console, &server.console) != CAP_OK)
        return 1;
    if (RT_CAPSET(rt, "store", os_Endpoint, &endpoint) != CAP_OK ||
        RT_CAPSET(rt, "frameAllocator", os_FrameAllocator, &server.frames) != CAP_OK ||
        RT_CAPSET(rt, "virtualMemory", os_VirtualMemory, &server.space) != CAP_OK)
        return 2;
    print(server.console, "serving; there is nothing in the table yet");
    enum cap_err error = rt_serve(rt, endpoint.handle, dispatch, &server);
    if (error != CAP_OK) {
        print(server.console, "cannot receive: %s", error_text(error));
        return 3;
    }
    print(server.console, "nobody can call any more; %u entries go with me", server.entry_count);
    return 0;
}
