#include "net/css/escape.h"

#include "net/css/bytes.h"

enum { REPLACEMENT = 0xfffd };

const char *css_escape_begin(struct css *css, const char *at)
{
    css_text_keep(&css->text, at);
    css->escaped = css->state;
    css->state = CSS_ESCAPE;
    return at + 1;
}

void css_text_resume(struct css *css, const char *at)
{
    if (css->wanted && (css->state == CSS_STRING || css->state == CSS_URL_TEXT))
        css->text.mark = at;
}

void css_url_spoil(struct css *css)
{
    css->text.mark = NULL;
    css->state = CSS_URL_BAD;
}

static bool in_name(const struct css *css)
{
    return css->escaped == CSS_NAME || css->escaped == CSS_KEYWORD;
}

static void escape_end(struct css *css, const char *at)
{
    css->state = css->escaped;
    css_text_resume(css, at);
}

static const char *escape_newline(struct css *css, const char *at)
{
    css->state = css->escaped;
    if (css->escaped == CSS_STRING) {
        /* The string goes on in the next line. */
        css->state = CSS_ESCAPE_NEWLINE;
        if (*at == '\r')
            return at + 1;
        escape_end(css, at + 1);
        return at + 1;
    }
    /* It was no escape at all. */
    if (in_name(css))
        css_name_spoil(&css->name);
    else
        css_url_spoil(css);
    return at;
}

static unsigned hex_value(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

/* After the backslash. */
static const char *in_escape(struct css *css, const char *at)
{
    if (byte_is(*at, BYTE_NEWLINE))
        return escape_newline(css, at);
    if (byte_is(*at, BYTE_HEX)) {
        css->state = CSS_ESCAPE_HEX;
        css->code_point = 0;
        css->digits = 0;
        return at;
    }
    escape_end(css, at); /* the character stands for itself */
    if (in_name(css))
        css_name_put(&css->name, *at);
    return at + 1;
}

static void escape_put(struct css *css)
{
    uint32_t point = css->code_point;
    if (point == 0 || (point >= 0xd800 && point <= 0xdfff) || point > 0x10ffff)
        point = REPLACEMENT;
    if (in_name(css))
        css_name_put(&css->name, (char)(point < 0x80 ? point : 0x80));
    else if (css->escaped != CSS_URL_BAD && css->wanted)
        css_text_put(&css->text, point);
}

static const char *escape_hex(struct css *css, const char *at, const char *end)
{
    while (at < end && css->digits < 6 && byte_is(*at, BYTE_HEX)) {
        css->code_point = css->code_point << 4 | hex_value(*at++);
        css->digits++;
    }
    if (at == end)
        return at;
    escape_put(css);
    css->state = CSS_ESCAPE_BLANK;
    return at;
}

/* One blank belongs to the digits before it; CR and LF are one. */
static const char *escape_blank(struct css *css, const char *at)
{
    if (*at == '\r') {
        css->state = CSS_ESCAPE_NEWLINE;
        return at + 1;
    }
    at += byte_is(*at, BYTE_BLANK);
    escape_end(css, at);
    return at;
}

static const char *escape_line_feed(struct css *css, const char *at)
{
    at += *at == '\n';
    escape_end(css, at);
    return at;
}

const char *css_escape_read(struct css *css, const char *at, const char *end)
{
    switch (css->state) {
    case CSS_ESCAPE:
        return in_escape(css, at);
    case CSS_ESCAPE_HEX:
        return escape_hex(css, at, end);
    case CSS_ESCAPE_BLANK:
        return escape_blank(css, at);
    default:
        return escape_line_feed(css, at);
    }
}

void css_escape_finish(struct css *css)
{
    if (css->state == CSS_ESCAPE_HEX)
        escape_put(css);
    else if (css->state == CSS_ESCAPE && css->escaped == CSS_URL_TEXT && css->wanted)
        css_text_put(&css->text, REPLACEMENT); /* a backslash before nothing */
    css->state = css->escaped;
}
