/* A process that does one thing, its only argument, and ends.
 *
 * Next: tests/qemu/spawn-cycles/spawn-cycles.c
 */
#pragma once

#include "build/gen/schema/capos.client.h"
#include "user/rt/arguments.h"
#include "user/rt/enter.h"

#define BRIEF_EXIT  "exit"
#define BRIEF_FAULT "fault"
#define BRIEF_WAIT  "wait"
#define BRIEF_HOLD  "hold"

/* Maps memory, makes a client facet of what it was given, and keeps all of it. */
static inline int brief_hold(struct rt *rt)
{
    struct os_FrameAllocator allocator;
    struct os_VirtualMemory space;
    struct os_Endpoint endpoint;
    struct os_MemoryObject memory = {{.rt = rt}};
    struct rt_handle client;
    uint64_t address = 0;
    return RT_CAPSET(rt, "frameAllocator", os_FrameAllocator, &allocator) ||
           RT_CAPSET(rt, "virtualMemory", os_VirtualMemory, &space) ||
           RT_CAPSET(rt, "endpoint", os_Endpoint, &endpoint) ||
           os_FrameAllocator_create(allocator, 5 * 4096, &memory) ||
           os_VirtualMemory_map(space, memory, 0, os_VirtualMemory_Access_readWrite, &address) ||
           os_Endpoint_makeClient(endpoint, 1, &client);
}

/* The exit code of main. */
static inline int brief_run(struct rt *rt)
{
    struct wire_message_reader message;
    struct wire_list_reader texts;
    if (rt_argument_texts(rt, &message, &texts) || texts.count != 1)
        return 77;
    struct wire_text what = wire_list_text(texts, 0);
    if (wire_text_equal(what, wire_text_of(BRIEF_FAULT)))
        __asm__ volatile("ud2");
    if (wire_text_equal(what, wire_text_of(BRIEF_WAIT)))
        rt_enter(1, 3600ull * 1000000000);
    if (wire_text_equal(what, wire_text_of(BRIEF_HOLD)))
        return brief_hold(rt);
    return 0;
}
