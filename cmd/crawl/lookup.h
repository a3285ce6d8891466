/* lookup.h - what earlier runs know of a URL is looked up before it is asked for: what the journal
 * has of its file, and what it said, if it was a page.
 *
 * That is read off the loop, for all that wait together at once, so that a URL costs no job, no
 * transaction and no waking of its own.
 *
 * Ownership: a trip that is handed in is the lookup's, until it is under way or has ended. Thread:
 * main. Parks: lookup_task.
 */
#ifndef CMD_CRAWL_LOOKUP_H
#define CMD_CRAWL_LOOKUP_H

#include "cmd/crawl/core.h"

/* Looked up at once. */
#define LOOKUP_MOST 64

/* Is there anything that could be known? */
bool lookup_is_needed(const struct crawl *crawl);

/* The trip, whose file has been named, takes off once it has been looked up. */
void lookup_add(struct trip *trip);

/* A task: looks up what comes until it is canceled, or has an error, which the crawl is told. */
void *lookup_task(void *crawl);

/* The task has ended, which the walk may have noticed late: what has come meanwhile goes back to
 * the frontier. */
void lookup_end(struct crawl *crawl);

#endif
