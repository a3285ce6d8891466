/* robots.h - robots.txt (RFC 9309): what a site asks crawlers to leave alone.
 *
 * A file is read for one agent: the groups that name it, taken together, or where none does those
 * for "*". The longest rule that matches decides, of two of the same length the one that allows;
 * '*' stands for any bytes, '$' at the end for the end. Paths are compared in one spelling,
 * whatever of them is written as triplets.
 *
 * The file is the server's. It is read to its 512,000th byte (section 2.5); lines that make no
 * sense are passed over. A match takes time linear in path and patterns; a long path against
 * thousands of patterns with stars is not thought about for longer than some milliseconds, and then
 * counts as disallowed.
 *
 * Ownership: robots_parse() to robots_free(). Thread: once parsed any number at a time. Nothing
 * here parks.
 */
#ifndef NET_ROBOTS_ROBOTS_H
#define NET_ROBOTS_ROBOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ROBOTS_SIZE_MAX      512000
#define ROBOTS_REDIRECTS_MAX 5

struct robots;

/* What the answer to the request for /robots.txt means (section 2.3.1). */
enum robots_answer {
    ROBOTS_PARSE,        /* the body counts */
    ROBOTS_FOLLOW,       /* ask where the redirect points to */
    ROBOTS_ALLOW_ALL,    /* there is none: nothing is asked for */
    ROBOTS_DISALLOW_ALL, /* not known: nothing may be fetched until it is, so ask again later */
};

/* `status` is the HTTP status, 0 for a transfer that failed (of FTP too, unless the file is known
 * to be missing: that is as 404). `redirects`: how many have been followed so far. 429 is as a
 * server's error, not as the other 4xx: it says that we are too many, not that all is free. */
enum robots_answer robots_answer(unsigned status, unsigned redirects);

/* `agent` is our product token ("fetch"). NULL when memory runs out. */
struct robots *robots_parse(const char *text, size_t size, const char *agent);
void robots_free(struct robots *robots); /* NULL is fine */

/* The rule that decided. */
struct robots_rule {
    bool allow;
    unsigned line;       /* of the file, from 1; 0: no rule matched, which allows */
    const char *pattern; /* in its one spelling; lives as long as the robots. "" for no rule */
};

/* May `path` be fetched: a URL's path, with '?' and query if it has one? /robots.txt always may.
 * `rule` may be NULL. */
bool robots_allows(const struct robots *robots, const char *path, size_t length,
                   struct robots_rule *rule);

/* Crawl-delay for this agent, ns, at most a day; -1: none is given. Not in the RFC. */
int64_t robots_delay(const struct robots *robots);

/* The Sitemap lines, in any group, as they are written: URLs of the server's, not checked. */
size_t robots_sitemap_count(const struct robots *robots);
const char *robots_sitemap(const struct robots *robots, size_t index);

#endif
