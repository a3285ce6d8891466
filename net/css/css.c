#include "net/css/css.h"

#include "net/css/bytes.h"
#include "net/css/escape.h"
#include <errno.h>
#include <string.h>

static uint64_t position(const struct css *css, const char *at)
{
    return css->position + (uint64_t)(at - css->chunk);
}

static void text_begin(struct css *css, enum css_state state, const char *at)
{
    css->state = state;
    css->begin = position(css, at);
    css_text_begin(&css->text, css->wanted ? at : NULL);
}

/* After the string or url(), whatever it was. */
static void text_leave(struct css *css)
{
    css->state = CSS_BETWEEN;
    css->text.mark = NULL;
    if (css->context == CSS_AFTER_IMPORT)
        css->context = CSS_ANYWHERE;
}

/* The raw text ends at position `end`, and its last piece at `until`. */
static void text_report(struct css *css, const char *until, uint64_t end)
{
    struct css_url url = {
        .kind = css->context == CSS_AFTER_IMPORT ? CSS_IMPORT : CSS_RESOURCE,
        .form = css->quote == '"' ? CSS_DOUBLE
                : css->quote      ? CSS_SINGLE
                                  : CSS_UNQUOTED,
        .offset = css->begin,
        .length = end - css->begin,
    };
    if (css->wanted && css_text_whole(&css->text, until, &url.text, &url.text_length))
        css->found(css->ctx, &url);
    text_leave(css);
}

/* A name and its bracket have been read. */
static void function_open(struct css *css)
{
    css->state = CSS_BETWEEN;
    if (css_name_is(&css->name, "url")) {
        css->wanted = css->context != CSS_IN_NAMESPACE;
        css->state = CSS_URL_BEGIN;
    } else if (css->context == CSS_IN_IMAGE_SET) {
        css->depth++;
    } else if (css_name_is(&css->name, "image-set") ||
               css_name_is(&css->name, "-webkit-image-set")) {
        css->context = CSS_IN_IMAGE_SET;
        css->depth = 1;
    } else if (css->context == CSS_AFTER_IMPORT) {
        css->context = CSS_ANYWHERE;
    }
}

/* "@NAME" has been read. */
static void rule_open(struct css *css)
{
    css->state = CSS_BETWEEN;
    if (css_name_is(&css->name, "import"))
        css->context = CSS_AFTER_IMPORT;
    else if (css_name_is(&css->name, "namespace") || css_name_is(&css->name, "document") ||
             css_name_is(&css->name, "-moz-document"))
        css->context = CSS_IN_NAMESPACE;
}

/* At what ends a rule or a bracket, or opens one. */
static void rule_mark(struct css *css, char c)
{
    if (css->context == CSS_IN_NAMESPACE && (c == ';' || c == '{' || c == '}'))
        css->context = CSS_ANYWHERE;
    if (css->context != CSS_IN_IMAGE_SET || c == ';')
        return;
    if (c == '[' || c == '{')
        css->depth++;
    else if (--css->depth == 0)
        css->context = CSS_ANYWHERE;
}

static void string_begin(struct css *css, char quote, const char *at)
{
    css->quote = quote;
    text_begin(css, CSS_STRING, at);
}

/* A string that is no argument of url(). */
static void string_alone(struct css *css, char quote, const char *at)
{
    css->wanted =
        css->context == CSS_AFTER_IMPORT || (css->context == CSS_IN_IMAGE_SET && css->depth == 1);
    string_begin(css, quote, at);
}

/* At a byte that matters between tokens; `from` is where the tokens before it begin. */
static const char *stop(struct css *css, const char *from, const char *at)
{
    switch (*at) {
    case '(':
        css_name_take(&css->name, from, at);
        function_open(css);
        break;
    case '"':
    case '\'':
        string_alone(css, *at, at + 1);
        break;
    case '/':
        css->state = CSS_SLASH;
        break;
    case '<':
        css->state = CSS_LESS;
        css->matched = 1;
        break;
    case '@':
        css->state = CSS_KEYWORD;
        css_name_begin(&css->name);
        break;
    case '\\':
        css_name_take(&css->name, from, at);
        css->state = CSS_NAME;
        return css_escape_begin(css, at);
    default:
        rule_mark(css, *at);
    }
    return at + 1;
}

