/* list_reader.h - the sources of a job, read line by line into entries.
 *
 * Lines of options belong to the line of URLs above (draft.h), which therefore is given out only
 * when the next one has been read, or the list has ended, or, from a pipe that has shown no options
 * so far, after a moment. A URL that came before is dropped and counted. Entries have the plain
 * name; that it is a name no other has is seen to elsewhere (naming.h).
 *
 * Ownership: list_reader_new() to list_reader_free(); options outlive it. Thread: one. Parks (or
 * blocks): list_reader_step with `wait`.
 */
#ifndef CMD_GET_LIST_READER_H
#define CMD_GET_LIST_READER_H

#include "cmd/get/entry.h"
#include "cmd/get/options.h"
#include "engine/deadline.h"

struct list_reader;

/* What one step through the sources came to; negative: -errno, list_reader_problem() may have
 * words. */
enum list_step {
    LIST_ENTRY,
    LIST_END,
    LIST_NOTHING, /* a comment, the end of one list, the first line of an entry */
    LIST_WAIT,    /* there is no line yet */
};

/* NULL when memory runs out. Opens nothing. */
struct list_reader *list_reader_new(const struct get_options *options);
void list_reader_free(struct list_reader *reader); /* NULL is fine */

/* One line or one source on. With `wait` never LIST_WAIT. -ECANCELED; -EIO and the like when a
 * source cannot be read on: the next step goes on with the next source; -ENOMEM. */
int list_reader_step(struct list_reader *reader, bool wait, struct entry **entry);

/* After LIST_WAIT: the descriptor that becomes readable when it is worth trying again, and the time
 * when it is worth it anyway. */
int list_reader_descriptor(const struct list_reader *reader);
int64_t list_reader_due(const struct list_reader *reader);

/* Has it begun an entry that it does not give out yet? */
bool list_reader_holds_back(const struct list_reader *reader);

/* See url_list.h. */
void list_reader_on_warning(struct list_reader *reader, void (*warn)(void *ctx, const char *text),
                            void *ctx);

uint64_t list_reader_duplicates(const struct list_reader *reader);

/* How many entries there will be in the end, `left_out` of which do not count; *about: that is a
 * guess. */
uint64_t list_reader_total(const struct list_reader *reader, uint64_t left_out, bool *about);

/* What a negative step was about: a string of the reader's, or NULL when the errno says it all. */
const char *list_reader_problem(const struct list_reader *reader);

#endif
