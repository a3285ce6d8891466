/* list_line.h - what stands on one line of a list.
 *
 * Takes a pointer and a length and trusts nothing. Any thread; nothing here parks.
 */
#ifndef CMD_GET_LIST_LINE_H
#define CMD_GET_LIST_LINE_H

#include <stdbool.h>
#include <stddef.h>

struct list_line {
    const char *text; /* inside the line given, white space around it cut */
    size_t length;
    const char *problem; /* why it cannot be a URL, a literal; NULL: let the URL parser see */
};

/* False when nothing stands on it: white space only, or a comment. `csv`: the list is CSV by its
 * name. What other programs write into such lists (aria2's options and mirrors, checksums) is
 * recognised, so that it is refused by name and never taken for part of a URL. */
bool list_line_read(const char *text, size_t length, bool csv, struct list_line *line);

#endif
