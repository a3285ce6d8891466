/* list_line.h - what stands on one line of a list.
 *
 * One URL, or with tabs between them several for the same file; before it perhaps a digest, as
 * sha256sum(1) writes it. Or, behind white space, an option for the file of the line above:
 * "  out=FILE", as in aria2's input files. A line of a CSV list is a URL and perhaps a file name,
 * quoted as RFC 4180 says.
 *
 * Takes a pointer and a length and trusts nothing. Any thread; nothing here parks.
 */
#ifndef CMD_GET_LIST_LINE_H
#define CMD_GET_LIST_LINE_H

#include "cmd/get/checksum.h"
#include <stdbool.h>
#include <stddef.h>

/* A piece of the line given, not terminated. */
struct span {
    const char *text;
    size_t length;
};

struct list_line {
    struct span text;         /* URLs with tabs between them; the value of an option */
    struct checksum checksum; /* CHECKSUM_NONE: there is no digest */
    struct span name;         /* CSV: the file's; empty: none */
    struct span key;          /* of an option; empty: it is none */
    const char *problem;      /* of a CSV line, a literal; NULL: none */
};

/* False when nothing stands on it: white space only, or a comment. */
bool list_line_read(const char *text, size_t length, struct list_line *line);

/* The same for CSV. Quoted fields are put in order in place. */
bool list_line_read_csv(char *text, size_t length, struct list_line *line);

/* Cuts the first URL off. False when there is none left. */
bool list_line_next_url(struct list_line *line, struct span *url);

#endif
