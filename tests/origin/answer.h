/* answer.h - one answer: decided on first, then sent as a head and a body.
 *
 * Ownership: the caller's struct, which points to the request and its behaviour. Thread: the
 * connection's. Parks: answer_send.
 */
#ifndef ORIGIN_ANSWER_H
#define ORIGIN_ANSWER_H

#include "tests/origin/behaviour.h"
#include "tests/origin/body.h"
#include "tests/origin/respond.h"

/* What tells the client where the body ends (RFC 9112 section 6.3). */
enum answer_framing { FRAMING_LENGTH, FRAMING_CHUNKED, FRAMING_CLOSE };

struct answer {
    const struct request *request;
    const struct behaviour *behaviour;
    int status;
    int64_t size;  /* of the whole body, before compression */
    int64_t first; /* the part of it that is sent */
    int64_t end;
    enum body_coding coding;
    struct span text; /* instead of a generated body; data NULL: none */
    bool has_body;    /* not for HEAD, 204 and 304 */
    enum answer_framing framing;
    int64_t wire_size;      /* true size of the body as it is sent, -1: not known */
    int64_t content_length; /* as the head tells it, with FRAMING_LENGTH */
};

/* Fills in status, part, coding, framing and sizes from request and behaviour. `text` may be NULL.
 */
void answer_decide(struct answer *answer, const struct request *request,
                   const struct behaviour *behaviour, const char *text);

/* Sends the answer, with all that is wrong with it. */
enum respond_after answer_send(const struct answer *answer, struct output *output);

/* The status line and headers, blank line not included. */
void answer_write_head(const struct answer *answer, struct output *output);

/* "Not Found"; "Unknown" for what has no name. */
const char *answer_reason(int status);

#endif
