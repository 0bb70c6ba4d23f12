/* Puts entries into the store, makes the service crash, and puts them in again.
 *
 * That the service has lost everything is this program's business: it alone knows what it had put. The kernel
 * says that the call ended with the service; init starts the next instance; a call made meanwhile waits for
 * that.
 *
 * Next: user/kv-reader/main.c
 */
#include "build/gen/user/kv/kv.client.h"
#include "lib/error.h"
#include "user/rt/print.h"

#define PAUSE_NS   50000000
#define PAUSES_MAX 200

struct writer {
    struct os_Console console;
    struct os_Timer clock;
    struct kv_Store store;
};

static bool put(struct writer *writer, const char *key, const char *value, uint32_t *told)
{
    enum cap_err error = kv_Store_put(writer->store, wire_text_of(key), wire_text_of(value), told);
    if (error != CAP_OK)
        print(writer->console, "put(%s) failed: %s", key, error_text(error));
    return error == CAP_OK;
}

static bool put_all(struct writer *writer)
{
    uint32_t told;
    return put(writer, "colour", "blue", &told) && put(writer, "shape", "round", &told);
}

/* A Store is a Reader: the same capability, another interface. */
static bool read_back(struct writer *writer)
{
    struct wire_text value;
    struct kv_Reader reader = kv_Store_as_kv_Reader(writer->store);
    enum cap_err error = kv_Reader_get(reader, wire_text_of("colour"), &value);
    if (error != CAP_OK) {
        print(writer->console, "get(colour) failed: %s", error_text(error));
        return false;
    }
    print(writer->console, "colour is %.*s", (int)value.length, value.bytes);
    return true;
}

static bool pause(struct writer *writer)
{
    uint64_t now;
    return os_Timer_now(writer->clock, &now) == CAP_OK &&
           os_Timer_sleepUntil(writer->clock, now + PAUSE_NS) == CAP_OK;
}

/* Until somebody watches, who then has time to look at the last change, so that the crash is seen. */
static bool await_watcher(struct writer *writer)
{
    uint32_t told = 0;
    for (uint32_t i = 0; i < PAUSES_MAX && told == 0; i++)
        if (!put(writer, "shape", "square", &told) || !pause(writer))
            return false;
    return told > 0;
}

static bool crash_service(struct writer *writer)
{
    uint32_t told;
    enum cap_err error = kv_Store_put(writer->store, wire_text_of("crash"), wire_text_of("now"), &told);
    print(writer->console, "put(crash): %s", error_text(error));
    return error == CAP_ERR_PEER_DEAD;
}

int main(struct rt *rt)
{
    struct writer writer;
    uint32_t told;
    if (RT_CAPSET(rt, "console", os_Console, &writer.console) != CAP_OK)
        return 1;
    if (RT_CAPSET(rt, "clock", os_Timer, &writer.clock) != CAP_OK ||
        RT_CAPSET(rt, "store", kv_Store, &writer.store) != CAP_OK)
        return 2;
    if (!put_all(&writer) || !read_back(&writer) || !await_watcher(&writer) || !crash_service(&writer))
        return 3;
    print(writer.console, "putting everything in again");
    if (!put_all(&writer) || !read_back(&writer) || !put(&writer, "end", "yes", &told))
        return 4;
    return 0;
}
