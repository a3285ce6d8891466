#include "net/html/tokenizer.h"
#include "net/html/machine.h"
#include "net/html/scan.h"
#include <stdlib.h>
#include <string.h>

static html_step step_data, step_plaintext, step_cdata, step_cdata_bracket, step_cdata_end;

static html_step *const steps[HTML_STATES] = {
    [HTML_STATE_DATA] = step_data,
    [HTML_STATE_PLAINTEXT] = step_plaintext,
    [HTML_STATE_CDATA] = step_cdata,
    [HTML_STATE_CDATA_BRACKET] = step_cdata_bracket,
    [HTML_STATE_CDATA_END] = step_cdata_end,
    [HTML_STATE_RAW] = html_step_raw,
    [HTML_STATE_RAW_LESS_THAN] = html_step_raw_less_than,
    [HTML_STATE_RAW_END_OPEN] = html_step_raw_end_open,
    [HTML_STATE_RAW_END_NAME] = html_step_raw_end_name,
    [HTML_STATE_SCRIPT] = html_step_script,
    [HTML_STATE_SCRIPT_LESS_THAN] = html_step_script_less_than,
    [HTML_STATE_SCRIPT_ESCAPE_START] = html_step_script_escape_start,
    [HTML_STATE_SCRIPT_ESCAPE_DASH] = html_step_script_escape_dash,
    [HTML_STATE_SCRIPT_ESCAPED] = html_step_script_escaped,
    [HTML_STATE_SCRIPT_ESCAPED_LESS_THAN] = html_step_script_escaped_less_than,
    [HTML_STATE_SCRIPT_DOUBLE_NAME] = html_step_script_double_name,
    [HTML_STATE_TAG_OPEN] = html_step_tag_open,
    [HTML_STATE_END_TAG_OPEN] = html_step_end_tag_open,
    [HTML_STATE_TAG_NAME] = html_step_tag_name,
    [HTML_STATE_BEFORE_ATTRIBUTE] = html_step_before_attribute,
    [HTML_STATE_ATTRIBUTE_NAME] = html_step_attribute_name,
    [HTML_STATE_AFTER_ATTRIBUTE_NAME] = html_step_after_attribute_name,
    [HTML_STATE_BEFORE_VALUE] = html_step_before_value,
    [HTML_STATE_VALUE_QUOTED] = html_step_value_quoted,
    [HTML_STATE_VALUE_UNQUOTED] = html_step_value_unquoted,
    [HTML_STATE_AFTER_VALUE] = html_step_after_value,
    [HTML_STATE_SELF_CLOSING] = html_step_self_closing,
    [HTML_STATE_DECLARATION] = html_step_declaration,
    [HTML_STATE_DOCTYPE] = html_step_doctype,
    [HTML_STATE_BOGUS_COMMENT] = html_step_bogus_comment,
    [HTML_STATE_COMMENT_START] = html_step_comment_start,
    [HTML_STATE_COMMENT_START_DASH] = html_step_comment_start_dash,
    [HTML_STATE_COMMENT] = html_step_comment,
    [HTML_STATE_COMMENT_END_DASH] = html_step_comment_end_dash,
    [HTML_STATE_COMMENT_END] = html_step_comment_end,
    [HTML_STATE_COMMENT_END_BANG] = html_step_comment_end_bang,
};

struct html_tokenizer *html_tokenizer_new(const struct html_handler *handler, void *arg)
{
    struct html_tokenizer *t = malloc(sizeof *t);
    if (!t)
        return NULL;
    t->handler = handler;
    t->arg = arg;
    html_tokenizer_reset(t);
    return t;
}

void html_tokenizer_free(struct html_tokenizer *t)
{
    free(t);
}

void html_tokenizer_reset(struct html_tokenizer *t)
{
    html_tokenizer_want_text(t, t->handler->text_modes);
    t->chunk = t->counted = t->mark = NULL;
    t->position = 0;
    t->foreign.depth = 0;
    t->is_xml = false;
    t->in_tag = t->in_attribute = false;
    t->raw_name_length = 0;
    t->held_length = 0;
    t->counts_lines = false;
    t->lines = t->tag_lines = 0;
    html_enter_text(t, HTML_DATA);
}

void html_tokenizer_read_xml(struct html_tokenizer *t)
{
    t->is_xml = true;
}

void html_tokenizer_want_text(struct html_tokenizer *t, unsigned modes)
{
    t->text_modes = t->handler->text ? modes : 0;
}

void html_tokenizer_begin(struct html_tokenizer *t, enum html_mode mode, const char *name)
{
    size_t length = name ? strlen(name) : 0;
    if (length <= HTML_RAW_NAME_MAX) {
        memcpy(t->raw_name, name ? name : "", length);
        t->raw_name_length = length;
    }
    if (mode == HTML_CDATA) {
        const struct html_tag svg = {.element = HTML_SVG, .name = "svg", .name_length = 3};
        html_foreign_start(&t->foreign, &svg);
    }
    html_enter_text(t, mode);
}

void html_enter_text(struct html_tokenizer *t, enum html_mode mode)
{
    static const enum html_state states[] = {
        [HTML_DATA] = HTML_STATE_DATA,           [HTML_RCDATA] = HTML_STATE_RAW,
        [HTML_RAWTEXT] = HTML_STATE_RAW,         [HTML_SCRIPT] = HTML_STATE_SCRIPT,
        [HTML_PLAINTEXT] = HTML_STATE_PLAINTEXT, [HTML_CDATA] = HTML_STATE_CDATA,
    };
    t->mode = mode;
    t->state = states[mode];
    t->escape = HTML_ESCAPE_NONE;
}

