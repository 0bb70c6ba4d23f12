/* The one thing the shim ever says: why it will not start the kernel.
 *
 * Next: boot/shim/memory.c
 */
#include "boot/shim/shim.h"

#define COM1          0x3f8
#define EXIT_PORT     0xf4 /* QEMU's isa-debug-exit; on other machines nobody listens there */
#define VGA_TEXT      0xb8000
#define VGA_COLUMNS   80
#define VGA_RED_BLACK 0x0c00
#define SPIN_MAX      100000 /* with no serial port the line status never says "ready" */

static void serial_start(void)
{
    shim_out8(COM1 + 1, 0x00); /* no interrupts */
    shim_out8(COM1 + 3, 0x80); /* divisor latch: 1, which is 115200 baud */
    shim_out8(COM1 + 0, 0x01);
    shim_out8(COM1 + 1, 0x00);
    shim_out8(COM1 + 3, 0x03); /* 8 bits, no parity, 1 stop bit */
    shim_out8(COM1 + 2, 0xc7); /* FIFO on and empty */
}

static void console_write(const char *text)
{
    static uint32_t column;
    volatile uint16_t *screen = shim_pointer(VGA_TEXT);
    for (; *text != 0; text++) {
        for (uint32_t spin = 0; spin < SPIN_MAX && (shim_in8(COM1 + 5) & 0x20) == 0; spin++)
            ;
        shim_out8(COM1, (uint8_t)*text);
        if (column < VGA_COLUMNS && *text >= ' ')
            screen[column++] = (uint16_t)(VGA_RED_BLACK | (uint8_t)*text);
    }
}

void console_refuse(const char *reason)
{
    serial_start();
    console_write("shim: refused: ");
    console_write(reason);
    console_write("\r\n");
    for (uint32_t spin = 0; spin < SPIN_MAX && (shim_in8(COM1 + 5) & 0x40) == 0; spin++)
        ;
    shim_out8(EXIT_PORT, SHIM_EXIT_REFUSED);
    for (;;)
        __asm__ volatile("cli; hlt");
}
