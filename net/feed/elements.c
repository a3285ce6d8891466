#include "net/feed/elements.h"

#include <string.h>
#include <strings.h>

static const struct {
    const char *name;
    enum feed_format format;
} roots[] = {
    {"urlset", FEED_SITEMAP}, {"sitemapindex", FEED_SITEMAP}, {"rss", FEED_RSS}, {"RDF", FEED_RSS},
    {"feed", FEED_ATOM},
};

static const struct {
    const char *name;
    enum feed_format format;
    enum container container;
} containers[] = {
    {"url", FEED_SITEMAP, IN_URL},           {"sitemap", FEED_SITEMAP, IN_SITEMAP},
    {"image:image", FEED_SITEMAP, IN_IMAGE}, {"video:video", FEED_SITEMAP, IN_VIDEO},
    {"channel", FEED_RSS, IN_CHANNEL},       {"item", FEED_RSS, IN_ITEM},
    {"image", FEED_RSS, IN_RSS_IMAGE},       {"feed", FEED_ATOM, IN_FEED},
    {"entry", FEED_ATOM, IN_ENTRY},
};

static const struct element elements[] = {
    {FEED_SITEMAP, IN_URL, "loc", NULL, FEED_PAGE, false},
    {FEED_SITEMAP, IN_SITEMAP, "loc", NULL, FEED_FEED, false},
    {FEED_SITEMAP, IN_URL, "xhtml:link", "href", FEED_ALTERNATE, true},
    {FEED_SITEMAP, IN_IMAGE, "image:loc", NULL, FEED_MEDIA, false},
    {FEED_SITEMAP, IN_VIDEO, "video:content_loc", NULL, FEED_MEDIA, false},
    {FEED_SITEMAP, IN_VIDEO, "video:thumbnail_loc", NULL, FEED_MEDIA, false},
    {FEED_SITEMAP, IN_VIDEO, "video:player_loc", NULL, FEED_PAGE, false},
    {FEED_RSS, IN_CHANNEL, "link", NULL, FEED_PAGE, false},
    {FEED_RSS, IN_CHANNEL, "atom:link", "href", FEED_PAGE, true},
    {FEED_RSS, IN_CHANNEL, "itunes:image", "href", FEED_MEDIA, false},
    {FEED_RSS, IN_RSS_IMAGE, "url", NULL, FEED_MEDIA, false},
    {FEED_RSS, IN_ITEM, "link", NULL, FEED_PAGE, false},
    {FEED_RSS, IN_ITEM, "guid", NULL, FEED_PAGE, false},
    {FEED_RSS, IN_ITEM, "comments", NULL, FEED_PAGE, false},
    {FEED_RSS, IN_ITEM, "enclosure", "url", FEED_MEDIA, false},
    {FEED_RSS, IN_ITEM, "source", "url", FEED_FEED, false},
    {FEED_RSS, IN_ITEM, "itunes:image", "href", FEED_MEDIA, false},
    {FEED_RSS, IN_ANY, "media:content", "url", FEED_MEDIA, false},
    {FEED_RSS, IN_ANY, "media:thumbnail", "url", FEED_MEDIA, false},
    {FEED_ATOM, IN_FEED, "link", "href", FEED_PAGE, true},
    {FEED_ATOM, IN_FEED, "icon", NULL, FEED_MEDIA, false},
    {FEED_ATOM, IN_FEED, "logo", NULL, FEED_MEDIA, false},
    {FEED_ATOM, IN_ENTRY, "link", "href", FEED_PAGE, true},
    {FEED_ATOM, IN_ENTRY, "content", "src", FEED_PAGE, false},
    {FEED_ATOM, IN_ANY, "media:content", "url", FEED_MEDIA, false},
    {FEED_ATOM, IN_ANY, "media:thumbnail", "url", FEED_MEDIA, false},
};

/* What a link is by its relation (RFC 4287 section 4.2.7.2, RFC 5005). Others are passed over: what
 * is behind "edit" or "hub" is not for reading. */
static const struct {
    const char *rel;
    enum feed_link_kind kind;
} relations[] = {
    {"related", FEED_PAGE},  {"via", FEED_PAGE},          {"enclosure", FEED_MEDIA},
    {"self", FEED_FEED},     {"first", FEED_FEED},        {"next", FEED_FEED},
    {"previous", FEED_FEED}, {"prev", FEED_FEED},         {"last", FEED_FEED},
    {"current", FEED_FEED},  {"next-archive", FEED_FEED}, {"prev-archive", FEED_FEED},
};

enum feed_format element_format(const char *root)
{
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (strcmp(roots[i].name, root) == 0)
            return roots[i].format;
    return FEED_UNKNOWN;
}

enum container element_container(enum feed_format format, const char *name)
{
    for (size_t i = 0; i < sizeof containers / sizeof *containers; i++)
        if (containers[i].format == format && strcmp(containers[i].name, name) == 0)
            return containers[i].container;
    return IN_NOTHING_KNOWN;
}

const char *element_attribute(const char *const *attributes, const char *name)
{
    for (; *attributes; attributes += 2)
        if (strcmp(attributes[0], name) == 0)
            return attributes[1];
    return NULL;
}

static bool find_relation(const char *rel, enum feed_link_kind *kind)
{
    if (!rel || strcasecmp(rel, "alternate") == 0)
        return true;
    for (size_t i = 0; i < sizeof relations / sizeof *relations; i++)
        if (strcasecmp(relations[i].rel, rel) == 0) {
            *kind = relations[i].kind;
            return true;
        }
    return false;
}

/* An item's id is its URL unless it says that it is not; element_find() is asked before the text is
 * there, so this is all that can be known. */
static bool is_no_link(const char *name, const char *const *attributes)
{
    const char *permanent = element_attribute(attributes, "isPermaLink");
    return strcmp(name, "guid") == 0 && permanent && strcasecmp(permanent, "false") == 0;
}

const struct element *element_find(enum feed_format format, enum container parent, const char *name,
                                   const char *const *attributes, enum feed_link_kind *kind)
{
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++) {
        const struct element *element = &elements[i];
        if (element->format != format || (element->parent != IN_ANY && element->parent != parent) ||
            strcmp(element->name, name) != 0)
            continue;
        *kind = element->kind;
        if (is_no_link(name, attributes))
            return NULL;
        if (element->by_rel && !find_relation(element_attribute(attributes, "rel"), kind))
            return NULL;
        return element;
    }
    return NULL;
}
