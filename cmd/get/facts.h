/* facts.h - what a crawl has to tell of a URL besides its outcome; --log has it.
 *
 * Ownership: one block, strings included: facts_new() to free(); the entry owns it. Any thread;
 * nothing here parks.
 */
#ifndef CMD_GET_FACTS_H
#define CMD_GET_FACTS_H

#include <stdint.h>

struct facts {
    unsigned depth;           /* links from a seed */
    int64_t links;            /* on the page */
    const char *referrer;     /* the page that had it first; NULL: a seed */
    const char *title;        /* NULL: none */
    const char *content_type; /* as sent; NULL: not told */
    const char *digest;       /* of the body, "xxh3-128=HEX"; NULL: there was none */
    const char *change;       /* to the copy on the disk; a literal; NULL: there is none */
};

/* A copy of `from`, strings too. NULL when memory runs out. */
struct facts *facts_new(const struct facts *from);

#endif
