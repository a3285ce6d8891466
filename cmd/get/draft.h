/* draft.h - an entry while its lines are read: one with URLs, and lines of options below it.
 *
 * Ownership: the list's struct; a zeroed one is empty, draft_clear() empties it. Thread: one at a
 * time. Nothing here parks.
 */
#ifndef CMD_GET_DRAFT_H
#define CMD_GET_DRAFT_H

#include "cmd/get/entry.h"
#include "cmd/get/list_line.h"
#include "cmd/get/list_option.h"
#include "cmd/get/metalink.h"
#include "net/url/parser.h"

/* What an option line belongs to when there is no entry. */
enum draft_above {
    ABOVE_NOTHING,
    ABOVE_LEFT_OUT, /* a URL that came again: its options go with it */
    ABOVE_GIVEN,    /* an entry that could wait no longer */
};

struct draft {
    struct entry *entry; /* NULL: none */
    struct place place;  /* what its options say of its name */
    enum draft_above above;
};

/* Begins with a line of URLs, or with the CSV line of one. What is wrong becomes the entry's
 * problem. The former entry has been taken. 0 or -ENOMEM. */
int draft_begin(struct draft *draft, struct list_line *line, struct url_parser *parser,
                const char *protocols);

/* Begins with a file of a Metalink document. Places that cannot be used are left out, as long as
 * there is one that can; likewise. */
int draft_begin_file(struct draft *draft, const struct metalink_file *file,
                     struct url_parser *parser, const char *protocols);

/* Begins one that is only told: `what` is wrong, and why, a literal. 0 or -ENOMEM. */
int draft_begin_complaint(struct draft *draft, const char *what, const char *problem);

enum { DRAFT_OPTION_IDLE = 1 };

/* An option line; `option` is list_option_find()'s. 0; DRAFT_OPTION_IDLE: it has no effect here;
 * -ENOMEM. */
int draft_option(struct draft *draft, const struct list_line *line, int option);

/* Hands the entry over; `above` is what option lines belong to from now on. */
struct entry *draft_take(struct draft *draft, enum draft_above above);

void draft_clear(struct draft *draft);

#endif
