/* Next: user/rt/call.c */
#include "user/rt/print.h"
#include "lib/fmt.h"

#define LINE_BYTES_MAX 1024 /* maxLength of writeLine's parameter in schema/capos.capnp */

enum cap_err print(struct os_Console console, const char *format, ...)
{
    char line[LINE_BYTES_MAX + 1];
    va_list arguments;

    va_start(arguments, format);
    uint32_t length = fmt_format(line, sizeof line, format, arguments);
    va_end(arguments);
    if (length > LINE_BYTES_MAX) {
        length = LINE_BYTES_MAX;
        for (uint32_t i = 1; i <= 3; i++)
            line[length - i] = '.';
    }
    return os_Console_writeLine(console, (struct wire_text){line, length});
}
