#include "cmd/get/list_line.h"

#include <ctype.h>
#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static struct span trim(struct span span)
{
    while (span.length > 0 && is_blank(*span.text)) {
        span.text++;
        span.length--;
    }
    while (span.length > 0 && is_blank(span.text[span.length - 1]))
        span.length--;
    return span;
}

static struct span skip(struct span span, size_t count)
{
    return (struct span){span.text + count, span.length - count};
}

/* The length of the word of small letters, digits and dashes that "  out=FILE" begins with; 0 when
 * there is none, or no '=' behind it. */
static size_t key_length(struct span text)
{
    size_t i = 0;
    while (i < text.length && (islower((unsigned char)text.text[i]) ||
                               isdigit((unsigned char)text.text[i]) || text.text[i] == '-'))
        i++;
    return i < text.length && text.text[i] == '=' ? i : 0;
}

/* "HASH  URL", or "HASH *URL": the digest is cut off. */
static void take_digest(struct list_line *line)
{
    struct span all = line->text;
    size_t digits = checksum_scan(&line->checksum, all.text, all.length);
    if (digits == 0 || digits == all.length || !is_blank(all.text[digits])) {
        line->checksum.algorithm = CHECKSUM_NONE;
        return;
    }
    line->text = trim(skip(all, digits));
    if (*line->text.text == '*')
        line->text = trim(skip(line->text, 1));
}

bool list_line_read(const char *text, size_t length, struct list_line *line)
{
    bool indented = length > 0 && (*text == ' ' || *text == '\t');
    *line = (struct list_line){.text = trim((struct span){text, length})};
    if (line->text.length == 0 || *line->text.text == '#')
        return false;
    size_t key = indented ? key_length(line->text) : 0;
    if (key > 0) {
        line->key = (struct span){line->text.text, key};
        line->text = trim(skip(line->text, key + 1));
    } else {
        take_digest(line);
    }
    return true;
}

bool list_line_next_url(struct list_line *line, struct span *url)
{
    struct span rest = trim(line->text);
    const char *tab = rest.length ? memchr(rest.text, '\t', rest.length) : NULL;
    size_t length = tab ? (size_t)(tab - rest.text) : rest.length;
    *url = trim((struct span){rest.text, length});
    line->text = skip(rest, length);
    return rest.length > 0;
}

/* The length of a quoted field with its quotes; 0: it has no end. Two quotes together stand for one
 * that is part of it. */
static size_t quoted_length(struct span text)
{
    for (size_t i = 1; i < text.length; i++) {
        if (text.text[i] != '"')
            continue;
        if (i + 1 == text.length || text.text[i + 1] != '"')
            return i + 1;
        i++;
    }
    return 0;
}

/* Cuts the first field off `rest`, not the comma behind it. NULL, or what is wrong. */
static const char *take_field(struct span *rest, struct span *field)
{
    struct span text = trim(*rest);
    const char *comma = text.length ? memchr(text.text, ',', text.length) : NULL;
    size_t length = comma ? (size_t)(comma - text.text) : text.length;
    bool quoted = text.length > 0 && *text.text == '"';
    if (quoted) {
        length = quoted_length(text);
        if (length == 0)
            return "a quoted field has no end on this line";
    }
    *field = trim((struct span){text.text, length});
    *rest = trim(skip(text, length));
    return rest->length > 0 && *rest->text != ',' ? "something else follows a quoted field" : NULL;
}

/* Takes the quotes of a field away, in place: `text` is where it lies. */
static struct span unquote(char *text, size_t length)
{
    size_t out = 0;
    if (length == 0 || *text != '"')
        return (struct span){text, length};
    for (size_t i = 1; i + 1 < length; i++) {
        text[out++] = text[i];
        i += text[i] == '"';
    }
    return (struct span){text, out};
}

bool list_line_read_csv(char *text, size_t length, struct list_line *line)
{
    struct span all = trim((struct span){text, length});
    struct span rest = all, url = {text, 0}, name = {text, 0};
    *line = (struct list_line){.text = all};
    if (all.length == 0 || *all.text == '#')
        return false;
    line->problem = take_field(&rest, &url);
    if (!line->problem && rest.length > 0) {
        rest = skip(rest, 1);
        line->problem = take_field(&rest, &name);
    }
    if (!line->problem && rest.length > 0)
        line->problem = "more than two fields";
    if (!line->problem && url.length == 0)
        line->problem = "no URL in the first field";
    if (line->problem)
        return true;
    line->text = unquote(text + (url.text - text), url.length);
    line->name = unquote(text + (name.text - text), name.length);
    return true;
}
