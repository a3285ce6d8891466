/* pausing.h - a sink that refuses what it is offered, and another task that lets its transfer go
 * on each time.
 */
#ifndef TESTS_UNIT_NET_PAUSING_H
#define TESTS_UNIT_NET_PAUSING_H

#include "engine/sync/event.h"
#include "tests/unit/net/trial.h"

struct pausing {
    const char *path; /* on the server */
    unsigned times;   /* every offer is refused so often first */
    bool (*is_right)(size_t at, const char *data, size_t size); /* of the body; NULL: any is */
    struct sink sink;
    struct transfer *transfer;
    struct event paused;
    bool done;
    unsigned refused; /* in a row */
    unsigned pauses;
    size_t bytes;
    size_t wrong; /* offers that were not right */
    struct transfer_result result;
};

/* For with_client(): fetches the path of the struct pausing `ctx`. */
void pausing_run(struct client *client, void *ctx);

#endif
