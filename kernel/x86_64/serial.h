/* The serial port COM1: the log and the console.
 *
 * What is written goes into a buffer, and from there to the port as fast as that takes it: while something is
 * written, and at each tick. Nobody waits for the port but who ends the system.
 *
 * Next: kernel/log.c
 */
#pragma once

#include "abi/base.h"

/* 115200 baud, 8 data bits, no parity, one stop bit. A machine without COM1 loses the output. */
void serial_init(void);

/* Whether so many bytes can be written without waiting. */
bool serial_has_room(uint32_t count);

/* Writes all of it; waits for the port only if the buffer is full. */
void serial_write(const char *bytes, uint32_t count);

/* Gives the port what it takes at once. */
void serial_drain(void);

/* Whether the port has taken everything. */
bool serial_is_drained(void);

/* Waits until everything is out, bounded. */
void serial_flush(void);
