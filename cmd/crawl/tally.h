/* tally.h - why links were not followed: counts by rule, for the summary.
 *
 * Thread: one. Nothing here parks.
 */
#ifndef CMD_CRAWL_TALLY_H
#define CMD_CRAWL_TALLY_H

#include "cmd/crawl/scope.h"
#include "cmd/crawl/traps.h"
#include <stdint.h>

/* Reasons besides the rules of the scope. */
enum tally_reason {
    TALLY_ROBOTS = SCOPE_RULES, /* robots.txt */
    TALLY_NOFOLLOW,             /* the page, or the link itself */
    TALLY_BROKEN_URL,           /* it is none */
    TALLY_OTHER_SCHEME,         /* mailto: and its like: nothing that could be fetched */
    TALLY_REDIRECTS,            /* too many in a row led there */
    TALLY_TRAP,                 /* and from here on the rules of traps.h */
    TALLY_REASONS = TALLY_TRAP + TRAP_RULES,
};

struct tally {
    uint64_t refused[TALLY_REASONS];
};

/* "robots.txt", "another host": a literal. */
const char *tally_word(int reason);

/* "12 links not followed: 7 another host, 5 robots.txt": a new string; NULL when there is nothing
 * to say or memory runs out. */
char *tally_text(const struct tally *tally);

#endif
