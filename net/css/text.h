/* text.h - the text of a URL as it comes together: pieces of chunks, and escapes undone. Private to
 * net/css/.
 *
 * What lies within one chunk and has no escapes is not copied.
 *
 * Ownership: a zeroed struct is empty; css_text_clear() frees the buffer, which grows to
 * CSS_TEXT_MAX at most. Thread: one at a time. Nothing here parks.
 */
#ifndef NET_CSS_TEXT_H
#define NET_CSS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CSS_TEXT_MAX 65536

struct css_text {
    const char *mark; /* where the piece that is not copied yet begins; NULL: there is none */
    char *buffer;     /* owned; the pieces before */
    size_t length;
    size_t size;
    bool too_long; /* to be kept */
    bool failed;   /* memory has run out */
};

/* A new text, whose first piece begins at `mark`. */
void css_text_begin(struct css_text *text, const char *mark);

/* The piece ends at `until`, and is copied. None is open afterwards. */
void css_text_keep(struct css_text *text, const char *until);

/* After the last piece: one character, as UTF-8. */
void css_text_put(struct css_text *text, uint32_t code_point);

/* The whole, whose last piece, if one is open, ends at `until`. False when it is empty or too long,
 * or memory ran out. *data is good for as long as the chunk, and until the next call. */
bool css_text_whole(struct css_text *text, const char *until, const char **data, size_t *length);

void css_text_clear(struct css_text *text);

#endif
