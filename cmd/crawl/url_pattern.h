/* url_pattern.h - what a URL has in common with others of its family. Private to cmd/crawl.
 *
 * "http://h.example/item/123?sort=up&page=4" is one of "h.example/item/#?page&sort": numbers and
 * ids are '#', parameters are their names, in order. Any thread; nothing here parks.
 */
#ifndef CMD_CRAWL_URL_PATTERN_H
#define CMD_CRAWL_URL_PATTERN_H

#include "net/url/resolve.h"

#define URL_PATTERN_MAX 1024 /* bytes; the rest of a longer one does not count */

/* Segments and parameters beyond are counted, but not looked at. */
#define URL_PATTERN_PARTS 64

struct url_pattern {
    char text[URL_PATTERN_MAX + 1]; /* for users too; closed by a NUL */
    size_t length;
    unsigned segments;   /* of the path */
    unsigned repeats;    /* how often the most frequent of them occurs */
    unsigned parameters; /* of the query */
    bool is_calendar;    /* it names a day, a month or a week, and nothing that was written then */
};

void url_pattern_read(struct url_pattern *pattern, const struct url_resolved *url);

#endif
