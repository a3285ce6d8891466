/* why.h - --why: which rule let one URL in or kept it out, and which page links to it.
 *
 * Whoever decides about URLs tells of each; of the one that was asked about, the first verdict of
 * each kind is kept, since what one page's link is refused for another's may be admitted. Then
 * comes what became of it: robots.txt, a trap, the server's answer.
 *
 * Ownership: why_open() to why_close(); zeroed nobody asks, and all calls do nothing. Thread: one.
 * Nothing here parks.
 */
#ifndef CMD_CRAWL_WHY_H
#define CMD_CRAWL_WHY_H

#include "net/url/resolve.h"
#include <stdint.h>
#include <string.h>

/* Where a URL was met. All zero: on the command line. */
struct why_place {
    const char *page; /* NULL: not on a page */
    uint32_t line;    /* of it; 0: not known */
    bool redirect;    /* the page is not there but here */
};

struct why_verdict {
    const char *rule; /* a literal; NULL: there was none */
    struct why_place place;
    char *page; /* the place's; owned */
};

struct why {
    char *url;        /* canonical; as typed when it is none; owned; NULL: nobody asks */
    size_t length;    /* of it */
    const char *rule; /* kept it out after it was let in; a literal; NULL: none has */
    struct why_verdict admitted;
    struct why_verdict refused;
    char *end; /* what became of it, in words; owned; NULL: nothing yet */
};

/* `url`: as typed; NULL: nobody asks. 0 or -ENOMEM. */
int why_open(struct why *why, struct url_resolver *resolver, const char *url);
void why_close(struct why *why);

/* Is it the one? */
static inline bool why_is(const struct why *why, const char *url, size_t length)
{
    return why->url && why->length == length && memcmp(why->url, url, length) == 0;
}

/* It was met there, and `rule` says so about it. */
void why_admit(struct why *why, const char *url, size_t length, const struct why_place *place,
               const char *rule);
void why_refuse(struct why *why, const char *url, size_t length, const struct why_place *place,
                const char *rule);

/* It was let in, and yet it is not fetched. */
void why_bar(struct why *why, const char *url, const char *rule);

/* It has been fetched, or not: in words. */
void why_end(struct why *why, const char *url, const char *end);

/* All of it in one line, for the end of a crawl: a new string; NULL when nobody asks or memory runs
 * out. `bound`: the option that has ended the crawl, or NULL. */
char *why_text(const struct why *why, const char *bound);

#endif
