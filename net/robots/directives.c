#include "net/robots/directives.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *word;
    unsigned directives;
} words[] = {
    {"noindex", ROBOTS_NOINDEX},
    {"nofollow", ROBOTS_NOFOLLOW},
    {"none", ROBOTS_NOINDEX | ROBOTS_NOFOLLOW},
};

/* Directives with a value behind a colon: their names are no agents'. */
static const char *const valued[] = {
    "unavailable_after",
    "max-snippet",
    "max-image-preview",
    "max-video-preview",
};

static bool is_word(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && strncasecmp(text, word, length) == 0;
}

static void trim(const char **text, size_t *length)
{
    while (*length && isspace((unsigned char)**text)) {
        ++*text;
        --*length;
    }
    while (*length && isspace((unsigned char)(*text)[*length - 1]))
        --*length;
}

static unsigned read_word(const char *text, size_t length)
{
    trim(&text, &length);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (is_word(text, length, words[i].word))
            return words[i].directives;
    return 0;
}

unsigned robots_read_meta(const char *content, size_t length)
{
    return robots_read_tag(content, length, "");
}

bool robots_is_meta(const char *name, size_t length, const char *agent)
{
    trim(&name, &length);
    return is_word(name, length, "robots") || (length && is_word(name, length, agent));
}

/* "otherbot" of "otherbot: nofollow": bytes before the colon; 0: this is no agent's name. */
static size_t agent_length(const char *text, size_t length)
{
    const char *colon = memchr(text, ':', length);
    size_t size = colon ? (size_t)(colon - text) : 0;
    for (size_t i = 0; i < size; i++)
        if (!isalnum((unsigned char)text[i]) && !strchr("-_.+/*", text[i]))
            return 0;
    for (size_t i = 0; i < sizeof valued / sizeof *valued; i++)
        if (is_word(text, size, valued[i]))
            return 0;
    return size;
}

unsigned robots_read_tag(const char *value, size_t length, const char *agent)
{
    const char *end = value + length;
    unsigned directives = 0;
    bool ours = true;
    while (value < end) {
        const char *comma = memchr(value, ',', (size_t)(end - value));
        const char *item = value;
        size_t size = (size_t)((comma ? comma : end) - item);
        value = comma ? comma + 1 : end;
        trim(&item, &size);
        size_t name = agent_length(item, size);
        if (name) {
            ours = is_word(item, name, agent) || is_word(item, name, "robots") ||
                   is_word(item, name, "*");
            item += name + 1;
            size -= name + 1;
        }
        if (ours)
            directives |= read_word(item, size);
    }
    return directives;
}
