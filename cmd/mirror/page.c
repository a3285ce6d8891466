#include "cmd/mirror/page.h"

#include "cmd/mirror/barriers.h"
#include "cmd/mirror/changes.h"
#include "cmd/mirror/reference.h"
#include "cmd/mirror/wording.h"
#include "engine/list.h"
#include "net/css/css.h"
#include "net/html/links.h"
#include "net/url/resolve.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct page_converter {
    struct page_copies *copies;
    struct html_links *links;
    struct css css;
    struct url_resolver resolver;
    struct changes changes;
    struct wording wording;

    /* Of the document at hand. */
    const struct page_source *page;
    int error;                /* the first */
    bool has_base;            /* links are relative to something else than the page */
    bool had_links;           /* before the base was known */
    struct barriers barriers; /* of the element at hand */
    bool asks;                /* it is a form, or a button of one, that gets a page */
    bool has_charset;         /* has been put in, or is not to be */
    uint64_t charset_place;   /* behind the <html> that was read */
};

/* One link, of a page or a style sheet. */
struct link {
    const char *text;
    size_t length;
    bool to_copy;               /* it may lead to one */
    char outer;                 /* of the srcdoc that it stands in; 0: none */
    struct convert_range range; /* without its text */
};

static void fail(struct page_converter *converter, int error)
{
    if (error && !converter->error)
        converter->error = error;
}

static void add_change(struct page_converter *converter, const struct convert_range *range)
{
    fail(converter, changes_add(&converter->changes, range));
}

/* What stood in the way of the element's file. */
static void remove_barriers(struct page_converter *converter)
{
    for (unsigned i = 0; i < converter->barriers.count; i++)
        add_change(converter, &converter->barriers.ranges[i]);
    converter->barriers.count = 0;
}

/* What the link says in the copy, to the file `name`, or to the URL itself when that is NULL. NULL
 * when memory runs out. */
static const char *write_reference(struct page_converter *converter, const struct url_resolved *url,
                                   const char *name)
{
    struct changes *changes = &converter->changes;
    const char *from = converter->page->name;
    size_t fragment = url->fragment ? strlen(url->fragment) : 0;
    size_t room = name ? reference_room(from, name, url->fragment) : url->length + fragment + 2;
    char *text = changes_reserve(changes, room);
    if (!text)
        return NULL;
    if (name) {
        reference_to_file(text, from, name, url->fragment);
        return text;
    }
    char *end = mempcpy(text, url->text, url->length);
    if (url->fragment)
        end = stpcpy(stpcpy(end, "#"), url->fragment);
    *end = '\0';
    return text;
}

/* A text that has been escaped once. */
struct escaped {
    struct convert_output output;
    char *text;
    size_t length;
};

static int append(struct convert_output *output, const char *data, size_t size)
{
    struct escaped *escaped = list_entry(output, struct escaped, output);
    memcpy(escaped->text + escaped->length, data, size);
    escaped->length += size;
    return 0;
}

/* The range is in a page that is a value itself: it is written as that asks, which is then written
 * as the value asks. */
static void write_within(struct page_converter *converter, struct convert_range *range, char outer)
{
    static const size_t most = sizeof "\\22&#32;" - 1; /* of a byte: CSS, in no quotes */
    const struct convert_range inner = {
        .syntax = range->syntax, .quote = range->quote, .text = range->text};
    struct escaped escaped = {.output.write = append};
    escaped.text = changes_reserve(&converter->changes, most * strlen(range->text) + 1);
    int error = escaped.text ? convert_write(&escaped.output, "", 0, &inner, 1) : -ENOMEM;
    if (error) {
        fail(converter, error);
        return;
    }
    escaped.text[escaped.length] = '\0';
    changes_keep(&converter->changes, escaped.length + 1);
    range->text = escaped.text;
    range->syntax = CONVERT_VERBATIM;
    range->quote = outer;
}

static void change_link(struct page_converter *converter, struct link *link,
                        const struct url_resolved *url, const char *name)
{
    const char *text = write_reference(converter, url, name);
    if (!text) {
        fail(converter, -ENOMEM);
        return;
    }
    size_t length = strlen(text);
    if (length == link->length && memcmp(text, link->text, length) == 0)
        return;
    changes_keep(&converter->changes, length + 1);
    link->range.text = text;
    if (link->outer)
        write_within(converter, &link->range, link->outer);
    add_change(converter, &link->range);
}

