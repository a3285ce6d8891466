/* copies.h - which URL has its copy where, in memory: for whoever gives names and for whoever
 * converts links.
 *
 * Filled from the journal when a run begins, and kept up by names_give(). The journal is what
 * stays: its rows have URL and name, in both directions. Exact, no fingerprints: a wrong answer
 * would be a wrong link. A copy takes some 100 bytes, its URL, and twice its name.
 *
 * Ownership: copies_new() to copies_free(); what is given is copied. Thread: one at a time. Nothing
 * here parks or blocks.
 */
#ifndef CMD_MIRROR_COPIES_H
#define CMD_MIRROR_COPIES_H

#include "cmd/mirror/names.h"
#include "cmd/mirror/page.h"

struct copies;

/* NULL when memory runs out. */
struct copies *copies_new(void);
void copies_free(struct copies *copies); /* NULL is fine */

/* The URL, canonical and without credentials, has its copy under this name, and under no other. A
 * name that another URL had is this one's now. 0 or -ENOMEM. */
int copies_add(struct copies *copies, const char *url, const char *name);

/* Who asks for `url` is sent on to `target`, so links to it lead to the target's copy. A copy that
 * it had itself is no more. 0 or -ENOMEM. */
int copies_redirect(struct copies *copies, const char *url, const char *target);

/* As copies_redirect() for what is not fetched because `target` shows the same, as one candidate of
 * a srcset does for the others: only as long as the URL has no copy. */
int copies_replace(struct copies *copies, const char *url, const char *target);

/* The URL has no copy any more. */
void copies_remove(struct copies *copies, const char *url);

/* Both until the next call that changes something; NULL: there is none. */
const char *copies_name(const struct copies *copies, const char *url); /* redirects followed */
const char *copies_url(const struct copies *copies, const char *name);

/* Where the URL is sent on to, not further; until the next call that changes something. NULL: it is
 * not. */
const char *copies_target(const struct copies *copies, const char *url);

/* Bits of the caller's for a URL's copy, none at first; they go with the copy. Without a copy
 * nothing is marked. */
void copies_mark(struct copies *copies, const char *url, unsigned marks);
unsigned copies_marks(const struct copies *copies, const char *url);

/* Calls seen(ctx, url, name, marks) for each copy, in no particular order, until it returns other
 * than 0; it must not change the copies. 0 or what it returned. */
int copies_each(const struct copies *copies,
                int (*seen)(void *ctx, const char *url, const char *name, unsigned marks),
                void *ctx);

/* For names_give(), and for a converter. Valid as long as the copies. */
struct names_store *copies_names(struct copies *copies);
struct page_copies *copies_pages(struct copies *copies);

#endif
