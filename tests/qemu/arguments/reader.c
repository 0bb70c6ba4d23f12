/* A service that prints what it was started with. Next: tests/qemu/arguments/giver.c */
#include "lib/fmt.h"
#include "user/rt/arguments.h"
#include "user/rt/print.h"

int main(struct rt *rt)
{
    struct os_Console console;
    struct wire_message_reader message;
    struct wire_list_reader texts;
    char line[200] = "";
    uint32_t length = 0;
    if (RT_CAPSET(rt, "console", os_Console, &console) || rt_argument_texts(rt, &message, &texts))
        return 1;
    for (uint32_t i = 0; i < texts.count; i++) {
        struct wire_text text = wire_list_text(texts, i);
        length += fmt_print(line + length, sizeof line - length, " <%.*s>", (int)text.length, text.bytes);
    }
    return print(console, "%u texts:%s", texts.count, line) ? 2 : 0;
}