/* From here on each function takes what its state understands of [at, end), which is not empty, and
 * returns where the next state goes on. */

/* Between "@import" and its URL there may be blanks and comments. */
static const char *after_import(struct css *css, const char *at, const char *end)
{
    while (at < end && byte_is(*at, BYTE_BLANK))
        at++;
    if (at == end)
        return at;
    if (byte_is(*at, BYTE_NAME)) {
        css->state = CSS_NAME;
        css_name_begin(&css->name);
        return at;
    }
    if (strchr("\"'/\\", *at))
        return stop(css, at, at);
    css->context = CSS_ANYWHERE;
    return at;
}

/* A byte order mark is no part of the name that may follow it. */
static const char *in_begin(struct css *css, const char *at)
{
    if (*at == "\xef\xbb\xbf"[css->matched]) {
        if (++css->matched == 3)
            css->state = CSS_BETWEEN;
        return at + 1;
    }
    css->state = CSS_BETWEEN;
    if (css->matched > 0) {
        css->state = CSS_NAME;
        css_name_spoil(&css->name);
    }
    return at;
}

static const char *between(struct css *css, const char *from, const char *end)
{
    if (css->context == CSS_AFTER_IMPORT)
        return after_import(css, from, end);
    int what = css->context == CSS_ANYWHERE ? BYTE_STOP : BYTE_STOP | BYTE_STOP_RULE;
    const char *at = byte_find(from, end, what);
    if (at < end)
        return stop(css, from, at);
    css_name_take(&css->name, from, at);
    if (css->name.size > 0)
        css->state = CSS_NAME;
    return at;
}

/* "<!--" is one token, which a name may follow. */
static const char *in_less(struct css *css, const char *at)
{
    if (*at == "<!--"[css->matched]) {
        if (++css->matched == 4)
            css->state = CSS_BETWEEN;
        return at + 1;
    }
    css->state = CSS_BETWEEN;
    if (css->matched == 3) {
        css->state = CSS_NAME;
        css_name_begin(&css->name);
        css_name_put(&css->name, '-');
    }
    return at;
}

static const char *in_slash(struct css *css, const char *at)
{
    css->state = *at == '*' ? CSS_COMMENT : CSS_BETWEEN;
    if (*at == '*')
        return at + 1;
    if (css->context == CSS_AFTER_IMPORT)
        css->context = CSS_ANYWHERE;
    return at;
}

static const char *in_comment(struct css *css, const char *at, const char *end)
{
    const char *star = memchr(at, '*', (size_t)(end - at));
    if (!star)
        return end;
    css->state = CSS_COMMENT_STAR;
    return star + 1;
}

static const char *in_comment_star(struct css *css, const char *at)
{
    if (*at != '*')
        css->state = *at == '/' ? CSS_BETWEEN : CSS_COMMENT;
    return at + 1;
}

static const char *in_name(struct css *css, const char *at, const char *end)
{
    while (at < end && byte_is(*at, BYTE_NAME))
        css_name_put(&css->name, *at++);
    if (at == end)
        return at;
    if (*at == '\\')
        return css_escape_begin(css, at);
    if (css->state == CSS_KEYWORD) {
        rule_open(css);
        return at;
    }
    if (*at == '(') {
        function_open(css);
        return at + 1;
    }
    css->state = CSS_BETWEEN;
    if (css->context == CSS_AFTER_IMPORT)
        css->context = CSS_ANYWHERE;
    return at;
}

static const char *in_string(struct css *css, const char *at, const char *end)
{
    at = byte_find(at, end, BYTE_STOP_STRING);
    if (at == end)
        return at;
    if (*at == css->quote)
        text_report(css, at, position(css, at));
    else if (*at == '\\')
        return css_escape_begin(css, at);
    else if (byte_is(*at, BYTE_NEWLINE))
        text_leave(css);
    return at + 1;
}

