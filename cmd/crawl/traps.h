/* traps.h - sites without end: what a crawl must not fall into.
 *
 * Some traps are seen at the URL alone: too long, too deep, a segment that comes again and again,
 * too many parameters. Others only by their number: days of a calendar, combinations of parameters,
 * numbers that go on. Of these, each family (url_pattern.h) of each host has a budget; where it is
 * used up, no more of that family is let in. The budgets are generous, since a large site is no
 * trap: the fewer parameters, the more.
 *
 * Memory is 768 KiB, whatever the site: where more families are met than fit, those with the fewest
 * members are forgotten, and begin anew.
 *
 * A crawl that goes on has the counts of what it has done: a URL counts for good when it is
 * settled, and the caller keeps what traps_settle() says with the URL's end.
 *
 * Ownership: traps_new() to traps_free(). Thread: one at a time. Nothing here parks.
 */
#ifndef CMD_CRAWL_TRAPS_H
#define CMD_CRAWL_TRAPS_H

#include "net/url/resolve.h"
#include <stdint.h>

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

/* `seed` is of the crawl alone, drawn at random: no site can use up another's budget. NULL when
 * memory runs out. The limits are copied. */
struct traps *traps_new(const struct trap_limits *limits, uint64_t seed);
void traps_free(struct traps *traps); /* NULL is fine */

/* Each time that a URL is to be fetched: it counts when it is let in. *family: where, not 0; 0:
 * nowhere. */
enum trap_rule traps_judge(struct traps *traps, const struct url_resolved *url, uint64_t *family);

/* One that counts has been fetched. So many of its family have, and that is to be kept; 0: not, for
 * it is the first or the family has been forgotten. */
uint32_t traps_settle(struct traps *traps, uint64_t family);

/* One that counts has not been fetched after all, and will be judged again. */
void traps_return(struct traps *traps, uint64_t family);

/* What was kept, in a crawl of the same seed. */
void traps_recall(struct traps *traps, uint64_t family, uint32_t members);

/* For --why and the summary; a literal. */
const char *trap_rule_word(enum trap_rule rule);

#endif
