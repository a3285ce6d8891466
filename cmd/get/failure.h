/* failure.h - kinds of failures, few enough to be counted side by side.
 *
 * Any thread; nothing here parks.
 */
#ifndef CMD_GET_FAILURE_H
#define CMD_GET_FAILURE_H

enum failure_kind {
    FAILURE_OTHER, /* the disk, a file that is not what was asked for, a wrong line */
    FAILURE_4XX,
    FAILURE_5XX,
    FAILURE_TIMEOUT, /* connecting, shaking hands, or waiting for bytes */
    FAILURE_DNS,     /* a name without an address, in time or not */
    FAILURE_CONNECT,
    FAILURE_TLS,
    FAILURE_BROKEN, /* the connection, on the way */
    FAILURE_ROBOTS, /* robots.txt forbids it, or cannot be had */
    FAILURE_KINDS,
};

/* "4xx", "dns": a literal. */
const char *failure_word(enum failure_kind kind);

#endif
