/* charref.h - character references: "&amp;", "&#38;", "&#x26;" (WHATWG HTML 13.2.5.72
 * to 13.2.5.80).
 *
 * The names are in charref_table.inc, which charref_table.py writes. Any thread; nothing here
 * parks.
 */
#ifndef NET_HTML_CHARREF_H
#define NET_HTML_CHARREF_H

#include <stdbool.h>
#include <stddef.h>

#define HTML_CHARREF_ROOM 6 /* bytes of UTF-8 that a reference can be */

/* `at` is at the '&'. How many bytes the reference has, 0 when it is none; what it says is in
 * `out`, `size` bytes. */
size_t html_charref_read(const char *at, size_t length, bool in_attribute,
                         char out[HTML_CHARREF_ROOM], size_t *size);

#endif
