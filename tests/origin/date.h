/* date.h - dates as HTTP writes them: "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7).
 *
 * Ownership: the caller's buffers. Any thread; nothing here parks.
 */
#ifndef ORIGIN_DATE_H
#define ORIGIN_DATE_H

#include "tests/origin/span.h"
#include <stdint.h>

enum { DATE_SIZE = 30 }; /* with its terminator */

/* Unix seconds, or -1 when it is no such date. */
int64_t date_parse(struct span text);

void date_format(char text[DATE_SIZE], int64_t seconds);

#endif
