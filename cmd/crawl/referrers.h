/* referrers.h - the URLs of the pages whose links are being fetched, by the number that the
 * frontier keeps of them.
 *
 * Links are fetched in about the order in which they were found, so the latest pages are enough: a
 * table of fixed size, in which a page may push out another. Who is not there is asked of the store
 * of pages, or is not told.
 *
 * Ownership: referrers_clear() frees the texts; zeroed it is empty. Thread: one. Nothing here
 * parks.
 */
#ifndef CMD_CRAWL_REFERRERS_H
#define CMD_CRAWL_REFERRERS_H

#include <stdint.h>

#define REFERRERS_COUNT 8192 /* a power of two */

struct referrers {
    char *urls[REFERRERS_COUNT]; /* owned */
    int64_t numbers[REFERRERS_COUNT];
};

/* Memory that runs out only makes it forget. */
void referrers_add(struct referrers *referrers, int64_t number, const char *url);

/* NULL when it is not there; lives until the next addition. */
const char *referrers_find(const struct referrers *referrers, int64_t number);

void referrers_clear(struct referrers *referrers);

#endif
