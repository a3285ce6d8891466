/* html_libxml2.c - libxml2's HTML parser without a tree: a callback for each start tag. */
#include "tests/bench/html.h"
#include <libxml/HTMLparser.h>
#include <string.h>

static void take_start_tag(void *arg, const xmlChar *name, const xmlChar **attributes)
{
    long *links = arg;
    (void)name;
    for (; attributes && attributes[0]; attributes += 2)
        *links += strcmp((const char *)attributes[0], "href") == 0 ||
                  strcmp((const char *)attributes[0], "src") == 0;
}

long html_libxml2_links(const char *page, size_t size)
{
    long links = 0;
    htmlSAXHandler handler = {.startElement = take_start_tag};
    htmlParserCtxtPtr parser =
        htmlCreatePushParserCtxt(&handler, &links, NULL, 0, "page", XML_CHAR_ENCODING_UTF8);
    if (!parser)
        return -1;
    for (size_t done = 0, chunk; done < size; done += chunk) {
        chunk = size - done < 16384 ? size - done : 16384;
        htmlParseChunk(parser, page + done, (int)chunk, 0);
    }
    htmlParseChunk(parser, page, 0, 1);
    htmlFreeParserCtxt(parser);
    return links;
}
