/* census.h - how much stack the tasks of each spawn site have used. Private to engine.
 *
 * Kept in debug builds only (ENGINE_TESTING), where a stack comes back zeroed, so that the figures
 * are each site's own. Ownership: census_new() to census_free(). Thread: the scheduler's. Nothing
 * here parks.
 */
#ifndef ENGINE_CENSUS_H
#define ENGINE_CENSUS_H

#include <stddef.h>

struct census;
struct sched;

/* NULL when memory runs out. */
struct census *census_new(void);

/* NULL is fine. */
void census_free(struct census *census);

/* A task has ended. When memory runs out, a new site is not counted. NULL is fine. */
void census_add(struct census *census, const char *name, const char *site, size_t stack_bytes);

/* A line for each site. */
void census_report(const struct census *census, struct sched *sched);

#endif
