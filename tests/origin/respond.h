/* respond.h - answers requests: well, badly, or not at all, as their query asks.
 *
 * Ownership: nothing is kept. Thread: the connection's. Parks: everything but
 * respond_is_about_stats.
 */
#ifndef ORIGIN_RESPOND_H
#define ORIGIN_RESPOND_H

#include "tests/origin/connection.h"

/* How the connection goes on. */
enum respond_after {
    RESPOND_KEEP,
    RESPOND_CLOSE,
    RESPOND_RESET,
    RESPOND_RESET_LATER, /* when the client has had time to read what was sent */
};

enum respond_after respond(struct connection *connection, const struct request *request);

/* Requests about the origin itself: /stats and /reset-stats. */
bool respond_is_about_stats(const struct request *request);
enum respond_after respond_stats(struct connection *connection, const struct request *request);

/* `error` as request_parse() told it. */
enum respond_after respond_malformed(struct connection *connection, int error);

#endif
