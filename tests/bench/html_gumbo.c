/* html_gumbo.c - libgumbo's tree of a page, and its links. */
#include "tests/bench/html.h"
#include <gumbo.h>

static long links_of(const GumboNode *node)
{
    if (node->type != GUMBO_NODE_ELEMENT)
        return 0;
    const GumboElement *element = &node->v.element;
    long links = gumbo_get_attribute(&element->attributes, "href") ||
                 gumbo_get_attribute(&element->attributes, "src");
    for (unsigned i = 0; i < element->children.length; i++)
        links += links_of(element->children.data[i]);
    return links;
}

long html_gumbo_links(const char *page, size_t size)
{
    GumboOutput *output = gumbo_parse_with_options(&kGumboDefaultOptions, page, size);
    long links = links_of(output->root);
    gumbo_destroy_output(&kGumboDefaultOptions, output);
    return links;
}
