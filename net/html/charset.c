#include "net/html/charset.h"
#include "net/html/link_table.h"
#include <string.h>
#include <strings.h>

/* What is read of a page's head or of a field. */
struct span {
    const char *at;
    const char *end;
};

static bool begins(struct span span, const char *text)
{
    size_t length = strlen(text);
    return (size_t)(span.end - span.at) >= length && strncasecmp(span.at, text, length) == 0;
}

static void skip_blanks(struct span *span)
{
    while (span->at < span->end && html_is_blank(*span->at))
        span->at++;
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* "charset=x" in a value, quoted or not (HTML 2.7.2, and as lenient for Content-Type). */
static const char *charset_in(const char *text, size_t length)
{
    for (struct span span = {text, text + length}; span.at < span.end; span.at++) {
        if (!begins(span, "charset"))
            continue;
        struct span value = {span.at + strlen("charset"), span.end};
        skip_blanks(&value);
        if (value.at == value.end || *value.at != '=')
            continue;
        value.at++;
        skip_blanks(&value);
        char quote = '\0';
        if (value.at < value.end && (*value.at == '"' || *value.at == '\''))
            quote = *value.at++;
        const char *label = value.at;
        while (value.at < value.end &&
               (quote ? *value.at != quote : *value.at != ';' && !html_is_blank(*value.at)))
            value.at++;
        if (quote && value.at == value.end)
            return NULL;
        return html_charset_of_label(label, (size_t)(value.at - label));
    }
    return NULL;
}

struct pair {
    struct span name;
    struct span value;
};

static void read_value(struct span *span, struct span *value)
{
    skip_blanks(span);
    if (span->at < span->end && (*span->at == '"' || *span->at == '\'')) {
        char quote = *span->at++;
        value->at = span->at;
        while (span->at < span->end && *span->at != quote)
            span->at++;
        value->end = span->at;
        span->at += span->at < span->end;
        return;
    }
    value->at = span->at;
    while (span->at < span->end && !html_is_blank(*span->at) && *span->at != '>')
        span->at++;
    value->end = span->at;
}

/* The next attribute; false at the tag's end, or where nothing more is known. */
static bool read_attribute(struct span *span, struct pair *pair)
{
    while (span->at < span->end && (html_is_blank(*span->at) || *span->at == '/'))
        span->at++;
    if (span->at == span->end || *span->at == '>')
        return false;
    pair->name.at = span->at;
    while (span->at < span->end && !html_is_blank(*span->at) && *span->at != '/' &&
           *span->at != '>' && (*span->at != '=' || span->at == pair->name.at))
        span->at++;
    pair->name.end = span->at;
    pair->value = (struct span){span->at, span->at};
    skip_blanks(span);
    if (span->at < span->end && *span->at == '=') {
        span->at++;
        read_value(span, &pair->value);
    }
    return span->at < span->end;
}

static bool is_named(const struct pair *pair, const char *name)
{
    return (size_t)(pair->name.end - pair->name.at) == strlen(name) && begins(pair->name, name);
}

/* Behind "<meta". */
static const char *read_meta(struct span *span)
{
    struct pair pair;
    bool has_pragma = false, has_charset = false, has_content = false;
    const char *charset = NULL;
    while (read_attribute(span, &pair)) {
        const struct span value = pair.value;
        size_t length = (size_t)(value.end - value.at);
        if (is_named(&pair, "http-equiv")) {
            has_pragma |= length == strlen("content-type") && begins(value, "content-type");
        } else if (is_named(&pair, "charset") && !has_charset) {
            has_charset = true;
            charset = html_charset_of_label(value.at, length);
        } else if (is_named(&pair, "content") && !has_charset && !has_content) {
            charset = charset_in(value.at, length);
            has_content = charset != NULL;
        }
    }
    return has_charset || (has_content && has_pragma) ? charset : NULL;
}

static void skip_past(struct span *span, const char *text)
{
    const char *found = memmem(span->at, (size_t)(span->end - span->at), text, strlen(text));
    span->at = found ? found + strlen(text) : span->end;
}

/* At a '<'. */
static const char *read_markup(struct span *span)
{
    struct pair pair;
    struct span rest = {span->at + 1, span->end};
    if (begins(rest, "!--")) {
        span->at += 2; /* its dashes may be the end's, too */
        skip_past(span, "-->");
        return NULL;
    }
    if (begins(rest, "meta") && rest.end - rest.at > 4 &&
        (html_is_blank(rest.at[4]) || rest.at[4] == '/')) {
        span->at += strlen("<meta");
        return read_meta(span);
    }
    rest.at += begins(rest, "/");
    if (rest.at < rest.end && is_letter(*rest.at)) {
        while (rest.at < rest.end && !html_is_blank(*rest.at) && *rest.at != '>')
            rest.at++;
        while (read_attribute(&rest, &pair))
            continue;
        span->at = rest.at;
    } else if (begins((struct span){span->at + 1, span->end}, "!") || rest.at > span->at + 1 ||
               begins(rest, "?")) {
        skip_past(span, ">");
    } else {
        span->at++;
    }
    return NULL;
}

/* <?xml encoding="x"?>, at the very beginning. */
static const char *xml_encoding(const char *head, size_t length)
{
    struct span span = {head, head + length};
    const char *end = memchr(head, '>', length);
    if (!begins(span, "<?xml") || !end)
        return NULL;
    const char *word = memmem(head, (size_t)(end - head), "encoding", strlen("encoding"));
    if (!word)
        return NULL;
    struct span value, rest = {word + strlen("encoding"), end};
    skip_blanks(&rest);
    if (rest.at == rest.end || *rest.at++ != '=')
        return NULL;
    read_value(&rest, &value);
    return html_charset_of_label(value.at, (size_t)(value.end - value.at));
}

/* HTML 13.2.3.2: what cannot be UTF-16, since it was read as ASCII, is UTF-8. */
static const char *prescan(const char *head, size_t length)
{
    struct span span = {head, head + length};
    const char *name = NULL;
    while ((span.at = memchr(span.at, '<', (size_t)(span.end - span.at)))) {
        name = read_markup(&span);
        if (name)
            break;
    }
    if (!name)
        name = xml_encoding(head, length);
    return name && strncmp(name, "UTF-16", 6) == 0 ? "UTF-8" : name;
}

static const struct {
    const char *bytes;
    size_t length;
    size_t mark; /* 0: it is markup, and only looks so */
    const char *name;
} marks[] = {
    {"\xef\xbb\xbf", 3, 3, "UTF-8"},    {"\xff\xfe\0\0", 4, 4, "UTF-32LE"},
    {"\0\0\xfe\xff", 4, 4, "UTF-32BE"}, {"\xff\xfe", 2, 2, "UTF-16LE"},
    {"\xfe\xff", 2, 2, "UTF-16BE"},     {"<\0?\0x\0", 6, 0, "UTF-16LE"},
    {"\0<\0?\0x", 6, 0, "UTF-16BE"},
};

static bool find_mark(struct html_charset *charset, const char *head, size_t length)
{
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (length < marks[i].length || memcmp(head, marks[i].bytes, marks[i].length) != 0)
            continue;
        charset->name = marks[i].name;
        charset->mark = marks[i].mark;
        charset->source = HTML_CHARSET_MARK;
        return true;
    }
    return false;
}

void html_charset_find(struct html_charset *charset, const char *content_type, const char *head,
                       size_t length)
{
    *charset = (struct html_charset){.name = NULL, .source = HTML_CHARSET_FIELD};
    if (!find_mark(charset, head, length) && content_type)
        charset->name = charset_in(content_type, strlen(content_type));
    if (!charset->name) {
        charset->source = HTML_CHARSET_META;
        charset->name =
            prescan(head, length < HTML_CHARSET_PRESCAN ? length : HTML_CHARSET_PRESCAN);
    }
    if (!charset->name) {
        charset->source = HTML_CHARSET_ASSUMED;
        charset->name = "windows-1252";
    }
    charset->recoded = strncmp(charset->name, "UTF-16", 6) == 0 ||
                       strncmp(charset->name, "UTF-32", 6) == 0 ||
                       strncmp(charset->name, "ISO-2022-", 9) == 0;
}
