/* glob.h - shell patterns over names that come from strangers. Private to cmd/crawl.
 *
 * '*', '?' and "[a-z]", "[!a-z]", byte by byte; '\' takes away the meaning of what follows. Unlike
 * fnmatch(), whose time may be exponential in the stars, at most the product of both lengths is
 * spent. Any thread; nothing here parks.
 */
#ifndef CMD_CRAWL_GLOB_H
#define CMD_CRAWL_GLOB_H

#include <stdbool.h>
#include <stddef.h>

struct glob_text {
    const char *bytes;
    size_t length;
};

/* Has it any of "*?[", so that it is more than a name? */
bool glob_is_pattern(const char *text, size_t length);

bool glob_matches(struct glob_text pattern, struct glob_text name);

/* The pattern is one of a folder, `path` one in it, or itself: neither '*' nor '?' stands for a
 * slash, and more may follow behind one. */
bool glob_leads_to(struct glob_text pattern, struct glob_text path);

#endif
