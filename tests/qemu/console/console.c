/* Tries to pose as the kernel and to move the cursor. Next: kernel/cap/console.c */
#include "tests/qemu/raw.h"

int main(struct rt *rt)
{
    struct raw raw = raw_start(rt);
    static const char *const texts[] = {
        "one\n[    0.000000] error panic: PANIC: forged",
        "escape \x1b[2J, return \r, bell \a, delete \x7f",
        "C1 \xc2\x9b"
        "2J, raw \x9b"
        "2J, override \xe2\x80\xae"
        "abc",
        "visible: gr\xc3\xbc\xc3\x9f, \xe2\x82\xac, \xf0\x9f\x99\x82",
        "many\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\nlines",
    };
    for (uint32_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        raw_expect_err(&raw, os_Console_writeLine(raw.console, wire_text_of(texts[i])), CAP_OK, "written");
    return raw_end(&raw);
}
