/* status.h - the command `fetch status`: what the journal of a directory knows.
 *
 * Only reads, also while a run writes. Thread: main, once. Nothing here parks.
 */
#ifndef CMD_STATUS_STATUS_H
#define CMD_STATUS_STATUS_H

#include <stdbool.h>

struct status_options {
    const char *directory; /* DIR, as the user typed it */
    const char *url;       /* --url: only of this one, or of this file's; NULL: of all */
    bool json;
};

/* The exit status: 0; EXIT_FAILED when the journal does not know the URL or file; EXIT_USAGE when
 * it is no URL; EXIT_MACHINE when there is no journal, or it cannot be read. */
int status_run(const struct status_options *options);

#endif
