/* srcset.h - the candidates of a srcset or imagesrcset attribute, as the WHATWG's HTML standard
 * parses it (section 4.8.4.3.10): "a.png 1x, b.png 2x" or "a.png 100w, b.png 2000w".
 *
 * Takes the attribute's value with its character references read. A candidate whose descriptors do
 * not parse is none, as for a browser; its neighbours are.
 *
 * Ownership: a struct srcset borrows the value; nothing is allocated. Any thread; nothing here
 * parks.
 */
#ifndef NET_HTML_SRCSET_H
#define NET_HTML_SRCSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct srcset {
    const char *text;
    size_t length;
    size_t at; /* what has been read */
};

struct srcset_candidate {
    size_t offset; /* of its URL in the value; never empty, no blanks, no comma at its ends */
    size_t length;
    size_t descriptor; /* offset of the text of its descriptors */
    size_t descriptor_length;
    uint64_t width; /* "100w"; 0: none */
    double density; /* "1.5x"; 1 when none is given; of no meaning with a width */
};

static inline struct srcset srcset_begin(const char *text, size_t length)
{
    return (struct srcset){.text = text, .length = length};
}

/* The next candidate, or false: there are no more. */
bool srcset_next(struct srcset *srcset, struct srcset_candidate *candidate);

/* Is `a` a larger picture than `b`? By width where both have one, else by density; one with a
 * width is taken to be larger than one without. False when they are alike, so that whoever goes
 * through the candidates of an attribute, or of the sources of a <picture>, keeps the first. */
bool srcset_is_larger(const struct srcset_candidate *a, const struct srcset_candidate *b);

/* The largest candidate; the first of several. False when there is none. */
bool srcset_largest(const char *text, size_t length, struct srcset_candidate *largest);

#endif