/* The copy that the URL has: 1, 0 or -errno. A login is no part of the copy's URL; without a copy
 * the link keeps it. */
static int find_copy(struct page_converter *converter, const struct link *link,
                     struct url_resolved *url, const char **name)
{
    const char *why;
    bool has_login = url->host > url->authority;
    if (has_login)
        url_resolver_drop_login(&converter->resolver, url);
    int found = converter->copies->find(converter->copies, url->text, name);
    if (found || !has_login)
        return found;
    return url_resolve(&converter->resolver, url, link->text, link->length, &why);
}

static void take_link(struct page_converter *converter, struct link *link)
{
    struct url_resolved url;
    const char *why;
    const char *name = NULL;
    if (converter->error || (link->text[0] == '#' && !converter->has_base))
        return;
    int error = url_resolve(&converter->resolver, &url, link->text, link->length, &why);
    if (error == -ENOMEM)
        fail(converter, error);
    if (error)
        return; /* what cannot be fetched is left alone */
    if (link->to_copy) {
        int found = find_copy(converter, link, &url, &name);
        if (found < 0) {
            fail(converter, found);
            return;
        }
        name = found ? name : NULL;
    }
    if (name)
        remove_barriers(converter);
    change_link(converter, link, &url, name);
}

static void take_css_url(void *ctx, const struct css_url *url)
{
    struct link link = {
        .text = url->text,
        .length = url->text_length,
        .to_copy = true,
        .range = {.offset = url->offset, .length = url->length, .syntax = CONVERT_CSS},
    };
    take_link(ctx, &link);
}

static void take_html_link(void *ctx, const struct html_link *found)
{
    static const enum convert_syntax syntaxes[] = {
        [HTML_FORM_URL] = CONVERT_URL,       [HTML_FORM_LIST] = CONVERT_URL,
        [HTML_FORM_SRCSET] = CONVERT_SRCSET, [HTML_FORM_REFRESH] = CONVERT_REFRESH,
        [HTML_FORM_CSS] = CONVERT_CSS,
    };
    struct page_converter *converter = ctx;
    struct link link = {
        .text = found->url,
        .length = found->length,
        .to_copy = found->kind != HTML_LINK_ACTION || converter->asks,
        .outer = found->outer,
        .range = {.offset = found->offset,
                  .length = found->size,
                  .syntax = syntaxes[found->form],
                  .quote = found->quote},
    };
    if (found->kind == HTML_LINK_BASE) {
        link.range.text = "";
        add_change(converter, &link.range);
        return;
    }
    converter->had_links |= !converter->has_base;
    take_link(converter, &link);
}

/* Puts `before`, the charset and `after` in at `offset`. */
static void put_charset(struct page_converter *converter, uint64_t offset, const char *before,
                        const char *after)
{
    const struct wording *wording = &converter->wording;
    size_t size = strlen(before) + wording->charset_length + strlen(after) + 1;
    char *text = changes_reserve(&converter->changes, size);
    if (!text) {
        fail(converter, -ENOMEM);
        return;
    }
    stpcpy(mempcpy(stpcpy(text, before), wording->charset, wording->charset_length), after);
    changes_keep(&converter->changes, size);
    add_change(converter, &(struct convert_range){.offset = offset, .text = text});
}

/* At the first place in <head>, or where one would begin. */
static void place_html_charset(struct page_converter *converter, const struct html_tag *tag)
{
    if (tag->element == HTML_HTML && !converter->charset_place) {
        converter->charset_place = tag->end;
        return;
    }
    uint64_t offset = tag->element == HTML_HEAD  ? tag->end
                      : converter->charset_place ? converter->charset_place
                                                 : tag->offset;
    put_charset(converter, offset, "<meta charset=\"", "\"/>");
    converter->has_charset = true;
}

/* A form that gets a page with a script in it, such as a search of a manual, works from disk. One
 * that posts does not, nor does a ping. */
