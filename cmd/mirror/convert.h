/* convert.h - the copy of a document in which some ranges of bytes say something else.
 *
 * Always made from the document as it was served, so that doing it again gives the same. What is in
 * no range stays, byte for byte. What is put in place of a range is escaped as its syntax and its
 * place ask, so that whoever reads the copy finds the very text.
 *
 * Ownership: borrows all it is given. Any thread. Nothing here allocates or parks; what takes the
 * output may block.
 */
#ifndef CMD_MIRROR_CONVERT_H
#define CMD_MIRROR_CONVERT_H

#include <stddef.h>
#include <stdint.h>

/* What the text of a range is read as. What a URL cannot contain there, such as blanks, is
 * percent-encoded. */
enum convert_syntax {
    CONVERT_VERBATIM, /* as it is, but for the attribute that it is in */
    CONVERT_URL,      /* the value, or one of several with blanks between them */
    CONVERT_SRCSET,   /* of a candidate, where commas at its ends are not its own */
    CONVERT_REFRESH,  /* in a meta refresh, where quotes end it */
    CONVERT_CSS,      /* in url() or a string, whatever its quotes */
};

struct convert_range {
    uint64_t offset; /* in the document as it was served */
    uint64_t length; /* may be 0: something is put in */
    enum convert_syntax syntax;
    char quote;       /* of the attribute: '"', '\'', or ' ' for none; 0: in no attribute */
    const char *text; /* what the range says in the copy */
};

/* Takes the copy, piece by piece. 0, or -errno, which ends it. */
struct convert_output {
    int (*write)(struct convert_output *output, const char *data, size_t size);
};

/* Writes the copy. `ranges` are in the order of the document and do not overlap. 0; -EINVAL: they
 * are not so, or leave the document, and nothing has been written; or as write() said. */
int convert_write(struct convert_output *output, const char *document, size_t size,
                  const struct convert_range *ranges, size_t count);

#endif
