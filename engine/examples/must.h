/* must.h - the examples give up on the first error; this keeps their lines straight. */
#ifndef EXAMPLES_MUST_H
#define EXAMPLES_MUST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Passes a result through; ends the program when it is a -errno. */
static inline long must(long result, const char *what)
{
    if (result < 0) {
        fprintf(stderr, "%s: %s\n", what, strerror((int)-result));
        exit(EXIT_FAILURE);
    }
    return result;
}

/* Passes a pointer through; ends the program when it is NULL. */
static inline void *must_have(void *pointer, const char *what)
{
    if (!pointer) {
        perror(what);
        exit(EXIT_FAILURE);
    }
    return pointer;
}

#endif
