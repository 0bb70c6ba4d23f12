/* Console: lines on the serial port, each with the name of the process that wrote it.
 *
 * Next: lib/cap_table.h
 */
#include "build/gen/schema/capos.capnp.h"
#include "kernel/cap/objects.h"
#include "kernel/ring/kernel_call.h"
#include "kernel/x86_64/serial.h"
#include "lib/fmt.h"

/* Written in pieces of this size, so that the stack stays small. */
#define PIECE_BYTES 128

struct console_writer {
    const char *process_name;
    char piece[PIECE_BYTES];
    uint32_t used;
};

static void put(struct console_writer *writer, char byte)
{
    if (writer->used == PIECE_BYTES) {
        serial_write(writer->piece, writer->used);
        writer->used = 0;
    }
    writer->piece[writer->used++] = byte;
}

static void put_text(struct console_writer *writer, const char *text)
{
    while (*text)
        put(writer, *text++);
}

static void put_prefix(struct console_writer *writer)
{
    put_text(writer, writer->process_name);
    put_text(writer, " | ");
}

/* Bytes from 0x80 on are UTF-8's; control characters could move the cursor and are shown instead. */
static void put_user_byte(struct console_writer *writer, char byte)
{
    uint8_t value = (uint8_t)byte;
    if (value >= 0x20 && value != 0x7f) {
        put(writer, byte);
        return;
    }
    char escape[8];
    fmt_print(escape, sizeof escape, "\\x%02x", value);
    put_text(writer, escape);
}

static enum cap_err console_write_line(void *self, struct wire_call *wire,
                                       struct os_Console_writeLine_Params_reader params)
{
    (void)self;
    struct console_writer writer = {.process_name = kernel_call_caller(wire)->name};
    struct wire_text line = os_Console_writeLine_Params_get_line(params);
    put_prefix(&writer);
    for (uint32_t i = 0; i < line.length; i++) {
        if (line.bytes[i] != '\n') {
            put_user_byte(&writer, line.bytes[i]);
            continue;
        }
        put(&writer, '\n');
        put_prefix(&writer);
    }
    put(&writer, '\n');
    serial_write(writer.piece, writer.used);
    return CAP_OK;
}

static const struct os_Console_server console_server = {.writeLine = console_write_line};

static enum cap_err console_dispatch(struct object *object, struct wire_call *wire)
{
    return os_Console_dispatch(&console_server, object, wire);
}

static const struct object_ops console_ops = {
    .name = "Console",
    .can_copy = true,
    .can_move = true,
    .is_timer_safe = false,
    .dispatch = console_dispatch,
};

static struct object console = OBJECT_STATIC(&console_ops, os_Console_ID);

struct object *console_object(void)
{
    return &console;
}
