/* dispatch_harness.h - a dispatcher over a list made by the test.
 *
 * Ownership: harness_open() to harness_close(), one at a time.
 */
#ifndef TESTS_UNIT_CMD_DISPATCH_HARNESS_H
#define TESTS_UNIT_CMD_DISPATCH_HARNESS_H

#include "cmd/get/dispatch.h"

struct harness {
    struct get_options options;
    char path[64]; /* of the list */
    char *sources[1];
    struct url_list *list;
    struct hosts *hosts;
    struct dispatch *dispatch;
};

/* A list with what `write` puts into it. */
void harness_open(struct harness *harness, unsigned per_host, void (*write)(void *file));

/* Right after opening: hosts share so many connections. */
void harness_share(struct harness *harness, unsigned jobs);

/* Standard input as the list: a pipe, whose writing end is returned. */
int harness_open_pipe(struct harness *harness, unsigned per_host);
void harness_close(struct harness *harness);

/* The next entry is this URL; its host is left at once with `leave`. */
void harness_expect(struct harness *harness, const char *url, bool leave);

/* The "host:80" of "http://host/..."; good until the next call. */
const char *harness_host(const char *url);

#endif
