/* condition.h - what is asked for when something of a file is there already, and what the answers
 * mean for that (RFC 9110 sections 13 to 15).
 *
 * Pure decisions. Any thread; nothing here parks.
 */
#ifndef CMD_GET_CONDITION_H
#define CMD_GET_CONDITION_H

#include "cmd/get/known.h"
#include "cmd/get/resume.h"
#include "net/xfer/transfer.h"

enum condition_kind {
    CONDITION_NONE,
    CONDITION_CHANGED, /* the file is there: only if it has changed */
    CONDITION_REST,    /* the beginning is there: the rest, if that has not changed, else all */
    CONDITION_WHOLE,   /* a part is there and may be all: only if it has changed */
    CONDITION_SETTLED, /* the file is there, and this pass has been there: not at all */
};

struct condition {
    enum condition_kind kind;
    const struct resume *resume; /* REST and WHOLE; else NULL */
    struct transfer_condition lines;
    char date[DATE_MAX + 1]; /* of the file itself, where no Last-Modified is known */
};

/* Fill the caller's struct, which must not be copied; what they are made from outlives it. */

/* The rest of a part that has `position` bytes, up to `end` (0: to the end of the file), or whether
 * that is all. */
void condition_of_part(struct condition *condition, const struct resume *resume, int64_t position,
                       int64_t end);

/* Whether a file that is there, of this size and time, has changed on the server: NONE when it is
 * not the file that is known, or nothing is known to ask by. */
void condition_of_file(struct condition *condition, const struct known *known, int64_t size,
                       int64_t mtime_ns);

void condition_none(struct condition *condition);

/* The lines to be sent; NULL: none. */
const struct transfer_condition *condition_lines(const struct condition *condition);

enum answer {
    ANSWER_NORMAL,    /* to a plain question, or as if it had been one */
    ANSWER_UNCHANGED, /* 304, as asked for */
    ANSWER_REST,      /* 206, and it fits */
    ANSWER_MISFIT,    /* 206, 304 or 416 that do not fit: ask anew, without what is there */
    ANSWER_WHOLE,     /* 416, and the part has just that length: ask whether that is all */
};

/* `result` with status and headers. */
enum answer condition_answer(const struct condition *condition,
                             const struct transfer_result *result);

#endif
