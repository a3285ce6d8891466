/* html_no_gumbo.c - where libgumbo is not there to compare with. */
#include "tests/bench/html.h"

long html_gumbo_links(const char *page, size_t size)
{
    (void)page;
    (void)size;
    return -1;
}
