/* The names and texts of abi/error.h, found by number.
 *
 * Next: lib/mem.h
 */
#include "lib/error.h"

const char *error_name(enum cap_err err)
{
    switch (err) {
#define ERROR_NAME_CASE(name, number, text) \
    case CAP_##name:                        \
        return #name;
        CAP_ERRORS(ERROR_NAME_CASE)
#undef ERROR_NAME_CASE
    }
    return "ERR_UNKNOWN";
}

const char *error_text(enum cap_err err)
{
    switch (err) {
#define ERROR_TEXT_CASE(name, number, text) \
    case CAP_##name:                        \
        return text;
        CAP_ERRORS(ERROR_TEXT_CASE)
#undef ERROR_TEXT_CASE
    }
    return "the number is not an error of capOS; check where it comes from";
}
