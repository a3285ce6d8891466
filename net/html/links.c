#include "net/html/links.h"
#include "net/html/link_reader.h"
#include "net/robots/directives.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define USUAL_TEXT (HTML_MODE_BIT(HTML_RCDATA) | HTML_MODE_BIT(HTML_RAWTEXT))
#define ALL_TEXT   (USUAL_TEXT | HTML_MODE_BIT(HTML_DATA) | HTML_MODE_BIT(HTML_CDATA))

static void take_start_tag(void *arg, const struct html_tag *tag);
static void take_text(void *arg, const struct html_text *text);

static const struct html_handler tokens = {
    .start_tag = take_start_tag,
    .text = take_text,
    .text_modes = USUAL_TEXT,
};

struct html_links *html_links_new(const struct html_links_handler *handler, void *arg)
{
    struct html_links *links = malloc(sizeof *links);
    if (!links)
        return NULL;
    links->tokenizer = html_tokenizer_new(&tokens, links);
    if (!links->tokenizer) {
        free(links);
        return NULL;
    }
    links->handler = handler;
    links->arg = arg;
    links->recoder = NULL;
    links->iconv = NULL;
    links->nested = links->parent = NULL;
    css_init(&links->css, html_link_css_found, links);
    html_links_reset(links);
    return links;
}

void html_links_free(struct html_links *links)
{
    if (!links)
        return;
    html_links_free(links->nested);
    html_link_charset_reset(links);
    css_clear(&links->css);
    html_tokenizer_free(links->tokenizer);
    free(links);
}

void html_links_reset(struct html_links *links)
{
    html_tokenizer_reset(links->tokenizer);
    links->error = 0;
    links->has_base = links->has_title = false;
    links->sets = 0;
    links->reading = HTML_READING_NOTHING;
    links->title_length = 0;
    links->css_value = NULL;
    html_link_charset_reset(links);
}

void html_links_count_lines(struct html_links *links)
{
    html_tokenizer_count_lines(links->tokenizer);
}

/* References read, blanks joined into one and left off at the ends. */
static void tell_title(struct html_links *links)
{
    char *title = links->decoded;
    size_t made = 0, length = links->title_length;
    const char *raw = html_link_to_utf8(links, links->title, &length);
    length = html_value_decode(raw, length, HTML_IN_TEXT, title, sizeof links->decoded);
    for (size_t i = 0; i < length; i++) {
        if (!html_is_blank(title[i]))
            title[made++] = title[i];
        else if (made > 0 && title[made - 1] != ' ')
            title[made++] = ' ';
    }
    while (made > 0 && title[made - 1] == ' ')
        made--;
    links->has_title = true;
    if (links->handler->title)
        links->handler->title(links->arg, title, made);
}

/* The text of an element is over. */
static void end_reading(struct html_links *links)
{
    if (links->reading == HTML_READING_TITLE)
        tell_title(links);
    if (links->reading == HTML_READING_STYLE)
        html_link_css_finish(links);
    links->reading = HTML_READING_NOTHING;
    html_tokenizer_want_text(links->tokenizer, USUAL_TEXT);
}

static void begin_reading(struct html_links *links, const struct html_tag *tag)
{
    links->text_end = tag->end;
    if (tag->element == HTML_STYLE && links->handler->link) {
        links->reading = HTML_READING_STYLE;
        html_link_css_begin(links, tag->end);
        /* In SVG it is like any other text. */
        if (tag->foreign)
            html_tokenizer_want_text(links->tokenizer, ALL_TEXT);
    } else if (tag->element == HTML_TITLE && !tag->foreign && !links->has_title) {
        links->reading = HTML_READING_TITLE;
    }
}

static void add_title(struct html_links *links, const struct html_text *text)
{
    size_t room = HTML_TITLE_MAX - links->title_length;
    size_t length = text->length < room ? text->length : room;
    memcpy(links->title + links->title_length, text->at, length);
    links->title_length += length;
}

/* Nobody tells the end of an element; but text that does not follow is of another one. A CDATA
 * section in an SVG's style is of the style: what marks it is blank there. */
