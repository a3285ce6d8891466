/* Links out of the values of attributes, and out of style sheets. */
#include "net/html/link_reader.h"
#include "net/html/srcset.h"
#include "net/http/refresh.h"
#include <string.h>
#include <strings.h>

const struct html_attribute *html_link_attribute(const struct html_tag *tag, enum html_attr name)
{
    for (size_t i = 0; i < tag->count; i++)
        if (html_attr_find(tag->attributes[i].name, tag->attributes[i].name_length) == name)
            return &tag->attributes[i];
    return NULL;
}

struct html_link_value html_link_value_of(struct html_links *links,
                                          const struct html_attribute *attribute)
{
    struct html_link_value value = {
        attribute, attribute->value, attribute->value_length, false, {0}};
    if (html_value_is_coded(value.text, value.length)) {
        value.coded = true;
        value.length = html_value_decode(value.text, value.length, HTML_IN_ATTRIBUTE,
                                         links->decoded, sizeof links->decoded);
        value.text = links->decoded;
    }
    return value;
}

uint64_t html_link_place(struct html_link_value *value, size_t at)
{
    const struct html_attribute *attribute = value->attribute;
    if (value->coded)
        at = html_value_locate(&value->cursor, attribute->value, attribute->value_length,
                               HTML_IN_ATTRIBUTE, at);
    return attribute->value_offset + at;
}

/* Without the blanks at its ends, if it is not empty then. */
static void emit(struct html_links *links, struct html_link *link, struct html_link_value *value,
                 size_t from, size_t to)
{
    const struct html_attribute *attribute = value->attribute;
    while (to > from && html_is_blank(value->text[to - 1]))
        to--;
    if (to == from || links->error)
        return;
    link->url = value->text + from;
    link->length = to - from;
    link->offset = html_link_place(value, from);
    link->size = html_link_place(value, to) - link->offset;
    const char *raw = attribute->value + (link->offset - attribute->value_offset);
    html_link_url_to_utf8(links, link, raw);
    links->handler->link(links->arg, link);
}

void html_link_trim(const struct html_link_value *value, size_t *from, size_t *to)
{
    *from = 0;
    *to = value->length;
    while (*from < *to && html_is_blank(value->text[*from]))
        ++*from;
    while (*to > *from && html_is_blank(value->text[*to - 1]))
        --*to;
}

static void emit_whole(struct html_links *links, struct html_link *link,
                       struct html_link_value *value)
{
    size_t from, to;
    html_link_trim(value, &from, &to);
    emit(links, link, value, from, to);
}

static void emit_words(struct html_links *links, struct html_link *link,
                       struct html_link_value *value)
{
    link->form = HTML_FORM_LIST;
    for (size_t at = 0, end; at < value->length; at = end + 1) {
        end = at;
        while (end < value->length && !html_is_blank(value->text[end]))
            end++;
        emit(links, link, value, at, end);
    }
}

static void emit_candidates(struct html_links *links, struct html_link *link,
                            struct html_link_value *value)
{
    struct srcset srcset = srcset_begin(value->text, value->length);
    struct srcset_candidate candidate;
    link->form = HTML_FORM_SRCSET;
    link->set = ++links->sets;
    while (srcset_next(&srcset, &candidate)) {
        link->descriptor = value->text + candidate.descriptor;
        link->descriptor_length = candidate.descriptor_length;
        emit(links, link, value, candidate.offset, candidate.offset + candidate.length);
    }
}

void html_link_css_found(void *arg, const struct css_url *url)
{
    struct html_links *links = arg;
    struct html_link link = links->css_link;
    link.stylesheet = url->kind == CSS_IMPORT;
    link.css_form = url->form;
    link.url = url->text;
    link.length = url->text_length;
    link.offset = url->offset;
    link.size = url->length;
    if (links->css_value) {
        link.offset = html_link_place(links->css_value, (size_t)url->offset);
        link.size =
            html_link_place(links->css_value, (size_t)(url->offset + url->length)) - link.offset;
    }
    links->handler->link(links->arg, &link);
}

void html_link_css_begin(struct html_links *links, uint64_t offset)
{
    links->css_value = NULL;
    links->css_link = (struct html_link){
        .kind = HTML_LINK_REQUISITE,
        .form = HTML_FORM_CSS,
        .line = html_tokenizer_line(links->tokenizer),
        .element = html_element_name(HTML_STYLE),
        .attribute = "",
    };
    css_begin(&links->css, offset);
}

