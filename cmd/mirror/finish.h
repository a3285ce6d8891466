/* finish.h - what a mirror does when all is fetched: links are made to lead to the copies, and what
 * the site no longer has is removed.
 *
 * Links are converted from the documents as they were served, which are kept in
 * DIR/.fetch/pristine/ under the numbers of their URLs; so doing it again gives the same, and a
 * page that has not changed can be converted anew when another copy has come or gone. A document is
 * known by its digest: what lies there, or still under the copy's name, is only taken if it is the
 * one that was read.
 *
 * Only what has changed is written, through a part and a rename as all files. The copy keeps the
 * time that the server told; the journal learns its new size.
 *
 * Thread: main, after its scheduler has ended. Blocks on the disk.
 */
#ifndef CMD_MIRROR_FINISH_H
#define CMD_MIRROR_FINISH_H

#include "cmd/crawl/core.h"

/* Before anything is fetched: is there something left to convert, from a run that was broken off or
 * did not convert? Notes that there may be now. 0 or -errno. */
int mirror_begin(struct crawl *crawl);

/* When all rows of the run are written: they are to be found from now on. 0 or -errno. */
int mirror_settle(struct crawl *crawl);

/* Converts what is to be converted. 0; -ECANCELED; an error of the disk, with crawl->problem. */
int mirror_convert(struct crawl *crawl);

/* --no-convert: what an earlier run has converted is what was sent again. As mirror_convert(). */
int mirror_restore(struct crawl *crawl);

/* After a complete pass: removes files whose URLs it has not met, or that are not there any more.
 */
int mirror_delete(struct crawl *crawl);

#endif
