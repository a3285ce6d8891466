/* result.h - what became of a transfer, in numbers and in words for the user. Private to net/xfer.
 *
 * Ownership: the result is the caller's of client_perform(). Thread: the client's. Nothing here
 * parks.
 */
#ifndef NET_XFER_RESULT_H
#define NET_XFER_RESULT_H

#include "net/xfer/transfer.h"

/* A few words, returned by value. */
struct phrase {
    char text[96];
};

struct phrase phrase_count(int64_t value);                   /* "12,345" */
struct phrase phrase_duration(int64_t ns);                   /* "30 s", "1.5 s", "200 ms" */
struct phrase phrase_place(const struct transfer *transfer); /* "inside the headers", ... */

void result_init(struct transfer_result *result);

/* Sets error and message, the message safe for a terminal. */
__attribute__((format(printf, 3, 4))) void result_fail(struct transfer_result *result, int error,
                                                       const char *format, ...);

/* Asks libcurl for its numbers and, unless we stopped the transfer, why it failed. On the thread's
 * own stack, while the transfer has its handle. */
void result_take(struct transfer *transfer, CURLcode code);

/* Why libcurl failed (failure.c). */
void result_take_failure(struct transfer *transfer, CURLcode code);

/* The name could not be resolved. */
void result_unresolved(struct transfer_result *result, const char *host, int error);

/* All is over: times, and why we stopped it, if we did. */
void result_conclude(struct transfer *transfer);

#endif
