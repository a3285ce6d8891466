/* stores.h - the crawl's two databases, opened together: what it still has to do (frontier.h), and
 * what pages said (page_store.h).
 *
 * Both can be found out again from the sites. So one that is damaged, of another version or of
 * another program is put aside (aside.h), which is told, and a new one takes its place: without the
 * frontier the crawl begins anew, without the pages they are asked for and read again. What the
 * journal has cannot be found out again; that one is refused (cmd/journal/journal.h).
 *
 * Damage that shows while the crawl is under way ends it; the file is then put aside at the end,
 * and the next run begins anew.
 *
 * Thread: main. Nothing here parks; it blocks on the disk.
 */
#ifndef CMD_CRAWL_STORES_H
#define CMD_CRAWL_STORES_H

#include "cmd/crawl/core.h"

/* Opens crawl->frontier, and crawl->pages when `reads`, with --level crawl->depths, too. A crawl
 * that had come to its end begins anew, and so does one that would go on with pages that are lost;
 * another goes on (crawl->resumed). 0 or -errno with *place, a new string for the user. */
int stores_open(struct crawl *crawl, bool reads, char **place);

/* When all is done: what was found to be damaged is closed and put aside, with a word about it. */
void stores_end(struct crawl *crawl);

/* Closes what is open. */
void stores_close(struct crawl *crawl);

#endif
