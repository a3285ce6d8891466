/* traps.h - sites without end: what a crawl must not fall into.
 *
 * Some traps are seen at the URL alone: too long, too deep, a segment that comes again and again,
 * too many parameters. Others only by their number: days of a calendar, combinations of parameters,
 * numbers that go on. Of these, each family (url_pattern.h) of each host has a budget; where it is
 * used up, no more of that family is let in. The budgets are generous, since a large site is no
 * trap: the fewer parameters, the more.
 *
 * Memory is 512 KiB, whatever the site: where more families are met than fit, those with the fewest
 * members are forgotten, and begin anew. Counts are not kept across runs.
 *
 * Ownership: traps_new() to traps_free(). Thread: one at a time. Nothing here parks.
 */
#ifndef CMD_CRAWL_TRAPS_H
#define CMD_CRAWL_TRAPS_H

#include "net/url/resolve.h"

#define TRAP_FAMILIES 6

struct trap_limits {
    unsigned length;                  /* bytes of a URL */
    unsigned segments;                /* of its path */
    unsigned repeats;                 /* of one segment; not of numbers and single letters */
    unsigned parameters;              /* of its query */
    unsigned calendar;                /* URLs of a family that names dates */
    unsigned families[TRAP_FAMILIES]; /* URLs of any other, by how many parameters it has: none, 1,
                                         ..., as many or more */
};

extern const struct trap_limits trap_limits_default;

enum trap_rule {
    TRAP_NONE, /* let in */
    TRAP_LENGTH,
    TRAP_SEGMENTS,
    TRAP_REPEATS,
    TRAP_PARAMETERS,
    TRAP_CALENDAR,
    TRAP_FAMILY,
    TRAP_RULES,
};

struct traps;

/* NULL when memory runs out. The limits are copied. */
struct traps *traps_new(const struct trap_limits *limits);
void traps_free(struct traps *traps); /* NULL is fine */

/* Once for each URL that has not been met before: it counts. */
enum trap_rule traps_judge(struct traps *traps, const struct url_resolved *url);

/* For --why and the summary; a literal. */
const char *trap_rule_word(enum trap_rule rule);

#endif
