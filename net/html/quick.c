/* Tags as nearly all are written - small letters, quoted values, the whole of it in one chunk - are
 * read here in one go. Whatever else there is (a capital, a value without quotes, a bound exceeded,
 * the chunk's end) makes it NULL, and the states read the tag from its beginning. They decide what
 * is right: nothing may come out of here that would not come out of them. */
#include "net/html/machine.h"
#include "net/html/scan.h"
#include <string.h>

/* Behind a name of bytes that stay as they are, or NULL. */
static inline const char *pass_name(const char *at, const char *end, unsigned stops)
{
    const char *begin = at;
    while (at < end && !html_byte_is(*at, stops | HTML_BYTE_CHANGED))
        at++;
    if (at == end || html_byte_is(*at, HTML_BYTE_CHANGED) || at - begin > HTML_NAME_MAX)
        return NULL;
    return at;
}

/* `at`: the first byte of a name. Behind the value's quote, or NULL. */
static const char *pass_attribute(struct html_tokenizer *t, struct html_attribute *attribute,
                                  const char *at, const char *end)
{
    const char *name = at;
    at = pass_name(at, end, HTML_BYTE_ATTR_END);
    if (!at || at == name || *at != '=' || end - at < 3 || (at[1] != '"' && at[1] != '\''))
        return NULL;
    const char *value = at + 2;
    const char *behind = scan_byte(value, end, at[1]);
    if (!behind || behind - value > HTML_VALUE_MAX)
        return NULL;
    *attribute = (struct html_attribute){
        .name = name,
        .value = value,
        .name_length = (uint32_t)(at - name),
        .value_length = (uint32_t)(behind - value),
        .offset = html_offset(t, name),
        .value_offset = html_offset(t, value),
        .value_size = (uint64_t)(behind - value),
        .quote = at[1],
    };
    return behind + 1;
}

/* `at`: behind the tag's name. Behind the last attribute, at '/' or '>', or NULL. */
static const char *pass_attributes(struct html_tokenizer *t, const char *at, const char *end,
                                   size_t *count)
{
    *count = 0;
    for (;;) {
        while (at < end && html_byte_is(*at, HTML_BYTE_SPACE))
            at++;
        if (at == end)
            return NULL;
        if (*at == '>' || *at == '/')
            return at;
        if (*count == HTML_ATTRIBUTES_MAX)
            return NULL;
        at = pass_attribute(t, &t->attributes[*count], at, end);
        if (!at || html_attribute_is_repeated(t->attributes, *count))
            return NULL;
        ++*count;
    }
}

static const char *quick_start_tag(struct html_tokenizer *t, const char *at, const char *end)
{
    size_t count;
    const char *name = at;
    const char *name_end = pass_name(at, end, HTML_BYTE_TAG_END);
    if (!name_end)
        return NULL;
    at = pass_attributes(t, name_end, end, &count);
    if (!at || at - name > HTML_TAG_BYTES)
        return NULL;
    bool self_closing = *at == '/';
    at += self_closing;
    if (at == end || *at != '>')
        return NULL;
    t->tag = (struct html_tag){
        .name = name,
        .name_length = (size_t)(name_end - name),
        .self_closing = self_closing,
        .offset = t->less_than,
        .attributes = t->attributes,
        .count = count,
    };
    t->is_end_tag = false;
    html_tag_emit(t, at + 1);
    return at + 1;
}

static const char *quick_end_tag(struct html_tokenizer *t, const char *at, const char *end)
{
    const char *name = at;
    if (at == end || !html_byte_is(*at, HTML_BYTE_LETTER))
        return NULL;
    at = pass_name(at, end, HTML_BYTE_TAG_END);
    if (!at || *at != '>')
        return NULL;
    if (!t->handler->end_tag && !t->foreign.depth)
        return at + 1;
    t->tag = (struct html_tag){
        .name = name,
        .name_length = (size_t)(at - name),
        .offset = t->less_than,
        .attributes = t->attributes,
    };
    t->is_end_tag = true;
    html_tag_emit(t, at + 1);
    return at + 1;
}

const char *html_quick_tag(struct html_tokenizer *t, const char *at, const char *end)
{
    if (at == end)
        return NULL;
    if (html_byte_is(*at, HTML_BYTE_LETTER))
        return quick_start_tag(t, at, end);
    return *at == '/' ? quick_end_tag(t, at + 1, end) : NULL;
}
