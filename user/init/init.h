/* init: the first process. It reads what to boot, starts everything else, and starts again what the manifest
 * wants to be started again.
 *
 *   main.c        find own capabilities, then the steps below, then the summary
 *   boot.c        map and judge the manifest
 *   channels.c    make every endpoint and every client facet that services are to get
 *   narrow.c      make what a grant has less than its source
 *   service.c     start one service with exactly its grants
 *   supervisor.c  what follows each end: a restart after a while, or an end for good
 *   watch.c       wait for all processes and back-offs at once
 *   ending.c      say how a process ended
 *
 * init holds more than any other process, so it does little: it hands out what the manifest names, and of
 * that keeps only what the next instance of a service will need.
 *
 * Next: user/init/main.c
 */
#pragma once

#include "build/gen/schema/capos.client.h"
#include "build/gen/schema/testing.client.h"
#include "lib/manifest.h"
#include "user/rt/pending.h"

#define INIT_EXIT_BROKEN     101 /* init could not do its own part; its last line says why */
#define INIT_EXIT_HALTED     102 /* a service has reached its limit of restarts, and that halts the system */
#define INIT_EXIT_FAILED_MAX 100 /* else: how many services failed, at most this */

/* ---- Services ------------------------------------------------------------------------------------- */

/*            start                    end, to be started again
 *   DOWN ------------> RUNS ---------------------------------> BACKS_OFF
 *    ^                  |  ^         the back-off is over          |  |
 *    |   end for good   |  +---------------------------------------+  |
 *    +------------------+-------- it could not be started, limit -----+
 *
 * supervisor.c makes all of these steps. */
enum service_state {
    SERVICE_DOWN,
    SERVICE_RUNS,
    SERVICE_BACKS_OFF,
};

struct init_service {
    enum service_state state;
    bool is_watched; /* one of the watches is for it */
    bool has_failed; /* its last end was another than exit code 0, or it has reached its limit */
    uint32_t restart_count;
    uint64_t restart_at_ns;          /* BACKS_OFF: until then */
    struct os_ProcessHandle process; /* RUNS */

    /* What it gets from init and other services: the endpoints of its exports, and behind these, for each
     * grant its client facet, or what the source was narrowed to, or null for a whole kernel object. Owned
     * here until the service has been started for the last time; then all are null. */
    cap_id_t channels[MANIFEST_CAPS_MAX];
    cap_id_t revokers[MANIFEST_CAPS_MAX]; /* in the same places: of facets, until it has ended for good */
};

/* ---- Watches -------------------------------------------------------------------------------------- */

/* As many as the CQ has places for, but for those that init's own calls need meanwhile. */
#define WATCHES_MAX        (CAP_CQ_ENTRIES - 4)
#define WATCH_ANSWER_WORDS 48 /* a ProcessEnd takes 8; a CapException with the longest reason 35 */

/* One call that takes long: the wait for a process, or a sleep. */
struct watch {
    struct rt_pending pending;
    bool is_used;
    uint32_t service_index;
    struct cap_time_limit limit;
    uint64_t params[2];
    uint64_t answer[WATCH_ANSWER_WORDS];
};

struct watches {
    struct watch of_services[WATCHES_MAX];
    uint32_t next_index; /* the service to look at first for the next free watch */
    struct watch run_on; /* the sleep without end of a system that runs on */
};

/* ---- init ----------------------------------------------------------------------------------------- */

/* About 50 KiB. */
struct init {
    struct rt *rt;
    struct os_Console console;
    struct os_BootPackage boot_package;
    struct os_ProcessSpawner process_spawner;
    struct os_EndpointFactory endpoint_factory;
    struct os_VirtualMemory virtual_memory;
    struct os_FacetFactory facet_factory; /* from here on: null unless the manifest gives them to init */
    struct os_Timer timer;
    struct os_FrameAllocator frame_allocator;
    struct os_NotificationFactory notification_factory;
    struct os_Entropy entropy;
    struct os_LogReader log_reader;
    struct os_AuditReader audit_reader;
    struct os_Inspector inspector;
    struct os_AllocationFault allocation_fault;
    struct os_TestSupport test_support;

    struct wire_message_reader
        message; /* the manifest, valid as a whole once boot_load has returned CAP_OK */
    struct os_SystemManifest_reader manifest;
    uint32_t service_count;

    struct init_service services[MANIFEST_SERVICES_MAX];
    struct watches watches;
    bool is_halting; /* services[halting_index] has reached its limit */
    uint32_t halting_index;
};

/* boot.c: maps the manifest and validates it, printing each problem. */
CAP_MUST_CHECK enum cap_err boot_load(struct init *init);

/* channels.c: makes all endpoints, then all client facets, before anything runs. So the order of services
 * does not matter, and no server sees its last client go while another is still to be started. */
CAP_MUST_CHECK enum cap_err channels_make(struct init *init);

/* Drops what is there for one service. */
void channels_drop(struct init *init, uint32_t service_index);

/* narrow.c: makes the capability that grant `grant` is narrowed to, of `source`, which is lent; *narrowed is
 * null if the grant is not narrowed, and *revoker if there is none for it. */
CAP_MUST_CHECK enum cap_err narrow_make(const struct init *init, struct os_Grant_reader grant,
                                        struct rt_handle source, struct rt_handle *narrowed,
                                        struct os_Revoker *revoker);

/* narrow.c: takes back the facets of one service that has ended for good. */
void narrow_revoke(struct init *init, uint32_t service_index);

/* service.c: prints what one service is started with, and starts it, or prints why not. It gets copies of its
 * channels. */
CAP_MUST_CHECK enum cap_err service_start(struct init *init, uint32_t service_index);

/* The capability that init itself holds of this kind, and the name of its interface; null for a kind that it
 * may not grant. */
struct rt_handle service_kernel_object(const struct init *init, uint16_t object, const char **interface);

/* The manifest's entry for a service, and its name. */
struct os_Service_reader service_entry(const struct init *init, uint32_t service_index);
struct wire_text service_name(const struct init *init, uint32_t service_index);

/* supervisor.c: starts every service, and returns when the system is to end; or why it cannot go on. */
CAP_MUST_CHECK enum cap_err supervisor_run(struct init *init);

/* watch.c: waits until something has happened to a service that runs or backs off; at least one does, or the
 * system runs on. The watch is free from now on; its pending and answer are valid until the next. An error is
 * why the sleep of watches_run_on is over. */
CAP_MUST_CHECK enum cap_err watches_next(struct init *init, struct watch **next);

/* Begins a sleep without end, so that a system in which nothing is left to do goes on. */
void watches_run_on(struct init *init);

/* ending.c: prints how a process of this name ended. */
void ending_report(const struct init *init, struct wire_text name, struct os_ProcessEnd_reader end);
