/* list.h - the sources of a job as one stream of entries.
 *
 * Sources are URLs, list files (plain or gzip'ed) and standard input, read one after another and
 * never more than a buffer ahead: a list of 100 million lines costs no more memory than one of a
 * hundred, and standard input may be a pipe that never ends. Here, in list order and before
 * anything is dispatched, a URL that came before is dropped and counted, and each file gets its
 * name (name.h), so that names are the same in every run and every mode.
 *
 * A list line: one URL; blank lines and lines that begin with '#' are skipped; white space around
 * is cut; CR LF is fine, so is a byte order mark. What is wrong becomes an entry with a `problem`.
 *
 * Ownership: list_open() to list_close(); options outlive it. Thread: one. Parks (or blocks):
 * list_next, when standard input has nothing yet.
 */
#ifndef CMD_GET_LIST_H
#define CMD_GET_LIST_H

#include "cmd/get/entry.h"
#include "cmd/get/options.h"

struct list_reader;

/* Opens nothing yet but checks that every list file can be read: 0, or -errno with `place` (a new
 * string for the user: "cannot open urls.txt: No such file or directory"). */
int list_open(struct list_reader **list, const struct get_options *options, char **place);

/* The next entry. 0; 1 at the end of all sources; -ECANCELED; -EIO and the like when a source
 * cannot be read on (list_problem() says which, in words), -ENOMEM. */
int list_next(struct list_reader *list, struct entry **entry);

/* Would list_next() return without waiting? */
bool list_ready(struct list_reader *list);

uint64_t list_duplicates(const struct list_reader *list);
const char *list_problem(const struct list_reader *list);
void list_close(struct list_reader *list);

#endif
