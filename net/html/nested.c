/* nested.c - the page that an iframe's srcdoc is: read by a reader of its own, with places in the
 * page around it. */
#include "net/html/link_reader.h"
#include <errno.h>
#include <string.h>

static void take_link(void *arg, const struct html_link *found)
{
    struct html_links *links = arg;
    struct html_link link = *found;
    if (links->nested->has_base || links->error)
        return;
    link.outer = links->nested_link->quote;
    link.line = links->nested_link->line;
    link.set = found->set ? links->sets + found->set : 0;
    link.offset = html_link_place(links->nested_value, (size_t)found->offset);
    link.size =
        html_link_place(links->nested_value, (size_t)(found->offset + found->size)) - link.offset;
    links->handler->link(links->arg, &link);
}

/* That there is one is all that counts. */
static void take_base(void *arg, const char *url, size_t length)
{
    (void)arg;
    (void)url;
    (void)length;
}

static const struct html_links_handler handler = {.link = take_link, .base = take_base};

void html_link_read_nested(struct html_links *links, const struct html_link *link,
                           struct html_link_value *value)
{
    if (links->parent || links->error || !memchr(value->text, '<', value->length))
        return;
    if (!links->nested)
        links->nested = html_links_new(&handler, links);
    if (!links->nested) {
        links->error = -ENOMEM;
        return;
    }
    html_links_reset(links->nested);
    links->nested->parent = links;
    links->nested_link = link;
    links->nested_value = value;
    int error = html_links_feed(links->nested, value->text, value->length);
    links->error = error ? error : html_links_finish(links->nested);
    links->sets += links->nested->sets;
}
