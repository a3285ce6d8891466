/* name.h - the name of a function or rule as it comes together, to be compared with those that
 * matter. Private to net/css/.
 *
 * Any thread; nothing here parks.
 */
#ifndef NET_CSS_NAME_H
#define NET_CSS_NAME_H

#include <stdbool.h>

struct css_name {
    char text[20]; /* letters in lower case; no name that matters is longer */
    unsigned size; /* more than fit in: it is none that matters */
};

void css_name_begin(struct css_name *name);
void css_name_put(struct css_name *name, char c);

/* Whatever comes, it is none that matters. */
void css_name_spoil(struct css_name *name);

/* Takes the name that ends at `end` and begins at `from` or later; it is empty if none does. With a
 * '#' before it, it is none that matters. */
void css_name_take(struct css_name *name, const char *from, const char *end);

bool css_name_is(const struct css_name *name, const char *text);

#endif
