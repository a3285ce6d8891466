/* escape.h - text from the network, made fit for where it will be read.
 *
 * A URL, a file name or a server's words may hold anything: bytes that are no UTF-8, which JSON
 * has no place for, and control characters, with which a terminal can be made to lie.
 *
 * Ownership: results are new strings. Any thread; nothing here parks.
 */
#ifndef CMD_GET_ESCAPE_H
#define CMD_GET_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* For the terminal: `text` with each byte as %XX that is no UTF-8, or belongs to a control
 * character or to one that turns the reading direction. NULL when memory runs out. */
char *escape_text(const char *text);

/* Bytes of the UTF-8 sequence that `text`, which is not empty, begins with (RFC 3629 section 4). 0:
 * it is none. */
size_t escape_utf8_length(const char *text);

/* Likewise, with the code point. */
size_t escape_read_utf8(const char *text, uint32_t *point);

/* Is it a character that a terminal acts on instead of showing it? */
bool escape_is_control(uint32_t point);

/* Blots out, in place, what may be a password in a line that is no good URL. What is wrong with it
 * may be just that: so it is all from the first "://", or else ':', to the last '@'. */
void escape_credentials(char *line);

#endif
