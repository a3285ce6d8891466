/* lookup.h - finding rows by their hashes. Private to journal/.
 *
 * Two URLs of one journal share their 63 bits with a chance of 1 in 2,000 at 100 million rows: then
 * the journal knows only one of them, and the other is new in every run. Of two rows for one URL -
 * single URLs are fetched without a lock, and credentials are not recorded - the later stays; of
 * two with one name the later loses it.
 *
 * Thread: the connection's. Nothing here parks; it blocks on the disk.
 */
#ifndef CMD_JOURNAL_LOOKUP_H
#define CMD_JOURNAL_LOOKUP_H

#include "cmd/journal/connection.h"

int64_t journal_hash(const struct journal *journal, const char *text);

#endif
