/* naming.h - which name the file of each URL gets: one that no other URL has, and always the same.
 *
 * The first URL gets the plain name, a later one that would have the same gets a distinct one
 * (name.h). The journal, if there is one, remembers: what it knows of a URL goes with the entry,
 * the recorded name is given again, and none that belongs to another recorded URL.
 *
 * Ownership: naming_new() to naming_free(); the journal outlives it. Thread: any; with a
 * journal off the loop, for it blocks on the disk. Nothing here parks.
 */
#ifndef CMD_GET_NAMING_H
#define CMD_GET_NAMING_H

#include "cmd/get/entry.h"
#include "cmd/journal/journal.h"

struct naming;

/* `suggested`: servers suggest names (-J), so a recorded one need not be made from its URL. NULL
 * when memory runs out. */
struct naming *naming_new(bool suggested);
void naming_free(struct naming *naming); /* NULL is fine */

/* `journal`: a reader's. `after_kill`: the run before was killed, so there may be files without a
 * row. `goes_on`: it was broken off, and what it has done is done. */
void naming_use_journal(struct naming *naming, struct journal *journal, bool after_kill,
                        bool goes_on);

/* Makes entry->name, the plain one so far, the entry's own, and fills entry->known. 0 or -errno. */
int naming_give(struct naming *naming, struct entry *entry);

/* As naming_give() for all entries of a list (by entry->node) that have no problem. */
int naming_give_all(struct naming *naming, struct list *entries);

/* The name of the entry's file now that the server suggests `plain`, which is safe: *name is a new
 * string. 0 or -errno. */
int naming_give_suggested(struct naming *naming, const struct entry *entry, const char *plain,
                          char **name);

/* After an error: what could not be read or remembered, "cannot remember the names given in a
 * temporary file: ...". A new string, NULL when memory runs out. */
char *naming_problem(const struct naming *naming, int error);

#endif
