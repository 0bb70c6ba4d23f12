/* The check of an SQE where its opcode is not known beforehand.
 *
 * Next: lib/cap_table.h
 */
#include "lib/sqe.h"

enum cap_err sqe_check(const struct cap_sqe *sqe)
{
    if (sqe->opcode == 0 || sqe->opcode >= CAP_OP_COUNT)
        return CAP_ERR_BAD_OPCODE;
    return sqe_check_as(sqe, sqe->opcode);
}