void html_tokenizer_count_lines(struct html_tokenizer *t)
{
    t->counts_lines = true;
}

uint64_t html_tokenizer_line(struct html_tokenizer *t)
{
    if (!t->counts_lines)
        return 0;
    if (t->tag.offset < t->position)
        return t->tag_lines + 1;
    const char *tag = t->chunk + (t->tag.offset - t->position);
    if (tag > t->counted) {
        t->lines += scan_count(t->counted, tag, '\n');
        t->counted = tag;
    }
    return t->lines + 1;
}

/* The chunk ends, and with it what points into it. */
static void leave_chunk(struct html_tokenizer *t, const char *end)
{
    if (t->in_tag)
        html_tag_keep(t, end);
    if (t->counts_lines) {
        uint64_t before = t->in_tag ? html_tokenizer_line(t) - 1 : 0;
        t->lines += scan_count(t->counted, end, '\n');
        /* What is not yet a tag, but may become one, has no LF in it. */
        t->tag_lines = t->in_tag ? before : t->lines;
    }
    t->position += (uint64_t)(end - t->chunk);
    t->chunk = NULL;
}

void html_tokenizer_feed(struct html_tokenizer *t, const char *data, size_t size)
{
    const char *at = data, *end = data + size;
    if (size == 0)
        return;
    t->chunk = t->counted = data;
    if (t->mark)
        t->mark = data;
    while (at < end)
        at = steps[t->state](t, at, end);
    leave_chunk(t, end);
}

void html_tokenizer_finish(struct html_tokenizer *t)
{
    switch (t->state) {
    case HTML_STATE_TAG_OPEN:
    case HTML_STATE_END_TAG_OPEN:
    case HTML_STATE_RAW_LESS_THAN:
    case HTML_STATE_RAW_END_OPEN:
    case HTML_STATE_RAW_END_NAME:
    case HTML_STATE_SCRIPT_LESS_THAN:
    case HTML_STATE_SCRIPT_ESCAPED_LESS_THAN:
    case HTML_STATE_CDATA_BRACKET:
    case HTML_STATE_CDATA_END:
        html_emit_held(t);
        break;
    default:
        html_comment_finish(t);
    }
    t->in_tag = false;
    t->mark = NULL;
}

void html_pass_text(struct html_tokenizer *t, const char *from, const char *to)
{
    const struct html_text text = {from, (size_t)(to - from), html_offset(t, from), t->mode};
    t->handler->text(t->arg, &text);
}

void html_hold(struct html_tokenizer *t, char byte)
{
    t->held[t->held_length++] = byte;
}

void html_emit_held(struct html_tokenizer *t)
{
    const struct html_text text = {t->held, t->held_length, t->less_than, t->mode};
    if (t->held_length && t->text_modes & HTML_MODE_BIT(t->mode))
        t->handler->text(t->arg, &text);
    t->held_length = 0;
}

/* A '<' that the chunk's end leaves undecided goes to the states, as does what they read better. */
static const char *step_data(struct html_tokenizer *t, const char *at, const char *end)
{
    const char *text = at;
    for (;;) {
        const char *less_than = scan_byte(at, end, '<');
        if (!less_than) {
            html_emit_text(t, text, end);
            return end;
        }
        html_emit_text(t, text, less_than);
        t->less_than = html_offset(t, less_than);
        at = less_than + 1;
        const char *behind = html_quick_tag(t, at, end);
        if (!behind) {
            html_hold(t, '<');
            t->state = HTML_STATE_TAG_OPEN;
            return at;
        }
        if (t->state != HTML_STATE_DATA)
            return behind;
        text = at = behind;
        if (at == end)
            return at;
    }
}

static const char *step_plaintext(struct html_tokenizer *t, const char *at, const char *end)
{
    html_emit_text(t, at, end);
    return end;
}

static const char *step_cdata(struct html_tokenizer *t, const char *at, const char *end)
{
    const char *bracket = memchr(at, ']', (size_t)(end - at));
    html_emit_text(t, at, bracket ? bracket : end);
    if (!bracket)
        return end;
    t->less_than = html_offset(t, bracket);
    html_hold(t, ']');
    t->state = HTML_STATE_CDATA_BRACKET;
    return bracket + 1;
}

static const char *step_cdata_bracket(struct html_tokenizer *t, const char *at, const char *end)
{
    (void)end; /* one byte decides */
    if (*at == ']') {
        html_hold(t, ']');
        t->state = HTML_STATE_CDATA_END;
        return at + 1;
    }
    html_emit_held(t);
    t->state = HTML_STATE_CDATA;
    return at;
}

/* Behind "]]": of more brackets the last two count. */
static const char *step_cdata_end(struct html_tokenizer *t, const char *at, const char *end)
{
    (void)end; /* one byte decides */
    if (*at == ']') {
        t->held_length = 1;
        html_emit_held(t);
        t->held_length = 2;
        t->less_than++;
        return at + 1;
    }
    if (*at == '>') {
        t->held_length = 0;
        html_enter_text(t, HTML_DATA);
        return at + 1;
    }
    html_emit_held(t);
    t->state = HTML_STATE_CDATA;
    return at;
}
