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

/* A power of two. Newlines take two bytes on the port, but one here. */
#define BUFFER_BYTES 32768

/* Bytes that the port's FIFO takes at once. */
#define FIFO_BYTES 16

static bool is_present;
static char buffer[BUFFER_BYTES];
static uint32_t written; /* bytes put into the buffer, and bytes taken out: both run freely */
static uint32_t sent;
static bool is_return_sent; /* of the newline that is next */

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

/* The next byte for the port: a newline is sent as return and newline. */
static uint8_t next_byte(void)
{
    char byte = buffer[sent % BUFFER_BYTES];
    if (byte == '\n' && !is_return_sent) {
        is_return_sent = true;
        return '\r';
    }
    is_return_sent = false;
    sent++;
    return (uint8_t)byte;
}

void serial_drain(void)
{
    while (sent != written && port_read8(COM1 + REG_STATUS) & STATUS_EMPTY)
        for (uint32_t i = 0; i < FIFO_BYTES && sent != written; i++)
            port_write8(COM1 + REG_DATA, next_byte());
}

bool serial_is_drained(void)
{
    return sent == written;
}

/* Until `count` bytes are free. A port that takes nothing for long is given up, with what is in the buffer.
 */
static void wait_for_room(uint32_t count)
{
    uint32_t last = sent;
    for (uint32_t i = 0; i < WAIT_READS_MAX && !serial_has_room(count); i++) {
        serial_drain();
        if (sent != last) {
            last = sent;
            i = 0;
        }
    }
    if (!serial_has_room(count))
        sent = written;
}

bool serial_has_room(uint32_t count)
{
    return count <= BUFFER_BYTES - (written - sent);
}

void serial_write(const char *bytes, uint32_t count)
{
    for (uint32_t i = 0; i < count && is_present; i++) {
        if (!serial_has_room(1))
            wait_for_room(1);
        buffer[written++ % BUFFER_BYTES] = bytes[i];
    }
    serial_drain();
}

void serial_flush(void)
{
    wait_for_room(BUFFER_BYTES);
}
