/* The states of tags. Everything here can also begin in the middle of its run, after a chunk's end.
 */
#include "net/html/machine.h"
#include <string.h>

const uint8_t html_bytes[256] = {
    ['\0'] = HTML_BYTE_CHANGED,
    ['\t'] = HTML_BYTE_SPACE | HTML_BYTE_TAG_END | HTML_BYTE_ATTR_END,
    ['\n'] = HTML_BYTE_SPACE | HTML_BYTE_TAG_END | HTML_BYTE_ATTR_END,
    ['\f'] = HTML_BYTE_SPACE | HTML_BYTE_TAG_END | HTML_BYTE_ATTR_END,
    ['\r'] = HTML_BYTE_SPACE | HTML_BYTE_TAG_END | HTML_BYTE_ATTR_END,
    [' '] = HTML_BYTE_SPACE | HTML_BYTE_TAG_END | HTML_BYTE_ATTR_END,
    ['/'] = HTML_BYTE_TAG_END | HTML_BYTE_ATTR_END,
    ['>'] = HTML_BYTE_TAG_END | HTML_BYTE_ATTR_END,
    ['='] = HTML_BYTE_ATTR_END,
    ['A' ... 'Z'] = HTML_BYTE_LETTER | HTML_BYTE_CHANGED,
    ['a' ... 'z'] = HTML_BYTE_LETTER,
};

static const char *skip_spaces(const char *at, const char *end)
{
    while (at < end && html_byte_is(*at, HTML_BYTE_SPACE))
        at++;
    return at;
}

/* Back to text: what was held is no markup. */
static const char *give_up(struct html_tokenizer *t, const char *at)
{
    html_emit_held(t);
    t->state = HTML_STATE_DATA;
    return at;
}

static const char *begin_comment(struct html_tokenizer *t, const char *at)
{
    t->held_length = 0;
    t->state = HTML_STATE_BOGUS_COMMENT;
    return at;
}

static const char *begin_tag(struct html_tokenizer *t, const char *at, bool is_end_tag)
{
    t->held_length = 0;
    html_tag_begin(t, is_end_tag);
    html_run_begin(t, at, HTML_NAME_MAX);
    t->state = HTML_STATE_TAG_NAME;
    return at;
}

const char *html_step_tag_open(struct html_tokenizer *t, const char *at, const char *end)
{
    (void)end; /* one byte decides */
    if (html_byte_is(*at, HTML_BYTE_LETTER))
        return begin_tag(t, at, false);
    switch (*at) {
    case '/':
        html_hold(t, '/');
        t->state = HTML_STATE_END_TAG_OPEN;
        return at + 1;
    case '!':
        t->held_length = 0;
        t->state = HTML_STATE_DECLARATION;
        return at + 1;
    case '?':
        return t->is_xml ? begin_tag(t, at, false) : begin_comment(t, at);
    default:
        return give_up(t, at);
    }
}

const char *html_step_end_tag_open(struct html_tokenizer *t, const char *at, const char *end)
{
    (void)end; /* one byte decides */
    if (html_byte_is(*at, HTML_BYTE_LETTER))
        return begin_tag(t, at, true);
    if (*at != '>')
        return begin_comment(t, at);
    t->held_length = 0;
    t->state = HTML_STATE_DATA;
    return at + 1;
}

/* Where a byte behind a name or a value leads. */
static const char *leave_run(struct html_tokenizer *t, const char *at)
{
    switch (*at) {
    case '/':
        t->state = HTML_STATE_SELF_CLOSING;
        return at + 1;
    case '>':
        html_tag_emit(t, at + 1);
        return at + 1;
    default:
        t->state = HTML_STATE_BEFORE_ATTRIBUTE;
        return at;
    }
}

/* One of XML's that names no style sheet? */
static bool is_other_instruction(const struct html_tokenizer *t)
{
    const struct html_tag *tag = &t->tag;
    return tag->name_length > 0 && *tag->name == '?' &&
           html_element_find(tag->name, tag->name_length) != HTML_XML_STYLESHEET;
}

const char *html_step_tag_name(struct html_tokenizer *t, const char *at, const char *end)
{
    while (at < end && !html_byte_is(*at, HTML_BYTE_TAG_END))
        at++;
    if (at == end)
        return end;
    html_tag_named(t, at);
    if (is_other_instruction(t)) {
        t->in_tag = false;
        return begin_comment(t, at);
    }
    return leave_run(t, at);
}

const char *html_step_before_attribute(struct html_tokenizer *t, const char *at, const char *end)
{
    at = skip_spaces(at, end);
    if (at == end)
        return end;
    if (*at == '/' || *at == '>')
        return leave_run(t, at);
    /* Whatever it is, also '=', a name begins with it. */
    html_run_begin(t, at, HTML_NAME_MAX);
    t->state = HTML_STATE_ATTRIBUTE_NAME;
    return at + 1;
}

const char *html_step_attribute_name(struct html_tokenizer *t, const char *at, const char *end)
{
    while (at < end && !html_byte_is(*at, HTML_BYTE_ATTR_END))
        at++;
    if (at == end)
        return end;
    html_attribute_named(t, at);
    t->state = HTML_STATE_AFTER_ATTRIBUTE_NAME;
    return at;
}

const char *html_step_after_attribute_name(struct html_tokenizer *t, const char *at,
                                           const char *end)
{
    at = skip_spaces(at, end);
    if (at == end)
        return end;
    if (*at == '=') {
        t->state = HTML_STATE_BEFORE_VALUE;
        return at + 1;
    }
    html_attribute_bare(t);
    return leave_run(t, at);
}

const char *html_step_before_value(struct html_tokenizer *t, const char *at, const char *end)
{
    at = skip_spaces(at, end);
    if (at == end)
        return end;
    if (*at == '"' || *at == '\'') {
        t->quote = *at++;
        t->state = HTML_STATE_VALUE_QUOTED;
    } else {
        t->quote = ' ';
        t->state = HTML_STATE_VALUE_UNQUOTED;
    }
    html_run_begin(t, at, HTML_VALUE_MAX);
    return at;
}

const char *html_step_value_quoted(struct html_tokenizer *t, const char *at, const char *end)
{
    at = memchr(at, t->quote, (size_t)(end - at));
    if (!at)
        return end;
    html_attribute_valued(t, at);
    t->state = HTML_STATE_AFTER_VALUE;
    return at + 1;
}

const char *html_step_value_unquoted(struct html_tokenizer *t, const char *at, const char *end)
{
    while (at < end && *at != '>' && !html_byte_is(*at, HTML_BYTE_SPACE))
        at++;
    if (at == end)
        return end;
    html_attribute_valued(t, at);
    return leave_run(t, at);
}

const char *html_step_after_value(struct html_tokenizer *t, const char *at, const char *end)
{
    (void)end; /* one byte decides */
    return leave_run(t, at);
}

const char *html_step_self_closing(struct html_tokenizer *t, const char *at, const char *end)
{
    (void)end; /* one byte decides */
    if (*at == '>') {
        t->tag.self_closing = true;
        html_tag_emit(t, at + 1);
        return at + 1;
    }
    t->state = HTML_STATE_BEFORE_ATTRIBUTE;
    return at;
}
