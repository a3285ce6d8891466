/* web.h - a synthetic web: many hosts, each a graph of pages that follows from its number alone, so
 * that a crawl's result is known exactly.
 *
 * Hosts are "hN.web.test", N from 0. Page 0 is "/", page P is "/p/P.html". A page links to, in this
 * order:
 * - pages 2P+1 and 2P+2 of its host, where there are such: so all can be reached from page 0;
 * - three pages of its host that look chosen by chance;
 * - page 0 of another host, where P % 4 is 1;
 * - an image, "/img/P.png", where P % 8 is 3;
 * and where P % 16 is 5 to "/gone/P.html" (404), 9 to "/moved/P.html" (301, to page P), 11 to
 * "/flaky/P.html" (503 the first time), 13 to "/slow/P.html" (50 ms late); page 2 to
 * "/cal/2000-01/", the first of a calendar without end, in which each month links to the next; page
 * 3 to "/private/3.html", which robots.txt forbids. /robots.txt is 404 where N % 10 is 4, and has a
 * Crawl-delay of 50 ms where it is 8. tests/e2e/harness/web.py has the same in Python.
 *
 * Ownership: the caller's struct; the text that web_answer() makes is the caller's. Thread: any.
 * Nothing here parks.
 */
#ifndef ORIGIN_WEB_H
#define ORIGIN_WEB_H

#include "tests/origin/behaviour.h"
#include "tests/origin/request.h"

struct web {
    unsigned hosts; /* 0: there is no web */
    unsigned pages; /* of each host */
    unsigned bytes; /* of a page, about; the links at least */
};

/* "1000:100" or "1000:100:10000": hosts, pages of each, bytes of a page. 0 or -EINVAL. */
int web_parse(struct web *web, const char *text);

/* Is the request for one of its hosts? Then *text is the body, a new string, and `behaviour` how it
 * is answered: 0; 1: none of its hosts; -ENOMEM. */
int web_answer(const struct web *web, const struct request *request, struct behaviour *behaviour,
               char **text);

#endif
