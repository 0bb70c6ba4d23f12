/* A broken promise inside the tool ends it, with the place. Next: lib/check.h */
#include "lib/check.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void check_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "mkmanifest: CHECK failed: %s at %s:%d\n", condition, file, line);
    abort();
}
