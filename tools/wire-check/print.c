/* The structure of a message, without a schema: one line for each object, indented by depth.
 *
 * Depth first, with its own stack of pointers still to be printed; the readers bound depth and number.
 *
 * Next: tools/wire-check/load.c
 */
#include <stdlib.h>

#include "tools/wire-check/wire_check.h"

/* Bytes of a list, and elements of a stack, that are shown at most. */
#define SHOWN_BYTES 48

struct item {
    struct wire_pointer_reader pointer;
    uint32_t level;
    uint32_t index; /* of the pointer in its parent */
};

struct stack {
    struct item *items;
    size_t count;
    size_t capacity;
};

static void push(struct stack *stack, struct wire_pointer_reader pointer, uint32_t level, uint32_t index)
{
    if (stack->count == stack->capacity) {
        stack->capacity = stack->capacity * 2 + 64;
        stack->items = realloc(stack->items, stack->capacity * sizeof *stack->items);
        if (!stack->items) {
            fputs("wire-check: out of memory\n", stderr);
            exit(2);
        }
    }
    stack->items[stack->count++] = (struct item){pointer, level, index};
}

/* Pushes the pointers of a struct, last first, so that the first is printed first. */
static void push_pointers(struct stack *stack, struct wire_struct_reader s, uint32_t level)
{
    for (uint32_t i = s.pointer_count; i-- > 0;)
        if (wire_has_pointer(s, i))
            push(stack, wire_get_pointer(s, i), level, i);
}

static void print_data(struct wire_struct_reader s)
{
    for (uint32_t word = 0; word < s.data_bits / 64; word++)
        printf(" %016llx", (unsigned long long)wire_get_u64(s, word * 8));
}

static void print_bytes(struct wire_list_reader list)
{
    printf(" \"");
    for (uint32_t i = 0; i < list.count && i < SHOWN_BYTES; i++) {
        uint8_t byte = wire_list_u8(list, i);
        if (byte >= 32 && byte < 127 && byte != '"' && byte != '\\')
            putchar(byte);
        else
            printf("\\x%02x", byte);
    }
    printf("\"%s", list.count > SHOWN_BYTES ? "..." : "");
}

static void print_scalars(struct wire_list_reader list)
{
    for (uint32_t i = 0; i < list.count && i < SHOWN_BYTES; i++) {
        unsigned long long value = 0;
        switch (list.element) {
        case WIRE_ELEMENT_BIT:
            value = wire_list_bool(list, i);
            break;
        case WIRE_ELEMENT_TWO_BYTES:
            value = wire_list_u16(list, i);
            break;
        case WIRE_ELEMENT_FOUR_BYTES:
            value = wire_list_u32(list, i);
            break;
        default:
            value = wire_list_u64(list, i);
        }
        printf(" %llu", value);
    }
    printf("%s", list.count > SHOWN_BYTES ? " ..." : "");
}

static void print_list(struct stack *stack, struct wire_list_reader list, uint32_t level)
{
    static const char *const names[] = {"voids",         "bits",          "bytes",    "2-byte values",
                                        "4-byte values", "8-byte values", "pointers", "structs"};
    printf("list of %u %s", list.count, names[list.element]);
    if (list.element == WIRE_ELEMENT_BYTE)
        print_bytes(list);
    else if (list.element == WIRE_ELEMENT_STRUCT)
        printf(" of %u data words and %u pointers", list.data_bits / 64, list.pointer_count);
    else if (list.data_bits > 0)
        print_scalars(list);
    putchar('\n');
    if (list.element == WIRE_ELEMENT_POINTER)
        for (uint32_t i = list.count; i-- > 0;)
            if (!wire_pointer_is_null(wire_list_pointer(list, i)))
                push(stack, wire_list_pointer(list, i), level + 1, i);
    if (list.element != WIRE_ELEMENT_STRUCT || list.stride_bits == 0)
        return;
    for (uint32_t i = 0; i < list.count && list.message->rule == WIRE_RULE_NONE; i++) {
        struct wire_struct_reader s = wire_list_struct(list, i);
        printf("%*selement %u:", 2 * (int)level + 2, "", i);
        print_data(s);
        putchar('\n');
    }
    for (uint32_t i = list.count; i-- > 0;)
        push_pointers(stack, wire_list_struct(list, i), level + 2);
}

static void print_item(struct stack *stack, struct item item)
{
    struct wire_message_reader *message = item.pointer.message;
    struct wire_location to;
    if (!wire_message_locate(message, item.pointer.words, item.pointer.word_count, item.pointer.at, &to))
        return;
    printf("%*s[%u] ", 2 * (int)item.level, "", item.index);
    switch (to.pointer & 3) {
    case WIRE_KIND_STRUCT: {
        struct wire_struct_reader s = wire_pointer_struct(item.pointer);
        printf("struct of %u data words and %u pointers:", s.data_bits / 64, s.pointer_count);
        print_data(s);
        putchar('\n');
        push_pointers(stack, s, item.level + 1);
        return;
    }
    case WIRE_KIND_LIST:
        print_list(stack, wire_follow_any_list(item.pointer), item.level);
        return;
    default:
        printf("capability %u\n", wire_pointer_cap(item.pointer));
    }
}

void print_message(struct wire_message_reader *message)
{
    struct stack stack = {0};
    if (message->word_count > 0 && message->words[0] != 0)
        push(&stack,
             (struct wire_pointer_reader){message, message->words, message->word_count, 0, WIRE_DEPTH_MAX}, 0,
             0);
    else
        printf("a null root: every field has its default\n");
    while (stack.count > 0 && message->rule == WIRE_RULE_NONE)
        print_item(&stack, stack.items[--stack.count]);
    free(stack.items);
}
