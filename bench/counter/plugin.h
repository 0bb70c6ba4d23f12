/* The part of QEMU's plugin interface that the counter uses, written down from the interface's documentation
 * (QEMU 7.2, docs/devel/tcg-plugins; version 1): Debian packages QEMU without the header.
 *
 * A plugin is a shared object that exports qemu_plugin_version and qemu_plugin_install. QEMU's own symbols
 * are found when it is loaded.
 *
 * Next: bench/counter/counter.c
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_info_t;

/* What a callback may do with the guest's registers: nothing. */
enum qemu_plugin_cb_flags {
    QEMU_PLUGIN_CB_NO_REGS,
};

enum qemu_plugin_mem_rw {
    QEMU_PLUGIN_MEM_R = 1,
    QEMU_PLUGIN_MEM_W,
};

#define PLUGIN_EXPORT __attribute__((visibility("default")))

/* The plugin's side. */
extern PLUGIN_EXPORT int qemu_plugin_version;
PLUGIN_EXPORT int qemu_plugin_install(uint64_t id, const struct qemu_info_t *info, int argc, char **argv);

/* QEMU's side. Translation comes before execution, and the same code may be translated again. */
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id,
                                           void (*translated)(uint64_t id, struct qemu_plugin_tb *block));
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
                                            void (*executed)(unsigned cpu, void *userdata),
                                            enum qemu_plugin_cb_flags flags, void *userdata);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn,
                                      void (*accessed)(unsigned cpu, uint32_t info, uint64_t vaddr,
                                                       void *userdata),
                                      enum qemu_plugin_cb_flags flags, enum qemu_plugin_mem_rw which,
                                      void *userdata);
unsigned qemu_plugin_mem_size_shift(uint32_t info);
bool qemu_plugin_mem_is_store(uint32_t info);
void qemu_plugin_register_atexit_cb(uint64_t id, void (*ended)(uint64_t id, void *userdata), void *userdata);
