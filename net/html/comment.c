/* What begins with "<!" or is taken for a comment. */
#include "net/html/machine.h"
#include <string.h>
#include <strings.h>

static void emit_comment(struct html_tokenizer *t, const char *data, size_t size, bool last)
{
    if (t->handler->comment && (size || last))
        t->handler->comment(t->arg, data, size, last);
}

static const char *end_comment(struct html_tokenizer *t, const char *behind)
{
    emit_comment(t, "", 0, true);
    t->state = HTML_STATE_DATA;
    return behind;
}

/* It goes on as a comment with what was taken for its end. */
static const char *go_on(struct html_tokenizer *t, const char *dashes, const char *at)
{
    emit_comment(t, dashes, strlen(dashes), false);
    t->state = HTML_STATE_COMMENT;
    return at;
}

static const char *enter(struct html_tokenizer *t, enum html_state state, const char *at)
{
    t->held_length = 0;
    t->state = state;
    return at;
}

static bool is_held(const struct html_tokenizer *t, const char *word)
{
    return strncasecmp(t->held, word, t->held_length) == 0;
}

/* What is held is the beginning of one of three words, or else of a comment. */
const char *html_step_declaration(struct html_tokenizer *t, const char *at, const char *end)
{
    for (; at < end; at++) {
        html_hold(t, *at);
        bool may_be_dashes = is_held(t, "--"), may_be_doctype = is_held(t, "doctype");
        bool may_be_cdata = (t->is_xml || html_foreign_is_within(&t->foreign)) &&
                            strncmp(t->held, "[CDATA[", t->held_length) == 0;
        if (!may_be_dashes && !may_be_doctype && !may_be_cdata) {
            emit_comment(t, t->held, t->held_length - 1, false);
            return enter(t, HTML_STATE_BOGUS_COMMENT, at);
        }
        if (may_be_dashes && t->held_length == 2)
            return enter(t, HTML_STATE_COMMENT_START, at + 1);
        if (may_be_doctype && t->held_length == 7)
            return enter(t, HTML_STATE_DOCTYPE, at + 1);
        if (may_be_cdata && t->held_length == 7) {
            t->held_length = 0;
            html_enter_text(t, HTML_CDATA);
            return at + 1;
        }
    }
    return end;
}

const char *html_step_doctype(struct html_tokenizer *t, const char *at, const char *end)
{
    at = memchr(at, '>', (size_t)(end - at));
    if (!at)
        return end;
    t->state = HTML_STATE_DATA;
    return at + 1;
}

const char *html_step_bogus_comment(struct html_tokenizer *t, const char *at, const char *end)
{
    const char *last = memchr(at, '>', (size_t)(end - at));
    emit_comment(t, at, (size_t)((last ? last : end) - at), false);
    return last ? end_comment(t, last + 1) : end;
}

const char *html_step_comment_start(struct html_tokenizer *t, const char *at, const char *end)
{
    (void)end; /* one byte decides */
    if (*at == '>')
        return end_comment(t, at + 1);
    if (*at == '-')
        return enter(t, HTML_STATE_COMMENT_START_DASH, at + 1);
    return go_on(t, "", at);
}

const char *html_step_comment_start_dash(struct html_tokenizer *t, const char *at, const char *end)
{
    (void)end; /* one byte decides */
    if (*at == '>')
        return end_comment(t, at + 1);
    if (*at == '-')
        return enter(t, HTML_STATE_COMMENT_END, at + 1);
    return go_on(t, "-", at);
}

const char *html_step_comment(struct html_tokenizer *t, const char *at, const char *end)
{
    const char *dash = memchr(at, '-', (size_t)(end - at));
    emit_comment(t, at, (size_t)((dash ? dash : end) - at), false);
    return dash ? enter(t, HTML_STATE_COMMENT_END_DASH, dash + 1) : end;
}

const char *html_step_comment_end_dash(struct html_tokenizer *t, const char *at, const char *end)
{
    (void)end; /* one byte decides */
    if (*at == '-')
        return enter(t, HTML_STATE_COMMENT_END, at + 1);
    return go_on(t, "-", at);
}

const char *html_step_comment_end(struct html_tokenizer *t, const char *at, const char *end)
{
    (void)end; /* one byte decides */
    switch (*at) {
    case '>':
        return end_comment(t, at + 1);
    case '!':
        return enter(t, HTML_STATE_COMMENT_END_BANG, at + 1);
    case '-':
        emit_comment(t, "-", 1, false);
        return at + 1;
    default:
        return go_on(t, "--", at);
    }
}

const char *html_step_comment_end_bang(struct html_tokenizer *t, const char *at, const char *end)
{
    (void)end; /* one byte decides */
    if (*at == '>')
        return end_comment(t, at + 1);
    if (*at != '-')
        return go_on(t, "--!", at);
    emit_comment(t, "--!", 3, false);
    return enter(t, HTML_STATE_COMMENT_END_DASH, at + 1);
}

/* The document ends: so does a comment, without the dashes that could have been its end. */
void html_comment_finish(struct html_tokenizer *t)
{
    switch (t->state) {
    case HTML_STATE_DECLARATION:
        emit_comment(t, t->held, t->held_length, true);
        t->held_length = 0;
        break;
    case HTML_STATE_BOGUS_COMMENT:
    case HTML_STATE_COMMENT_START:
    case HTML_STATE_COMMENT_START_DASH:
    case HTML_STATE_COMMENT:
    case HTML_STATE_COMMENT_END_DASH:
    case HTML_STATE_COMMENT_END:
    case HTML_STATE_COMMENT_END_BANG:
        emit_comment(t, "", 0, true);
        break;
    default:
        break;
    }
}
