/* The context switch of another machine, run by an emulator. Named by the argument, so that it is
 * the back-end we mean. */
#include "context_checks.h"
#include "engine/co/co.h"
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    int failed = argc != 2 || strcmp(argv[1], co_backend()) != 0;
    printf("back-end %s\n", co_backend());
    for (size_t i = 0; i < context_check_count; i++) {
        bool holds = context_checks[i].holds();
        printf("%s %s\n", holds ? "ok    " : "FAILED", context_checks[i].name);
        failed |= !holds;
    }
    return failed;
}
