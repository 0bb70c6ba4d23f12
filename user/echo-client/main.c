/* A client: it calls the Echo that it was granted, looks at the answers, and lets go of it.
 *
 * Next: user/echo-server/main.c
 */
#include "build/gen/user/echo/echo.client.h"
#include "lib/error.h"
#include "user/rt/print.h"

static const char *const words[] = {"one", "two", "three"};
#define WORD_COUNT (sizeof words / sizeof words[0])

/* Calls once with `word`; whether the same word came back. */
static bool echo_returns(struct os_Console console, struct demo_Echo echo, const char *word)
{
    struct wire_text sent = wire_text_of(word);
    struct wire_text text;
    uint32_t count;

    enum cap_err error = demo_Echo_echo(echo, sent, &text, &count);
    if (error != CAP_OK) {
        print(console, "echo(\"%s\") failed: %s", word, error_text(error));
        return false;
    }
    if (!wire_text_equal(sent, text)) {
        print(console, "echo(\"%s\") gave something else back", word);
        return false;
    }
    /* `text` lies in the answer of the last one-line call. print makes the next one: use it before. */
    print(console, "echo(\"%s\") came back, as call %u of the server", word, count);
    return true;
}

int main(struct rt *rt)
{
    struct os_Console console;
    struct demo_Echo echo;
    if (RT_CAPSET(rt, "console", os_Console, &console) != CAP_OK)
        return 1;
    if (RT_CAPSET(rt, "echo", demo_Echo, &echo) != CAP_OK)
        return 2;

    uint32_t returned_count = 0;
    for (uint32_t i = 0; i < WORD_COUNT; i++)
        returned_count += echo_returns(console, echo, words[i]);

    print(console, "releasing echo");
    rt_handle_drop(&echo.handle);
    return returned_count == WORD_COUNT ? 0 : 3;
}
