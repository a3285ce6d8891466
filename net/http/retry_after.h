/* retry_after.h - the Retry-After header (RFC 9110 section 10.2.3): seconds or an HTTP date.
 *
 * Any thread; nothing here parks.
 */
#ifndef NET_HTTP_RETRY_AFTER_H
#define NET_HTTP_RETRY_AFTER_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* How long to wait, in ns, counted from `now` (unix seconds); a date in the past is 0. -EINVAL when
 * it is neither form. Bounded to a week. */
int64_t retry_after_parse(const char *value, size_t length, time_t now);

#endif