static const char *url_begin(struct css *css, const char *at, const char *end)
{
    while (at < end && byte_is(*at, BYTE_BLANK))
        at++;
    if (at == end)
        return at;
    if (*at == '"' || *at == '\'') {
        css->depth += css->context == CSS_IN_IMAGE_SET; /* its bracket ends as any other's */
        string_begin(css, *at, at + 1);
        return at + 1;
    }
    css->quote = 0;
    text_begin(css, CSS_URL_TEXT, at);
    return at;
}

static const char *in_url(struct css *css, const char *at, const char *end)
{
    at = byte_find(at, end, BYTE_STOP_URL);
    if (at == end)
        return at;
    if (*at == '\\')
        return css_escape_begin(css, at);
    if (*at == ')') {
        text_report(css, at, position(css, at));
    } else if (byte_is(*at, BYTE_BLANK)) {
        css->end = position(css, at);
        css_text_keep(&css->text, at);
        css->state = CSS_URL_END;
    } else {
        css_url_spoil(css);
    }
    return at + 1;
}

static const char *url_end(struct css *css, const char *at, const char *end)
{
    while (at < end && byte_is(*at, BYTE_BLANK))
        at++;
    if (at == end)
        return at;
    if (*at == ')') {
        text_report(css, at, css->end);
        return at + 1;
    }
    css_url_spoil(css);
    return at;
}

static const char *in_bad_url(struct css *css, const char *at, const char *end)
{
    at = byte_find(at, end, BYTE_STOP_URL);
    if (at == end)
        return at;
    if (*at == '\\')
        return css_escape_begin(css, at);
    if (*at == ')')
        text_leave(css);
    return at + 1;
}

static const char *step(struct css *css, const char *at, const char *end)
{
    switch (css->state) {
    case CSS_BEGIN:
        return in_begin(css, at);
    case CSS_BETWEEN:
        return between(css, at, end);
    case CSS_LESS:
        return in_less(css, at);
    case CSS_SLASH:
        return in_slash(css, at);
    case CSS_COMMENT:
        return in_comment(css, at, end);
    case CSS_COMMENT_STAR:
        return in_comment_star(css, at);
    case CSS_NAME:
    case CSS_KEYWORD:
        return in_name(css, at, end);
    case CSS_STRING:
        return in_string(css, at, end);
    case CSS_URL_BEGIN:
        return url_begin(css, at, end);
    case CSS_URL_TEXT:
        return in_url(css, at, end);
    case CSS_URL_END:
        return url_end(css, at, end);
    case CSS_URL_BAD:
        return in_bad_url(css, at, end);
    case CSS_ESCAPE:
    case CSS_ESCAPE_HEX:
    case CSS_ESCAPE_BLANK:
    case CSS_ESCAPE_NEWLINE:
        return css_escape_read(css, at, end);
    }
    return end; /* there are no others */
}

void css_init(struct css *css, css_found *found, void *ctx)
{
    *css = (struct css){.found = found, .ctx = ctx};
}

void css_clear(struct css *css)
{
    css_text_clear(&css->text);
}

void css_begin(struct css *css, uint64_t position)
{
    css->state = CSS_BEGIN;
    css->matched = 0;
    css->context = CSS_ANYWHERE;
    css->position = position;
    css->text.mark = NULL;
    css->text.failed = false;
}

int css_feed(struct css *css, const char *data, size_t size)
{
    if (size == 0)
        return css->text.failed ? -ENOMEM : 0;
    const char *at = data;
    const char *end = data + size;
    css->chunk = data;
    css_text_resume(css, data);
    while (at < end)
        at = step(css, at, end);
    css_text_keep(&css->text, end);
    css->position += size;
    css->chunk = NULL;
    return css->text.failed ? -ENOMEM : 0;
}

int css_finish(struct css *css)
{
    if (css->state >= CSS_ESCAPE)
        css_escape_finish(css);
    if (css->state == CSS_URL_END)
        text_report(css, NULL, css->end);
    else if (css->state == CSS_STRING || css->state == CSS_URL_TEXT)
        text_report(css, NULL, css->position);
    return css->text.failed ? -ENOMEM : 0;
}
