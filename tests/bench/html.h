/* html.h - what reads pages beside ours in html.c, where the library is there to link.
 *
 * html_gumbo.c and html_libxml2.c look for the links of a page; html_no_gumbo.c and
 * html_no_libxml2.c stand in where the library is missing. Thread: any; nothing here parks.
 */
#ifndef BENCH_HTML_H
#define BENCH_HTML_H

#include <stddef.h>

/* How many elements have a href or src; -1: the library is not there. */
long html_gumbo_links(const char *page, size_t size);
long html_libxml2_links(const char *page, size_t size);

#endif
