/* foreign.h - whether a place is in SVG or MathML, by the tags before it.
 *
 * There, elements have no text modes and CDATA sections exist. What the tree builder knows from its
 * stack of open elements is followed here by the few that matter: what opens foreign content, what
 * opens HTML within it (foreignObject, desc, title, MathML's token elements), and the HTML elements
 * that end it by standing there (WHATWG HTML 13.2.6.5). Nested deeper than HTML_FOREIGN_DEPTH, what
 * is innermost at that depth counts.
 */
#ifndef NET_HTML_FOREIGN_H
#define NET_HTML_FOREIGN_H

#include "net/html/names.h"
#include <stdbool.h>
#include <stdint.h>

#define HTML_FOREIGN_DEPTH 32

struct html_foreign {
    uint32_t depth; /* of open elements that matter; 0: plain HTML */
    uint8_t open[HTML_FOREIGN_DEPTH];
};

struct html_tag;

bool html_foreign_is_within(const struct html_foreign *foreign);

/* A tag that comes next. True when its element is foreign. */
bool html_foreign_start(struct html_foreign *foreign, const struct html_tag *tag);
void html_foreign_end(struct html_foreign *foreign, const struct html_tag *tag);

#endif
