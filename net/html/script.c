/* Script data, with the comments in it that old pages hide their scripts in: within "<!--" and
 * "-->" a "<script" makes the next "</script" an end of that one and not of the element. */
#include "net/html/machine.h"
#include <string.h>

/* Behind a '<' that is text as long as nothing else is decided. */
static const char *hold_less_than(struct html_tokenizer *t, const char *text, const char *less_than,
                                  enum html_state state)
{
    html_emit_text(t, text, less_than);
    t->less_than = html_offset(t, less_than);
    html_hold(t, '<');
    t->state = state;
    return less_than + 1;
}

const char *html_step_script(struct html_tokenizer *t, const char *at, const char *end)
{
    const char *text = at;
    while ((at = memchr(at, '<', (size_t)(end - at)))) {
        if (at + 1 < end && at[1] != '/' && at[1] != '!') {
            at++;
            continue;
        }
        return hold_less_than(t, text, at, HTML_STATE_SCRIPT_LESS_THAN);
    }
    html_emit_text(t, text, end);
    return end;
}

const char *html_step_script_less_than(struct html_tokenizer *t, const char *at, const char *end)
{
    if (*at != '!')
        return html_step_raw_less_than(t, at, end);
    html_hold(t, '!');
    html_emit_held(t);
    t->state = HTML_STATE_SCRIPT_ESCAPE_START;
    return at + 1;
}

const char *html_step_script_escape_start(struct html_tokenizer *t, const char *at, const char *end)
{
    (void)end; /* one byte decides */
    t->state = HTML_STATE_SCRIPT;
    if (*at != '-')
        return at;
    html_emit_text(t, at, at + 1);
    t->state = HTML_STATE_SCRIPT_ESCAPE_DASH;
    return at + 1;
}

const char *html_step_script_escape_dash(struct html_tokenizer *t, const char *at, const char *end)
{
    (void)end; /* one byte decides */
    t->state = HTML_STATE_SCRIPT;
    if (*at != '-')
        return at;
    html_emit_text(t, at, at + 1);
    t->escape = HTML_ESCAPED;
    t->dashes = 2;
    t->state = HTML_STATE_SCRIPT_ESCAPED;
    return at + 1;
}

const char *html_step_script_escaped(struct html_tokenizer *t, const char *at, const char *end)
{
    const char *text = at;
    for (; at < end; at++) {
        if (*at == '-') {
            t->dashes += t->dashes < 2;
            continue;
        }
        unsigned dashes = t->dashes;
        t->dashes = 0;
        if (*at == '<')
            return hold_less_than(t, text, at, HTML_STATE_SCRIPT_ESCAPED_LESS_THAN);
        if (*at == '>' && dashes == 2) {
            html_emit_text(t, text, at + 1);
            t->escape = HTML_ESCAPE_NONE;
            t->state = HTML_STATE_SCRIPT;
            return at + 1;
        }
    }
    html_emit_text(t, text, end);
    return end;
}

/* Only a start tag begins what is double escaped, and only an end tag ends it. */
const char *html_step_script_escaped_less_than(struct html_tokenizer *t, const char *at,
                                               const char *end)
{
    bool is_double = t->escape == HTML_DOUBLE_ESCAPED;
    if (!is_double && !html_byte_is(*at, HTML_BYTE_LETTER))
        return html_step_raw_less_than(t, at, end);
    html_emit_held(t);
    t->state = HTML_STATE_SCRIPT_ESCAPED;
    if (is_double && *at != '/')
        return at;
    t->state = HTML_STATE_SCRIPT_DOUBLE_NAME;
    if (is_double)
        html_emit_text(t, at, at + 1);
    return is_double ? at + 1 : at;
}

/* The name is text; it is held to be compared. One that is longer than "script" is another. */
const char *html_step_script_double_name(struct html_tokenizer *t, const char *at, const char *end)
{
    static const char name[] = "script";
    const char *text = at;
    while (at < end && html_byte_is(*at, HTML_BYTE_LETTER)) {
        if (t->held_length < sizeof name)
            html_hold(t, html_lower(*at));
        at++;
    }
    if (at < end) {
        bool is_script = t->held_length == sizeof name - 1 &&
                         memcmp(t->held, name, sizeof name - 1) == 0 &&
                         html_byte_is(*at, HTML_BYTE_TAG_END);
        if (is_script)
            t->escape = t->escape == HTML_ESCAPED ? HTML_DOUBLE_ESCAPED : HTML_ESCAPED;
        t->held_length = 0;
        t->state = HTML_STATE_SCRIPT_ESCAPED;
    }
    html_emit_text(t, text, at);
    return at;
}
