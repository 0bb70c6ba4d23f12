/* Every limit that a program can meet, in one place.
 *
 * Next: abi/transfer.h
 */
#pragma once

#include "abi/base.h"

/* Entries of a ring; powers of two. */
#define CAP_SQ_ENTRIES 16
#define CAP_CQ_ENTRIES 32

/* The longest message of one call or answer. Bulk data travels in memory objects. */
#define CAP_MESSAGE_BYTES_MAX 3072

/* The most capabilities beside one message. */
#define CAP_TRANSFER_MAX 32

/* The most slots of one capability table. */
#define CAP_SLOTS_MAX 4096

/* Calls that may wait in one endpoint's queue, or RECVs. One process has at most CAP_CQ_ENTRIES calls under
 * way. */
#define CAP_ENDPOINT_QUEUE_MAX 256

/* Calls through one client facet that their callers have given up, by CANCEL, a time limit or their end, and
 * that servers have not answered yet. With so many, the next one is CAP_ERR_AGAIN. */
#define CAP_ENDPOINT_ABANDONED_MAX 32

/* Calls that may wait behind one facet of FacetFactory; then it is CAP_ERR_AGAIN. */
#define CAP_FACET_WAITING_MAX 256

/* RECVs without room for a call that one CALL ends; then it is CAP_ERR_AGAIN. */
#define CAP_ENDPOINT_REFUSED_MAX 16

/* What a process is started with, as a message: `arguments` of ProcessSpawner.spawn. */
#define CAP_ARGUMENT_BYTES_MAX 1024

/* The most interfaces that one that is served may inherit from. */
#define CAP_ANCESTORS_MAX 8

/* Facets of FacetFactory in front of each other: more than anybody needs, few enough to be looked through in
 * one go. */
#define CAP_FACET_DEPTH_MAX 8

/* How often a spawner may be restricted further, counted from the kernel's own. */
#define CAP_SPAWNER_DEPTH_MAX 8

/* A name in a CapSet or a process name, without the closing NUL. */
#define CAP_NAME_BYTES_MAX 31

/* What a new process may have at one time of what its spawn does not limit (struct Limits), as far as the
 * spawner has it left. */
#define CAP_DEFAULT_FRAMES       1024 /* 4 MiB */
#define CAP_DEFAULT_SLOTS        CAP_SLOTS_MAX
#define CAP_DEFAULT_CALLS        CAP_CQ_ENTRIES
#define CAP_DEFAULT_RECORDS      1024
#define CAP_DEFAULT_QUEUED_CALLS CAP_CQ_ENTRIES
#define CAP_DEFAULT_QUEUED_BYTES (CAP_CQ_ENTRIES * CAP_MESSAGE_BYTES_MAX)
#define CAP_DEFAULT_LOG_BYTES    4096

/* Which limit was reached: cap_count of a CQE whose status is CAP_ERR_QUOTA. message_bytes is the limit, at
 * most 2^32 - 1. */
#define CAP_LIMIT_FRAMES       1
#define CAP_LIMIT_SLOTS        2
#define CAP_LIMIT_CALLS        3
#define CAP_LIMIT_RECORDS      4
#define CAP_LIMIT_QUEUED_CALLS 5
#define CAP_LIMIT_QUEUED_BYTES 6
#define CAP_LIMIT_LOG_BYTES    7 /* only a spawn is refused for it: a line that is too much is not kept */

/* Added to that: it is not this process's own limit, but that of a server, or of who pays for the process.
 * message_bytes is 0. */
#define CAP_LIMIT_OF_OTHER 0x8000
