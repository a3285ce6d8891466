/* date.h - the date of a header (RFC 9110 section 5.6.7).
 *
 * Nearly every answer carries one, and libcurl's lenient parser takes a microsecond and a half for
 * it. The form that everybody sends is read here; for the others libcurl is asked.
 *
 * Any thread; nothing here parks.
 */
#ifndef NET_HTTP_DATE_H
#define NET_HTTP_DATE_H

#include <stddef.h>
#include <stdint.h>

/* Unix seconds, or -1 when it is no date. */
int64_t http_date_parse(const char *text, size_t length);

#endif
