/* The 16550 UART at its legacy address (PC16550D data sheet, table II).
 *
 * Next: kernel/log.c
 */
#include "kernel/x86_64/serial.h"
#include "kernel/x86_64/instructions.h"

#define COM1           0x3f8
#define REG_DATA       0
#define REG_IRQ        1
#define REG_FIFO       2
#define REG_LINE       3
#define REG_MODEM      4
#define REG_STATUS     5
#define LINE_8N1       0x03
#define LINE_DIVISOR   0x80
#define STATUS_EMPTY   0x20
#define DIVISOR_115200 1

/* A byte takes 87 us; a port read takes about 1 us. */
#define WAIT_READS_MAX 100000

static bool is_present;

void serial_init(void)
{
    port_write8(COM1 + REG_IRQ, 0);
    port_write8(COM1 + REG_LINE, LINE_DIVISOR);
    port_write8(COM1 + REG_DATA, DIVISOR_115200);
    port_write8(COM1 + REG_IRQ, 0);
    port_write8(COM1 + REG_LINE, LINE_8N1);
    port_write8(COM1 + REG_FIFO, 0xc7);
    port_write8(COM1 + REG_MODEM, 0x03);
    is_present = port_read8(COM1 + REG_STATUS) != 0xff;
}

static void serial_write_byte(uint8_t byte)
{
    for (unsigned i = 0; i < WAIT_READS_MAX && is_present; i++) {
        if (port_read8(COM1 + REG_STATUS) & STATUS_EMPTY) {
            port_write8(COM1 + REG_DATA, byte);
            return;
        }
    }
    is_present = false;
}

void serial_write(const char *bytes, uint32_t count)
{
    for (uint32_t i = 0; i < count && is_present; i++) {
        if (bytes[i] == '\n')
            serial_write_byte('\r');
        serial_write_byte((uint8_t)bytes[i]);
    }
}
