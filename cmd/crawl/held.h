/* held.h - URLs that have ended, until what was written of them is there for good.
 *
 * The frontier, the journal and the store of pages are written each by itself. Were the frontier
 * told at once that a URL is done, a kill could leave it done with a row of the journal or of the
 * pages missing, and the run that goes on would not ask for it again. So it is told when the
 * others have been written, mostly after 50 ms; where nothing else is left to do, they are hurried.
 *
 * Thread: main, on its scheduler. Nothing here parks.
 */
#ifndef CMD_CRAWL_HELD_H
#define CMD_CRAWL_HELD_H

#include "cmd/crawl/core.h"

/* From now on crawl->news tells that something may be released. */
void held_begin(struct crawl *crawl);

/* The trip has been learnt from, and is the list's now. */
void held_add(struct trip *trip, enum frontier_end end);

/* Ends those of which all is written. `idle`: nothing has landed that is not learnt from. */
void held_release(struct crawl *crawl, bool idle);

#endif
