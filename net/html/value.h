/* value.h - what an attribute's value, or a text, says: its character references read.
 *
 * After the WHATWG's HTML standard, 13.2.5.72 and following, and its preprocessing: CR LF and CR
 * are LF; NUL is U+FFFD in values. The result is UTF-8 where references stood and the document's
 * own bytes elsewhere.
 *
 * Any thread; nothing here allocates or parks.
 */
#ifndef NET_HTML_VALUE_H
#define NET_HTML_VALUE_H

#include <stdbool.h>
#include <stddef.h>

/* In a text a name may lack its semicolon whatever follows ("&copyx"); in an attribute not before
 * '=' or a letter or digit, so that "?a=b&copy=c" stays. */
enum html_value_place { HTML_IN_ATTRIBUTE, HTML_IN_TEXT };

/* Bytes that `length` ones can become at most. */
#define HTML_VALUE_ROOM(length) (3 * (length))

/* True when the bytes are not what they say, and html_value_decode() is needed. */
bool html_value_is_coded(const char *raw, size_t length);

/* Writes what `raw` says to `out` with room for `size` bytes, and returns its length; what does not
 * fit is left off at the end of a character reference. */
size_t html_value_decode(const char *raw, size_t length, enum html_value_place place, char *out,
                         size_t size);

/* From a place in what html_value_decode() wrote back to its place in the raw bytes, in rising
 * order: start with a zeroed cursor, and never go back. A place within a reference's characters is
 * the reference's beginning; the one behind the last is `length`. */
struct html_value_cursor {
    size_t raw;
    size_t decoded;
};
size_t html_value_locate(struct html_value_cursor *cursor, const char *raw, size_t length,
                         enum html_value_place place, size_t decoded);

#endif
