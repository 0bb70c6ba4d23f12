/* Panic: the reason, the registers that matter, and the call chain with names.
 *
 * The chain is read through frame pointers, each checked to lie in kernel memory before it is followed,
 * and above the one before: a damaged stack ends the backtrace, not the panic.
 *
 * Next: kernel/main.c
 */
#include "kernel/panic.h"
#include "kernel/log.h"
#include "kernel/x86_64/context.h"
#include "kernel/x86_64/instructions.h"
#include "kernel/x86_64/serial.h"
#include "lib/check.h"
#include "lib/fmt.h"
#include "lib/symbols.h"

#define DEBUG_EXIT_PORT 0xf4
#define BACKTRACE_DEPTH 24

extern const uint64_t kernel_symbol_addresses[];
extern const uint32_t kernel_symbol_name_offsets[];
extern const char kernel_symbol_names[];
extern const uint32_t kernel_symbol_count;
extern const uint8_t kernel_text_start[], kernel_text_end[], kernel_data_start[], kernel_data_end[];

_Noreturn void kernel_halt(uint8_t code)
{
    serial_flush();
    port_write8(DEBUG_EXIT_PORT, code);
    for (;;) {
        interrupts_disable();
        __asm__ volatile("hlt");
    }
}

_Noreturn void boot_refuse(const char *format, ...)
{
    char reason[LOG_LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    fmt_format(reason, sizeof reason, format, arguments);
    va_end(arguments);
    log_error("boot", "refusing to boot: %s", reason);
    kernel_halt(HALT_BOOT_REFUSED);
}

static void backtrace_line(uint64_t address)
{
    const struct symbol_table symbols = {kernel_symbol_addresses, kernel_symbol_name_offsets,
                                         kernel_symbol_names, kernel_symbol_count};
    uint64_t offset;
    const char *name = symbol_find(&symbols, address, &offset);
    if (name)
        log_error("panic", "  %s+0x%llx", name, (unsigned long long)offset);
}

static bool is_kernel_text(uint64_t address)
{
    return address >= (uint64_t)kernel_text_start && address < (uint64_t)kernel_text_end;
}

static void backtrace(uint64_t rip, uint64_t frame)
{
    log_error("panic", "backtrace:");
    if (is_kernel_text(rip))
        backtrace_line(rip);
    for (unsigned depth = 0; depth < BACKTRACE_DEPTH; depth++) {
        if (frame % 8 || frame < (uint64_t)kernel_data_start || frame > (uint64_t)kernel_data_end - 16)
            return;
        const uint64_t *words = (const uint64_t *)frame;
        /* A return address is after the call: one less lies in the calling function. */
        if (!is_kernel_text(words[1] - 1))
            return;
        backtrace_line(words[1] - 1);
        if (words[0] <= frame)
            return;
        frame = words[0];
    }
}

static _Noreturn void panic_v(uint64_t rip, uint64_t frame, const char *format, va_list arguments)
{
    static bool is_panicking;
    interrupts_disable();
    if (is_panicking)
        kernel_halt(HALT_PANIC);
    is_panicking = true;
    log_error("panic", "PANIC: the kernel broke one of its own promises and stops");
    log_line_v(LOG_ERROR, "panic", format, arguments);
    backtrace(rip, frame);
    kernel_halt(HALT_PANIC);
}

_Noreturn void panic(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    panic_v(0, (uint64_t)__builtin_frame_address(0), format, arguments);
}

_Noreturn void panic_at(const struct context *context, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    panic_v(context->rip, context->rbp, format, arguments);
}

_Noreturn void check_failed(const char *condition, const char *file, int line)
{
    panic("CHECK failed: %s at %s:%d", condition, file, line);
}
