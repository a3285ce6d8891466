/* url_list.h - the sources of a job as one stream of entries.
 *
 * Sources are URLs, list files (plain or gzip'ed), a Metalink document and standard input, read one
 * after another and never more than a buffer ahead: a list of 100 million lines costs no more
 * memory than one of a hundred, and standard input may be a pipe that never ends. Here, in list
 * order and before anything is dispatched, a URL that came before is dropped and counted, and each
 * file gets its name (name.h), so that names are the same in every run and every mode.
 *
 * What stands on a line list_line.h knows. Blank lines and lines that begin with '#' are skipped;
 * CR LF is fine, so is a byte order mark. What is wrong becomes an entry with a `problem`. Lines of
 * options belong to the line of URLs above, which therefore is given out only when the next one has
 * been read, or the list has ended, or, from a pipe that has shown no options so far, after a
 * moment.
 *
 * Ownership: url_list_open() to url_list_close(); options outlive it. Thread: one. Parks (or
 * blocks): url_list_next, when standard input has nothing yet.
 */
#ifndef CMD_GET_URL_LIST_H
#define CMD_GET_URL_LIST_H

#include "cmd/get/entry.h"
#include "cmd/get/options.h"
#include "cmd/journal/journal.h"
#include "engine/deadline.h"

struct url_list;

/* Opens nothing yet but checks that every list file can be read: 0, or -errno with `place` (a new
 * string for the user: "cannot open urls.txt: No such file or directory"; untouched or NULL when
 * memory runs out). */
int url_list_open(struct url_list **list, const struct get_options *options, char **place);

/* Where the names of its files are given. */
struct naming *url_list_naming(struct url_list *list);

/* From now on lines are read and names given many at a time, on a scheduler by its offload pool,
 * and entries told what is known of them by a journal: a reader's, which outlives the list; NULL:
 * an empty one. `after_kill`: see naming.h. With --retry-failed what did not fail is left out.
 * Before the first entry. 0 or -ENOMEM. */
int url_list_recall(struct url_list *list, struct journal *journal, bool after_kill, bool goes_on);

/* The next entry. 0; 1 at the end of all sources; -ECANCELED; -EIO and the like when a source
 * cannot be read on (url_list_problem() says which, in words; a further call goes on with the next
 * source), -ENOMEM. */
int url_list_next(struct url_list *list, struct entry **entry);

/* As url_list_next() without waiting: -EAGAIN when there is no line yet; -EINPROGRESS when many
 * lines were no entries: call again, after whatever else there is to do. */
int url_list_try_next(struct url_list *list, struct entry **entry);

/* Would url_list_next() return without waiting? Reads on as far as it takes to know. */
bool url_list_ready(struct url_list *list);

/* After -EAGAIN: the descriptor that becomes readable when it is worth trying again, and the time
 * when it is worth it anyway. */
int url_list_descriptor(const struct url_list *list);
int64_t url_list_due(const struct url_list *list);

/* Has it read a URL that it does not give out yet, because option lines may follow? */
bool url_list_holds_back(const struct url_list *list);

/* What a user should know of a list and is no failure: "urls.txt:3: the option split has no effect
 * here". */
typedef void url_list_warn(void *ctx, const char *text);
void url_list_on_warning(struct url_list *list, url_list_warn *warn, void *ctx);

/* Entries there will have been at the end; 0: nobody knows. `about`: it is a guess, for the list
 * has not been read to its end. */
uint64_t url_list_total(const struct url_list *list, bool *about);

/* URLs that came again, or that --retry-failed left out. */
uint64_t url_list_skipped(const struct url_list *list);
const char *url_list_problem(const struct url_list *list);
void url_list_close(struct url_list *list);

#endif
