/* directives.h - what a page says about itself to robots: <meta name="robots"> and X-Robots-Tag.
 *
 * Neither has an RFC; this is what the search engines document. Any thread; nothing here parks.
 */
#ifndef NET_ROBOTS_DIRECTIVES_H
#define NET_ROBOTS_DIRECTIVES_H

#include <stdbool.h>
#include <stddef.h>

/* A set of these. */
enum {
    ROBOTS_NOINDEX = 1,  /* not to be kept for others to find */
    ROBOTS_NOFOLLOW = 2, /* its links are not to be followed */
};

/* The content of a <meta>: "noindex, nofollow", "none". Other words mean nothing here. */
unsigned robots_read_meta(const char *content, size_t length);

/* Is a <meta> of this name about robots, or about `agent` alone? */
bool robots_is_meta(const char *name, size_t length, const char *agent);

/* One X-Robots-Tag field: as above, and "otherbot: nofollow" up to the next name is for that agent
 * alone. */
unsigned robots_read_tag(const char *value, size_t length, const char *agent);

#endif
