/* condition.h - conditional and range requests: If-None-Match, If-Modified-Since, Range, If-Range
 * (RFC 9110 sections 13 and 14).
 *
 * Ownership: nothing is kept. Any thread; nothing here parks.
 */
#ifndef ORIGIN_CONDITION_H
#define ORIGIN_CONDITION_H

#include "tests/origin/behaviour.h"
#include "tests/origin/request.h"

/* Has the client what `etag=` and `modified=` say is current? */
bool condition_not_modified(const struct request *request, const struct behaviour *behaviour);

/* Which bytes of `size` are asked for: 200 (all of them: no range, one that is to be ignored, or
 * several), 206 and `first`, `end` are set, or 416. */
int condition_range(const struct request *request, const struct behaviour *behaviour, int64_t size,
                    int64_t *first, int64_t *end);

#endif
