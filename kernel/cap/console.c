/* Console: lines on the serial port, each with the name of the process that wrote it.
 *
 * Next: lib/cap_table.h
 */
#include "build/gen/schema/capos.capnp.h"
#include "kernel/cap/objects.h"
#include "kernel/ring/kernel_call.h"
#include "kernel/task/program_log.h"
#include "kernel/x86_64/serial.h"
#include "lib/fmt.h"
#include "lib/utf8.h"

/* Written in pieces of this size, so that the stack stays small. */
#define PIECE_BYTES 128

/* Lines that one text may begin; later newlines are shown as such. */
#define LINES_MAX 16

/* The most that one text can become: each byte an escape, each line a name. */
#define LINE_BYTES_MAX (4 * 1024 + LINES_MAX * (CAP_NAME_BYTES_MAX + 5))

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

/* One visible character as it is, or one byte as an escape. Returns how many bytes that was. */
static uint32_t put_user_text(struct console_writer *writer, const char *bytes, uint32_t count)
{
    uint32_t length = utf8_visible_length(bytes, count);
    for (uint32_t i = 0; i < length; i++)
        put(writer, bytes[i]);
    if (length)
        return length;
    char escape[8];
    fmt_print(escape, sizeof escape, "\\x%02x", (uint8_t)bytes[0]);
    put_text(writer, escape);
    return 1;
}

static enum cap_err console_write_line(void *self, struct wire_call *wire,
                                       struct os_Console_writeLine_Params_reader params)
{
    (void)self;
    struct process *process = kernel_call_caller(wire);
    struct console_writer writer = {.process_name = process->name};
    struct wire_text line = os_Console_writeLine_Params_get_line(params);
    if (!serial_has_room(LINE_BYTES_MAX))
        return CAP_ERR_AGAIN;
    program_log_keep(&process->account, process->name, line.bytes, line.length);
    put_prefix(&writer);
    uint32_t line_count = 1;
    for (uint32_t i = 0; i < line.length;) {
        if (line.bytes[i] != '\n' || line_count == LINES_MAX) {
            i += put_user_text(&writer, line.bytes + i, line.length - i);
            continue;
        }
        put(&writer, '\n');
        put_prefix(&writer);
        line_count++;
        i++;
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
