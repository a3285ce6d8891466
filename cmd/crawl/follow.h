/* follow.h - a reference somewhere: what URL it means, whether that is to be followed, and how it
 * gets to the frontier, together with others.
 *
 * Ownership: the caller's; a follow that something was added to is flushed at the end. Thread:
 * main, with the crawl's resolver. Parks: follow_add, follow_link, follow_flush (when the disk is
 * far behind).
 */
#ifndef CMD_CRAWL_FOLLOW_H
#define CMD_CRAWL_FOLLOW_H

#include "cmd/crawl/core.h"

/* Links that are handed to the frontier together. */
#define FOLLOW_AT_ONCE 64

/* Before pages, so that what is shown is soon whole. */
enum { PRIORITY_REQUISITE = 0, PRIORITY_PAGE = 1 };

/* Links on their way to the frontier; zero-initialised but for the crawl. */
struct follow {
    struct crawl *crawl;
    struct frontier_link links[FOLLOW_AT_ONCE];
    char *texts[FOLLOW_AT_ONCE]; /* owned */
    size_t count;
    int refused; /* where the last link is counted, MET_FOLLOWED: it is followed */
};

/* Of whom the links are. */
struct follow_origin {
    unsigned depth;
    unsigned kind;
    int64_t number; /* of the page; 0: none */
    struct why_place place;
};

/* What a link with this depth and kind says of it. */
struct depth follow_depth(unsigned links, unsigned kind);

/* The page is at this depth; its kind tells no more than that. */
void follow_nearer(struct follow_origin *origin, struct depth depth);

/* From now on references are relative to this page, or to what it says they are. 0 or -errno. */
int follow_set_base(struct crawl *crawl, const char *url, const struct page *page);

/* Resolves a reference. 0: it is to be taken, good until the next one; 1: it is none that could be
 * followed, which is counted; -ENOMEM. */
int follow_resolve(struct crawl *crawl, const struct follow_origin *origin, const char *reference,
                   size_t length, struct url_resolved *url);

/* One link, resolved: if it is in scope, it is added. `kind`: KIND_ bits, of a
 * redirect's target with their number. 0 or -errno. */
int follow_link(struct follow *follow, const struct follow_origin *origin,
                const struct url_resolved *url, bool requisite, unsigned kind);

/* As it is, whatever the scope says; all of `link` but its text is set. 0 or -errno. */
int follow_add(struct follow *follow, const struct url_resolved *url,
               const struct frontier_link *link);

/* 0 or -errno: what ended the frontier. */
int follow_flush(struct follow *follow);

#endif
