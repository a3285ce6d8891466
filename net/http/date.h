/* date.h - the date of a header (RFC 9110 section 5.6.7).
 *
 * Nearly every answer carries one, and libcurl's lenient parser takes a microsecond and a half for
 * it. The form that everybody sends is read here; for the others libcurl is asked.
 *
 * Any thread; nothing here parks.
 */
#ifndef NET_HTTP_DATE_H
#define NET_HTTP_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Unix seconds, or -1 when it is no date. */
int64_t http_date_parse(const char *text, size_t length);

/* With its NUL. */
#define HTTP_DATE_SIZE 30

/* As "Sun, 06 Nov 1994 08:49:37 GMT". False for years before 1970 and after 9999. */
bool http_date_format(char text[HTTP_DATE_SIZE], int64_t seconds);

#endif
