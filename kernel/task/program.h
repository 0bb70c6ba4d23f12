/* What a process begins with that comes from its program file: memory and registers.
 *
 * Next: kernel/task/program.c
 */
#pragma once

#include "kernel/task/process.h"

/* Loads the segments of an accepted plan from the bytes that it was made of, and makes thread-local storage
 * and the stack. After an error (CAP_ERR_QUOTA, CAP_ERR_NO_MEMORY) the process's memory may be there in part.
 */
CAP_MUST_CHECK enum cap_err program_load(struct process *process, const struct elf_plan *plan,
                                         const struct elf_source *elf);