static void take_text(void *arg, const struct html_text *text)
{
    static const char mark[] = "         ";
    struct html_links *links = arg;
    uint64_t gap = text->offset - links->text_end;
    if (links->reading == HTML_READING_NOTHING)
        return;
    if (links->reading == HTML_READING_STYLE && text->mode == HTML_CDATA &&
        gap == sizeof "<![CDATA[" - 1)
        html_link_css_feed(links, mark, (size_t)gap);
    else if (gap) {
        end_reading(links);
        return;
    }
    links->text_end = text->offset + text->length;
    if (links->reading == HTML_READING_STYLE)
        html_link_css_feed(links, text->at, text->length);
    else
        add_title(links, text);
}

static void tell_anchor(struct html_links *links, const struct html_attribute *attribute)
{
    struct html_link_value value = html_link_value_of(links, attribute);
    if (value.length > 0)
        links->handler->anchor(links->arg, value.text, value.length);
}

static void tell_base(struct html_links *links, const struct html_attribute *attribute)
{
    size_t from, to;
    if (links->has_base)
        return;
    links->has_base = true;
    struct html_link_value value = html_link_value_of(links, attribute);
    html_link_trim(&value, &from, &to);
    links->handler->base(links->arg, value.text + from, to - from);
}

static void tell_robots(struct html_links *links, const struct html_tag *tag)
{
    const struct html_attribute *name = html_link_attribute(tag, HTML_ATTR_NAME);
    const struct html_attribute *content = html_link_attribute(tag, HTML_ATTR_CONTENT);
    if (!name || !content ||
        !robots_is_meta(name->value, name->value_length,
                        links->handler->agent ? links->handler->agent : ""))
        return;
    struct html_link_value value = html_link_value_of(links, content);
    links->handler->robots(links->arg, robots_read_meta(value.text, value.length));
}

static bool says_nofollow(const struct html_tag *tag)
{
    const struct html_attribute *rel = html_link_attribute(tag, HTML_ATTR_REL);
    return rel && html_has_word(rel->value, rel->value_length, "nofollow");
}

static void read_attribute(struct html_links *links, const struct html_tag *tag,
                           const struct html_attribute *attribute)
{
    const struct html_links_handler *handler = links->handler;
    enum html_attr name = html_attr_find(attribute->name, attribute->name_length);
    if (name == HTML_ATTR_OTHER || attribute->cut)
        return;
    if (name == HTML_ATTR_ID || (name == HTML_ATTR_NAME && tag->element == HTML_A)) {
        if (handler->anchor)
            tell_anchor(links, attribute);
        return;
    }
    const struct html_link_rule *rule = html_link_rule_find(tag->element, name, tag->foreign);
    if (!rule)
        return;
    if (rule->kind == HTML_LINK_BASE && handler->base)
        tell_base(links, attribute);
    if (!handler->link)
        return;
    links->nofollow = says_nofollow(tag);
    html_link_read(links, rule, attribute);
}

static void take_start_tag(void *arg, const struct html_tag *tag)
{
    struct html_links *links = arg;
    if (links->reading != HTML_READING_NOTHING)
        end_reading(links);
    links->tag = tag;
    if (links->handler->tag)
        links->handler->tag(links->arg, tag);
    for (size_t i = 0; i < tag->count; i++)
        read_attribute(links, tag, &tag->attributes[i]);
    if (tag->element == HTML_META && links->handler->robots)
        tell_robots(links, tag);
    bool is_empty = tag->foreign && tag->self_closing;
    if ((tag->element == HTML_STYLE || tag->element == HTML_TITLE) && !is_empty)
        begin_reading(links, tag);
}

int html_links_feed(struct html_links *links, const char *data, size_t size)
{
    if (!links->error)
        html_link_charset_feed(links, data, size);
    return links->error;
}

int html_links_finish(struct html_links *links)
{
    if (!links->error) {
        html_link_charset_finish(links);
        html_tokenizer_finish(links->tokenizer);
        if (links->reading != HTML_READING_NOTHING)
            end_reading(links);
    }
    return links->error;
}