static bool asks_for_page(const struct html_tag *tag)
{
    if (tag->element != HTML_FORM && tag->element != HTML_BUTTON && tag->element != HTML_INPUT)
        return false;
    for (size_t i = 0; i < tag->count; i++) {
        const struct html_attribute *attribute = &tag->attributes[i];
        const char *name = tag->element == HTML_FORM ? "method" : "formmethod";
        if (attribute->name_length == strlen(name) &&
            memcmp(attribute->name, name, attribute->name_length) == 0)
            return attribute->value_length != 4 || strncasecmp(attribute->value, "post", 4) != 0;
    }
    return true;
}

static void take_tag(void *ctx, const struct html_tag *tag)
{
    struct page_converter *converter = ctx;
    converter->asks = asks_for_page(tag);
    if (!converter->has_charset)
        place_html_charset(converter, tag);
    barriers_read(&converter->barriers, tag);
    if (converter->barriers.unconditional)
        remove_barriers(converter);
}

/* Links before it are relative to it as well, so they are to be read again. */
static void take_base(void *ctx, const char *text, size_t length)
{
    struct page_converter *converter = ctx;
    struct url_resolved url;
    const char *why;
    if (converter->has_base || converter->error)
        return;
    int error = url_resolve(&converter->resolver, &url, text, length, &why);
    if (!error)
        error = url_resolver_set_base(&converter->resolver, url.text, url.length, &why);
    if (error == -ENOMEM)
        fail(converter, error);
    converter->has_base = !error;
}

static const struct html_links_handler html_handler = {
    .link = take_html_link,
    .tag = take_tag,
    .base = take_base,
};

static void read_html(struct page_converter *converter)
{
    const struct wording *wording = &converter->wording;
    changes_empty(&converter->changes);
    converter->charset_place = 0;
    converter->has_charset = !wording->charset || wording->is_xml;
    if (wording->charset && wording->is_xml)
        put_charset(converter, 0, "<?xml version=\"1.0\" encoding=\"", "\"?>");
    html_links_reset(converter->links);
    /* So that URLs are those that were fetched. */
    html_links_sniff(converter->links, converter->page->content_type);
    int error = wording->size ? html_links_feed(converter->links, wording->text, wording->size) : 0;
    fail(converter, error ? error : html_links_finish(converter->links));
}

/* A document begins. 0 or -errno. */
static int begin(struct page_converter *converter, const struct page_source *page)
{
    const char *why;
    converter->page = page;
    converter->error = 0;
    converter->has_base = false;
    converter->had_links = false;
    converter->barriers.count = 0;
    changes_empty(&converter->changes);
    return url_resolver_set_base(&converter->resolver, page->url, strlen(page->url), &why);
}

static int finish(struct page_converter *converter, struct convert_output *output)
{
    const struct wording *wording = &converter->wording;
    if (converter->error)
        return converter->error;
    return convert_write(output, wording->text, wording->size, converter->changes.ranges,
                         converter->changes.count);
}

int page_convert_html(struct page_converter *converter, const struct page_source *page,
                      struct convert_output *output)
{
    int error = begin(converter, page);
    if (!error)
        error = wording_read_html(&converter->wording, page);
    if (error)
        return error;
    read_html(converter);
    if (converter->has_base && converter->had_links)
        read_html(converter);
    return finish(converter, output);
}

int page_convert_css(struct page_converter *converter, const struct page_source *page,
                     struct convert_output *output)
{
    const struct wording *wording = &converter->wording;
    int error = begin(converter, page);
    if (!error)
        error = wording_read_css(&converter->wording, page);
    if (error)
        return error;
    if (wording->charset)
        put_charset(converter, 0, "@charset \"", "\";");
    css_begin(&converter->css, 0);
    error = css_feed(&converter->css, wording->text, wording->size);
    fail(converter, error ? error : css_finish(&converter->css));
    return finish(converter, output);
}

struct page_converter *page_converter_new(struct page_copies *copies)
{
    struct page_converter *converter = calloc(1, sizeof *converter);
    if (!converter)
        return NULL;
    converter->copies = copies;
    css_init(&converter->css, take_css_url, converter);
    converter->links = html_links_new(&html_handler, converter);
    if (converter->links)
        return converter;
    page_converter_free(converter);
    return NULL;
}

void page_converter_free(struct page_converter *converter)
{
    if (!converter)
        return;
    html_links_free(converter->links);
    css_clear(&converter->css);
    url_resolver_clear(&converter->resolver);
    changes_clear(&converter->changes);
    wording_clear(&converter->wording);
    free(converter);
}
