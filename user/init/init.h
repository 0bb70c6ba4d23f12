/* init: the first process. It reads what to boot and starts everything else.
 *
 *   main.c        find own capabilities, then the steps below, then the summary
 *   boot.c        map and judge the manifest
 *   channels.c    make every endpoint and every client facet that services are to get
 *   service.c     start one service with exactly its grants
 *   supervisor.c  wait for all of them, report each end
 *
 * init holds more than any other process, so it does little: it hands out what the manifest names, and
 * keeps nothing of it.
 *
 * Next: user/init/main.c
 */
#pragma once

#include "build/gen/schema/capos.client.h"
#include "lib/manifest.h"
#include "user/rt/rt.h"

#define INIT_EXIT_BROKEN     101 /* init could not do its own part; its last line says why */
#define INIT_EXIT_FAILED_MAX 100 /* else: how many services failed, at most this */

struct init {
    struct rt *rt;
    struct os_Console console;
    struct os_BootPackage boot_package;
    struct os_ProcessSpawner process_spawner;
    struct os_EndpointFactory endpoint_factory;
    struct os_VirtualMemory virtual_memory;
    struct os_FacetFactory facet_factory; /* these two: null unless the manifest gives them to init */
    struct os_Timer timer;

    struct wire_message_reader
        message; /* the manifest, valid as a whole once boot_load has returned CAP_OK */
    struct os_SystemManifest_reader manifest;

    struct os_ProcessHandle processes[MANIFEST_SERVICES_MAX]; /* null: not started, or ended and reported */
};

/* The capabilities that services are going to get from each other. Entry [s][i] is, for service s, the
 * endpoint of export i, and behind its exports, the client facet for grant i - export count; null for
 * grants of kernel objects. Owned here until the service is started. */
struct init_channels {
    cap_id_t caps[MANIFEST_SERVICES_MAX][MANIFEST_CAPS_MAX];
};

/* boot.c: maps the manifest and validates it, printing each problem. */
CAP_MUST_CHECK enum cap_err boot_load(struct init *init);

/* channels.c: makes all endpoints, then all client facets, before anything runs. So the order of services
 * does not matter, and no server sees its last client go while another is still to be started. */
CAP_MUST_CHECK enum cap_err channels_make(const struct init *init, struct init_channels *channels);

/* Drops what is there for one service. */
void channels_drop(const struct init *init, struct init_channels *channels, uint32_t service_index);

/* service.c: prints what one service is started with, and starts it, or prints why not. Its channels are
 * dropped either way. */
CAP_MUST_CHECK enum cap_err service_start(struct init *init, struct init_channels *channels,
                                          uint32_t service_index);

/* supervisor.c: waits until every started process has ended and reports each as it happens. How many did not
 * exit with code 0. */
uint32_t supervisor_run(struct init *init);
