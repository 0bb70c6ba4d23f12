/* The serial port COM1: the log and the console.
 *
 * Next: kernel/log.c
 */
#pragma once

#include "abi/base.h"

/* 115200 baud, 8 data bits, no parity, one stop bit. A machine without COM1 loses the output. */
void serial_init(void);

/* Waits for room in the transmitter, bounded; what a dead port does not take is lost. */
void serial_write(const char *bytes, uint32_t count);
