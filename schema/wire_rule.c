/* The texts of the rules.
 *
 * Next: schema/wire_read.c
 */
#include "schema/wire_rule.h"

const char *wire_rule_text(enum wire_rule rule)
{
    switch (rule) {
#define WIRE_RULE_CASE(name, text) \
    case WIRE_RULE_##name:         \
        return text;
        WIRE_RULES(WIRE_RULE_CASE)
#undef WIRE_RULE_CASE
    }
    return "unknown rule";
}
