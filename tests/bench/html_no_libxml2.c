/* html_no_libxml2.c - where libxml2 is not there to compare with. */
#include "tests/bench/html.h"

long html_libxml2_links(const char *page, size_t size)
{
    (void)page;
    (void)size;
    return -1;
}
