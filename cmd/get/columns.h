/* columns.h - foreign text within so many columns of a terminal.
 *
 * A name may hold what a terminal acts on instead of showing it, wide characters, marks that pile
 * up on one another, or bytes that are no text at all. All that comes out as %XX, but characters
 * that simply have a width.
 *
 * Widths are those of wcwidth(3): LC_CTYPE must be a UTF-8 locale. Any thread; nothing here parks.
 */
#ifndef CMD_GET_COLUMNS_H
#define CMD_GET_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Writes `text` to `out`, no wider than `columns`: what is too long loses its middle, for both ends
 * of a name say most. Without `utf8` only ASCII is written. Returns the columns used. */
size_t columns_write(FILE *out, const char *text, size_t columns, bool utf8);

#endif
