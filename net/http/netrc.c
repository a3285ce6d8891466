#include "net/http/netrc.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct netrc {
    struct netrc_login *logins; /* owned */
    size_t count;
    size_t capacity;
    char *words; /* what they point to, ended by NULs; owned; never longer than the text */
    char *free;  /* where the next word goes */
};

struct reader {
    const char *at;
    const char *end;
    bool line_begins;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_line(struct reader *reader)
{
    const char *newline = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
    reader->at = newline ? newline + 1 : reader->end;
    reader->line_begins = true;
}

/* To the next word. False: there is none. */
static bool find_word(struct reader *reader)
{
    while (reader->at < reader->end) {
        if (reader->line_begins && *reader->at == '#') {
            skip_line(reader);
            continue;
        }
        if (!is_blank(*reader->at) && *reader->at != '\0')
            return true;
        if (*reader->at == '\n')
            reader->line_begins = true;
        reader->at++;
    }
    return false;
}

static char unescape(char c)
{
    return (char)(c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c);
}

/* Behind the first quote. NULL: there is no other. */
static char *take_quoted(struct reader *reader, char *out)
{
    while (reader->at < reader->end && *reader->at != '"' && *reader->at != '\0') {
        if (*reader->at == '\\' && reader->at + 1 < reader->end && reader->at[1] != '\0')
            *out++ = unescape(*++reader->at);
        else
            *out++ = *reader->at;
        reader->at++;
    }
    if (reader->at == reader->end || *reader->at != '"')
        return NULL;
    reader->at++;
    return out;
}

/* The next word, NULL at the end; *error when a quote has no end. */
static const char *take_word(struct netrc *netrc, struct reader *reader, int *error)
{
    char *word = netrc->free;
    char *out = word;
    if (*error || !find_word(reader))
        return NULL;
    reader->line_begins = false;
    if (*reader->at == '"') {
        reader->at++;
        out = take_quoted(reader, out);
        if (!out) {
            *error = -EINVAL;
            return NULL;
        }
    } else {
        while (reader->at < reader->end && !is_blank(*reader->at) && *reader->at != '\0')
            *out++ = *reader->at++;
    }
    *out++ = '\0';
    netrc->free = out;
    return word;
}

/* A macro ends with an empty line. */
static void skip_macro(struct reader *reader)
{
    skip_line(reader);
    while (reader->at < reader->end && *reader->at != '\n' && *reader->at != '\r')
        skip_line(reader);
}

static int add_login(struct netrc *netrc, const char *machine)
{
    if (netrc->count == netrc->capacity) {
        size_t capacity = netrc->capacity ? 2 * netrc->capacity : 8;
        struct netrc_login *longer = realloc(netrc->logins, capacity * sizeof *longer);
        if (!longer)
            return -ENOMEM;
        netrc->logins = longer;
        netrc->capacity = capacity;
    }
    netrc->logins[netrc->count++] = (struct netrc_login){.machine = machine};
    return 0;
}

/* "login NAME" and the like, of the latest entry. */
static int take_property(struct netrc *netrc, const char *name, const char *value)
{
    struct netrc_login *login = netrc->count ? &netrc->logins[netrc->count - 1] : NULL;
    if (!login || !value)
        return -EINVAL;
    if (strcasecmp(name, "login") == 0)
        login->user = value;
    else if (strcasecmp(name, "password") == 0)
        login->password = value;
    else if (strcasecmp(name, "account") != 0)
        return -EINVAL;
    return 0;
}

static int take_entry(struct netrc *netrc, struct reader *reader, const char *name)
{
    int error = 0;
    if (strcasecmp(name, "default") == 0)
        return add_login(netrc, NULL);
    const char *value = take_word(netrc, reader, &error);
    if (error)
        return error;
    if (strcasecmp(name, "machine") == 0)
        return value ? add_login(netrc, value) : -EINVAL;
    if (strcasecmp(name, "macdef") != 0)
        return take_property(netrc, name, value);
    skip_macro(reader);
    return 0;
}

int netrc_parse(struct netrc **made, const char *text, size_t length)
{
    struct netrc *netrc = calloc(1, sizeof *netrc);
    *made = NULL;
    if (!netrc)
        return -ENOMEM;
    struct reader reader = {.at = text, .end = text + length, .line_begins = true};
    const char *name;
    /* Each word has a blank behind it, but perhaps the last; and an empty one has its quotes. */
    netrc->words = malloc(length + 1);
    netrc->free = netrc->words;
    int error = netrc->words ? 0 : -ENOMEM;
    while (!error && (name = take_word(netrc, &reader, &error)))
        error = take_entry(netrc, &reader, name);
    if (error)
        netrc_free(netrc);
    else
        *made = netrc;
    return error;
}

void netrc_free(struct netrc *netrc)
{
    if (!netrc)
        return;
    free(netrc->logins);
    free(netrc->words);
    free(netrc);
}

const struct netrc_login *netrc_find(const struct netrc *netrc, const char *host, const char *user)
{
    for (size_t i = 0; i < netrc->count; i++) {
        const struct netrc_login *login = &netrc->logins[i];
        if (login->machine && strcasecmp(login->machine, host) != 0)
            continue;
        if (!user || (login->user && strcmp(login->user, user) == 0))
            return login;
    }
    return NULL;
}
