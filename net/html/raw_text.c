/* RCDATA and RAWTEXT: text up to the end tag of the element that began it. */
#include "net/html/machine.h"
#include <string.h>
#include <strings.h>

/* True when the end tag is there, false when it is not, or the chunk ends too early to say. */
static bool is_end_tag(const struct html_tokenizer *t, const char *at, const char *end)
{
    size_t length = t->raw_name_length;
    return length && (size_t)(end - at) > length + 1 && at[0] == '/' &&
           strncasecmp(at + 1, t->raw_name, length) == 0 &&
           html_byte_is(at[1 + length], HTML_BYTE_TAG_END);
}

const char *html_step_raw(struct html_tokenizer *t, const char *at, const char *end)
{
    const char *text = at;
    while ((at = memchr(at, '<', (size_t)(end - at)))) {
        at++;
        /* Not the end, for sure: the text goes on. */
        if ((size_t)(end - at) > t->raw_name_length + 1 && !is_end_tag(t, at, end))
            continue;
        html_emit_text(t, text, at - 1);
        t->less_than = html_offset(t, at - 1);
        html_hold(t, '<');
        t->state = HTML_STATE_RAW_LESS_THAN;
        return at;
    }
    html_emit_text(t, text, end);
    return end;
}

/* What is held is text, and it goes on. */
static const char *give_up(struct html_tokenizer *t, const char *at)
{
    html_emit_held(t);
    if (t->mode != HTML_SCRIPT)
        t->state = HTML_STATE_RAW;
    else
        t->state = t->escape ? HTML_STATE_SCRIPT_ESCAPED : HTML_STATE_SCRIPT;
    return at;
}

const char *html_step_raw_less_than(struct html_tokenizer *t, const char *at, const char *end)
{
    (void)end; /* one byte decides */
    if (*at != '/')
        return give_up(t, at);
    html_hold(t, '/');
    t->state = HTML_STATE_RAW_END_OPEN;
    return at + 1;
}

const char *html_step_raw_end_open(struct html_tokenizer *t, const char *at, const char *end)
{
    (void)end; /* one byte decides */
    if (!html_byte_is(*at, HTML_BYTE_LETTER))
        return give_up(t, at);
    t->state = HTML_STATE_RAW_END_NAME;
    return at;
}

static const char *begin_end_tag(struct html_tokenizer *t, const char *at)
{
    t->held_length = 0;
    html_tag_begin(t, true);
    t->tag.name = t->raw_name;
    t->tag.name_length = t->raw_name_length;
    t->budget -= t->raw_name_length;
    t->state = HTML_STATE_BEFORE_ATTRIBUTE;
    return at;
}

/* Held are "</" and as much of the name as was seen. */
const char *html_step_raw_end_name(struct html_tokenizer *t, const char *at, const char *end)
{
    for (; at < end; at++) {
        size_t seen = t->held_length - 2;
        if (seen == t->raw_name_length)
            return seen && html_byte_is(*at, HTML_BYTE_TAG_END) ? begin_end_tag(t, at)
                                                                : give_up(t, at);
        if (html_lower(*at) != t->raw_name[seen])
            return give_up(t, at);
        html_hold(t, *at);
    }
    return end;
}