void html_link_css_feed(struct html_links *links, const char *data, size_t size)
{
    if (!links->error)
        links->error = css_feed(&links->css, data, size);
}

void html_link_css_finish(struct html_links *links)
{
    if (!links->error)
        links->error = css_finish(&links->css);
}

/* Most styles name nothing: what does has one of these. */
static bool may_name_resource(const struct html_link_value *value)
{
    return memchr(value->text, '(', value->length) || memchr(value->text, '@', value->length);
}

static void emit_css(struct html_links *links, const struct html_link *link,
                     struct html_link_value *value)
{
    if (!may_name_resource(value))
        return;
    links->css_link = *link;
    links->css_link.form = HTML_FORM_CSS;
    links->css_value = value;
    css_begin(&links->css, 0);
    html_link_css_feed(links, value->text, value->length);
    html_link_css_finish(links);
    links->css_value = NULL;
}

static bool is_attribute(const struct html_attribute *attribute, const char *word)
{
    return attribute && html_has_word(attribute->value, attribute->value_length, word);
}

static void emit_refresh(struct html_links *links, struct html_link *link,
                         struct html_link_value *value)
{
    struct refresh refresh;
    if (refresh_parse(&refresh, value->text, value->length))
        return;
    link->kind = HTML_LINK_NAVIGATION;
    link->form = HTML_FORM_REFRESH;
    emit(links, link, value, refresh.url, refresh.url + refresh.length);
}

/* What the other attributes of a <meta> say that its content is. */
static void emit_meta(struct html_links *links, struct html_link *link,
                      struct html_link_value *value)
{
    const struct html_tag *tag = links->tag;
    const enum html_attr names[] = {HTML_ATTR_PROPERTY, HTML_ATTR_NAME, HTML_ATTR_ITEMPROP};
    if (is_attribute(html_link_attribute(tag, HTML_ATTR_HTTP_EQUIV), "refresh")) {
        emit_refresh(links, link, value);
        return;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct html_attribute *name = html_link_attribute(tag, names[i]);
        if (name && html_meta_is_link(name->value, name->value_length)) {
            emit_whole(links, link, value);
            return;
        }
    }
}

static void emit_related(struct html_links *links, struct html_link *link,
                         struct html_link_value *value)
{
    const struct html_attribute *rel = html_link_attribute(links->tag, HTML_ATTR_REL);
    if (html_link_rel(rel ? rel->value : "", rel ? rel->value_length : 0, &link->kind,
                      &link->stylesheet))
        emit_whole(links, link, value);
}

/* Of an <?xml-stylesheet?>, which may be a transformation as well. */
static bool is_css(const struct html_tag *tag)
{
    static const char wanted[] = "text/css";
    for (size_t i = 0; tag->element == HTML_XML_STYLESHEET && i < tag->count; i++) {
        const struct html_attribute *type = &tag->attributes[i];
        if (type->name_length == 4 && memcmp(type->name, "type", 4) == 0)
            return type->value_length >= sizeof wanted - 1 &&
                   strncasecmp(type->value, wanted, sizeof wanted - 1) == 0;
    }
    return false;
}

void html_link_read(struct html_links *links, const struct html_link_rule *rule,
                    const struct html_attribute *attribute)
{
    struct html_link_value value = html_link_value_of(links, attribute);
    struct html_link link = {
        .kind = rule->kind,
        .form = HTML_FORM_URL,
        .line = html_tokenizer_line(links->tokenizer),
        .element = html_element_name(links->tag->element),
        .attribute = html_attr_name(rule->attribute),
        .quote = attribute->quote,
        .nofollow = links->nofollow,
        .stylesheet = is_css(links->tag),
    };
    switch (rule->content) {
    case HTML_CONTENT_URL:
        emit_whole(links, &link, &value);
        break;
    case HTML_CONTENT_LIST:
        emit_words(links, &link, &value);
        break;
    case HTML_CONTENT_SRCSET:
        emit_candidates(links, &link, &value);
        break;
    case HTML_CONTENT_CSS:
        emit_css(links, &link, &value);
        break;
    case HTML_CONTENT_CSS_OR_URL:
        if (may_name_resource(&value))
            emit_css(links, &link, &value);
        else
            emit_whole(links, &link, &value);
        break;
    case HTML_CONTENT_RELATED:
        emit_related(links, &link, &value);
        break;
    case HTML_CONTENT_DOCUMENT:
        html_link_read_nested(links, &link, &value);
        break;
    case HTML_CONTENT_META:
        emit_meta(links, &link, &value);
        break;
    }
}
