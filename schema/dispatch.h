/* One call as its server sees it: the same struct for objects of the kernel and for servers in programs.
 *
 * The transport fills in who is called and the parameters, and hands the struct to the generated
 * `<interface>_dispatch`, which finds the method, checks the whole message of parameters against the schema,
 * and only then runs the method. The method builds its results in `results` with `<method>_Results_init`; if
 * it does not, the answer is a message of zero words, in which every field reads as its default.
 *
 * Next: tools/capnpc-capos/main.c
 */
#pragma once

#include "abi/error.h"
#include "schema/wire.h"

struct wire_call {
    /* Set by the transport. */
    uint64_t interface_id;
    uint16_t method_id;
    uint64_t badge;                      /* of the facet that was called */
    struct wire_message_reader params;   /* private memory; params.cap_count = capabilities received */
    struct wire_message_builder results; /* the answer's buffer */

    /* Set by the method. */
    bool is_deferred;                  /* it will answer later; its results are not sent now */
    uint16_t exception_type;           /* enum os_CapException_Type; if it returned CAP_ERR_EXCEPTION */
    struct wire_text exception_reason; /* likewise; the text must outlive the call */
};

/* Records an exception; `return wire_call_raise(call, type, reason);` ends the method with it. */
CAP_MUST_CHECK static inline enum cap_err wire_call_raise(struct wire_call *call, uint16_t type,
                                                          struct wire_text reason)
{
    call->exception_type = type;
    call->exception_reason = reason;
    return CAP_ERR_EXCEPTION;
}
