/* The end of a process that did what it may not.
 *
 * Next: kernel/task/fault.c
 */
#pragma once

#include "abi/base.h"

struct process;

/* Logs the fault and ends the process. kind is an enum os_Fault_Kind; address as in the schema's Fault. */
void process_fault(struct process *process, uint16_t kind, uint64_t address);
