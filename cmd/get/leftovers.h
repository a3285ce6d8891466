/* leftovers.h - what earlier runs left in DIR/.fetch/: parts of URLs, which may be gone on with
 * (resume.h), and those of dead processes that nobody can use.
 *
 * The directory is looked through once, at the start: without leftovers no URL costs anything.
 *
 * Ownership: leftovers_scan() to leftovers_clear(). Immutable in between, for all threads and child
 * processes. Nothing here parks; blocks on the disk.
 */
#ifndef CMD_GET_LEFTOVERS_H
#define CMD_GET_LEFTOVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct leftovers {
    uint64_t *keys; /* of the parts, ascending; owned */
    size_t count;
};

enum leftovers_sweep {
    SWEEP_NOTHING, /* somebody else may be at work there */
    SWEEP_OTHERS,  /* what is no living process's, unless it is of this process id */
    SWEEP_ALL,     /* that too: this process has none of its own yet */
};

/* Looks through the directory; removes what is dead, and parts that nobody came back for within two
 * weeks. Where that fails, only room is lost. */
void leftovers_scan(struct leftovers *leftovers, int parts_fd, enum leftovers_sweep sweep);

bool leftovers_have(const struct leftovers *leftovers, uint64_t key);

void leftovers_clear(struct leftovers *leftovers);

#endif
