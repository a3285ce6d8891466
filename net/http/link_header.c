#include "net/http/link_header.h"

#include <string.h>
#include <strings.h>

/* Of a rel, in bytes: what is behind that is not looked at. */
#define RELATIONS_MAX 256

struct parameter {
    struct link_text name;
    struct link_text value; /* between the quotes, where there are any */
    bool quoted;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void skip(struct link_text *text, size_t count)
{
    text->at += count;
    text->length -= count;
}

static void skip_blanks(struct link_text *text)
{
    while (text->length > 0 && is_blank(*text->at))
        skip(text, 1);
}

static bool begins_with(const struct link_text *text, char c)
{
    return text->length > 0 && *text->at == c;
}

/* Up to one of `stops` or the end, without the blanks there. */
static struct link_text take_until(struct link_text *text, const char *stops)
{
    struct link_text taken = {text->at, 0};
    while (text->length > 0 && !(*text->at && strchr(stops, *text->at)))
        skip(text, 1);
    taken.length = (size_t)(text->at - taken.at);
    while (taken.length > 0 && is_blank(taken.at[taken.length - 1]))
        taken.length--;
    return taken;
}

/* Between the quotes; one that does not end goes to the end. */
static struct link_text take_quoted(struct link_text *text)
{
    skip(text, 1);
    struct link_text taken = {text->at, 0};
    while (text->length > 0 && *text->at != '"')
        skip(text, *text->at == '\\' && text->length > 1 ? 2 : 1);
    taken.length = (size_t)(text->at - taken.at);
    if (text->length > 0)
        skip(text, 1);
    return taken;
}

/* The next "; name=value". False where none begins. */
static bool take_parameter(struct link_text *text, struct parameter *parameter)
{
    *parameter = (struct parameter){.quoted = false};
    skip_blanks(text);
    if (!begins_with(text, ';'))
        return false;
    skip(text, 1);
    skip_blanks(text);
    parameter->name = take_until(text, "=;,");
    if (!begins_with(text, '='))
        return true;
    skip(text, 1);
    skip_blanks(text);
    parameter->quoted = begins_with(text, '"');
    if (!parameter->quoted) {
        parameter->value = take_until(text, ";,");
        return true;
    }
    parameter->value = take_quoted(text);
    take_until(text, ";,"); /* what nobody expects there */
    return true;
}

/* What lies behind a target. */
static struct link_text take_parameters(struct link_text *field)
{
    struct link_text taken = {field->at, 0};
    struct parameter parameter;
    while (take_parameter(field, &parameter))
        continue;
    taken.length = (size_t)(field->at - taken.at);
    return taken;
}

/* To behind the next comma, or to the end. */
static void skip_element(struct link_text *field)
{
    take_until(field, ",");
    if (field->length > 0)
        skip(field, 1);
}

bool link_next(struct link_text *field, struct link *link)
{
    skip_blanks(field);
    while (field->length > 0 && *field->at != '<') {
        skip_element(field);
        skip_blanks(field);
    }
    const char *end = field->length > 0 ? memchr(field->at, '>', field->length) : NULL;
    if (!end) { /* nor does any other link end */
        skip(field, field->length);
        return false;
    }
    link->target = (struct link_text){field->at + 1, (size_t)(end - field->at) - 1};
    skip(field, link->target.length + 2);
    link->parameters = take_parameters(field);
    skip_element(field);
    return true;
}

static bool text_is(struct link_text text, const char *word)
{
    return text.length == strlen(word) && strncasecmp(text.at, word, text.length) == 0;
}

static bool find_parameter(const struct link *link, const char *name, struct parameter *found)
{
    struct link_text rest = link->parameters;
    while (take_parameter(&rest, found))
        if (text_is(found->name, name))
            return true;
    return false;
}

bool link_parameter(const struct link *link, const char *name, char *value, size_t size)
{
    struct parameter found;
    size_t used = 0;
    value[0] = '\0';
    if (!find_parameter(link, name, &found) || !found.value.at)
        return false;
    for (size_t i = 0; i < found.value.length && used + 1 < size; i++) {
        if (found.quoted && found.value.at[i] == '\\' && i + 1 < found.value.length)
            i++;
        value[used++] = found.value.at[i];
    }
    value[used] = '\0';
    return true;
}

bool link_relates(const struct link *link, const char *relation)
{
    static const char blanks[] = " \t";
    char relations[RELATIONS_MAX];
    struct parameter anchor;
    if (find_parameter(link, "anchor", &anchor) ||
        !link_parameter(link, "rel", relations, sizeof relations))
        return false;
    for (const char *word = relations + strspn(relations, blanks); *word;) {
        size_t length = strcspn(word, blanks);
        if (text_is((struct link_text){word, length}, relation))
            return true;
        word += length;
        word += strspn(word, blanks);
    }
    return false;
}
