#include "net/http/altsvc.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* Chains stay short up to ALTSVC_MAX alternatives. */
#define BUCKETS     8192
#define AGE_DEFAULT 86400 /* RFC 7838 section 3.1 */
#define AGE_MAX     ((int64_t)10 * 366 * 86400)

struct alternative {
    struct alternative *next; /* in its bucket, in the order of preference of its host */
    int64_t expires;          /* unix seconds; 0: the host wants nobody there any more */
    unsigned port;            /* of the host */
    unsigned there;           /* the port there */
    char protocol[4];         /* "h1", "h2", "h3" */
    bool persists;            /* also when the network changes */
    bool learnt;              /* not from a file, or no longer as it is there */
    bool listed;              /* in a file */
    bool avoided;             /* nobody was met there */
    char *place;              /* host there, behind the name in this block */
    char name[];
};

struct altsvc {
    pthread_mutex_t lock; /* over all below */
    struct alternative *buckets[BUCKETS];
    size_t count;
};

struct word {
    const char *at;
    size_t length;
};

struct altsvc *altsvc_new(void)
{
    struct altsvc *altsvc = calloc(1, sizeof *altsvc);
    if (altsvc)
        pthread_mutex_init(&altsvc->lock, NULL); /* cannot fail on Linux */
    return altsvc;
}

void altsvc_free(struct altsvc *altsvc)
{
    if (!altsvc)
        return;
    for (size_t i = 0; i < BUCKETS; i++) {
        for (struct alternative *at = altsvc->buckets[i], *next; at; at = next) {
            next = at->next;
            free(at);
        }
    }
    pthread_mutex_destroy(&altsvc->lock);
    free(altsvc);
}

/* FNV-1a, without the case. */
static struct alternative **bucket_of(struct altsvc *altsvc, struct word name)
{
    unsigned hash = 2166136261U;
    for (size_t i = 0; i < name.length; i++)
        hash = (hash ^ (unsigned char)(name.at[i] | 0x20)) * 16777619U;
    return &altsvc->buckets[hash % BUCKETS];
}

static bool word_is(struct word word, const char *text)
{
    return word.length == strlen(text) && strncasecmp(word.at, text, word.length) == 0;
}

static void drop(struct altsvc *altsvc, struct alternative **link)
{
    struct alternative *at = *link;
    *link = at->next;
    free(at);
    altsvc->count--;
}

/* What is in a file stays, to be told that it is no more. */
static void forget(struct altsvc *altsvc, struct word name, unsigned port)
{
    for (struct alternative **link = bucket_of(altsvc, name), *at; (at = *link);) {
        bool of_host = at->port == port && word_is(name, at->name);
        if (of_host && !at->listed) {
            drop(altsvc, link);
            continue;
        }
        if (of_host) {
            at->expires = 0;
            at->learnt = true;
        }
        link = &at->next;
    }
}

static bool is_host(struct word host)
{
    if (host.length == 0 || host.length > ALTSVC_HOST_MAX)
        return false;
    for (size_t i = 0; i < host.length; i++)
        if (host.at[i] <= ' ' || host.at[i] >= 0x7f || strchr("/\\@?#\"%[],;", host.at[i]))
            return false;
    return true;
}

static bool is_same(const struct alternative *at, struct word name, struct word place,
                    const struct alternative *values)
{
    return at->port == values->port && at->there == values->there &&
           strcmp(at->protocol, values->protocol) == 0 && word_is(name, at->name) &&
           word_is(place, at->place);
}

/* Where the same one is, or the end of its bucket. *count: how many of this host count. */
static struct alternative **look_up(struct altsvc *altsvc, struct word name, struct word place,
                                    const struct alternative *values, unsigned *count)
{
    struct alternative **link = bucket_of(altsvc, name);
    *count = 0;
    for (struct alternative *at; (at = *link); link = &at->next) {
        if (is_same(at, name, place, values))
            break;
        *count += at->expires > 0 && at->port == values->port && word_is(name, at->name);
    }
    return link;
}

/* With the lock. A list that is full takes nobody new, nor another one of a host that has enough;
 * what is no host is left out. */
static int add(struct altsvc *altsvc, struct word name, struct word place,
               const struct alternative *values)
{
    unsigned count;
    if (!is_host(name) || !is_host(place))
        return 0;
    struct alternative **link = look_up(altsvc, name, place, values, &count);
    if (*link) {
        (*link)->expires = values->expires;
        (*link)->learnt = values->learnt;
        return 0;
    }
    if (altsvc->count == ALTSVC_MAX || count >= ALTSVC_EACH)
        return 0;
    struct alternative *made = malloc(sizeof *made + name.length + 1 + place.length + 1);
    if (!made)
        return -ENOMEM;
    *made = *values;
    made->next = NULL;
    made->place = made->name + name.length + 1;
    memcpy(made->name, name.at, name.length);
    made->name[name.length] = '\0';
    for (size_t i = 0; i < place.length; i++)
        made->place[i] =
            (char)(place.at[i] | (place.at[i] >= 'A' && place.at[i] <= 'Z' ? 0x20 : 0));
    made->place[place.length] = '\0';
    *link = made;
    altsvc->count++;
    return 0;
}

/* Digits and no more, at most `max`; -1: it is none. */
static int64_t read_number(struct word word, int64_t max)
{
    int64_t number = 0;
    if (word.length == 0)
        return -1;
    for (size_t i = 0; i < word.length; i++) {
        if (word.at[i] < '0' || word.at[i] > '9')
            return -1;
        if (number <= max)
            number = number * 10 + (word.at[i] - '0');
    }
    return number < max ? number : max;
}

/* A port, 0 for anything else. */
static unsigned read_port(struct word word)
{
    int64_t port = read_number(word, 65536);
    return port > 0 && port < 65536 ? (unsigned)port : 0;
}

static bool set_protocol(struct alternative *values, struct word word)
{
    static const char *const known[] = {"h1", "h2", "h3"};
    if (word_is(word, "http/1.1") || word_is(word, "http%2F1.1"))
        word = (struct word){"h1", 2};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (word_is(word, known[i])) {
            memcpy(values->protocol, known[i], sizeof "h1");
            return true;
        }
    }
    return false;
}

/* The next word of a line of the file, in quotes or not; empty at the end. */
static struct word next_word(const char **at, const char *end)
{
    while (*at < end && **at == ' ')
        ++*at;
    bool quoted = *at < end && **at == '"';
    *at += quoted;
    struct word word = {.at = *at};
    while (*at < end && **at != (quoted ? '"' : ' '))
        ++*at;
    word.length = (size_t)(*at - word.at);
    *at += quoted && *at < end;
    return word;
}

/* "20261231 23:59:59": unix seconds, -1 for anything else. */
static int64_t read_time(struct word word)
{
    char copy[32];
    struct tm parts = {0};
    if (word.length >= sizeof copy)
        return -1;
    memcpy(copy, word.at, word.length);
    copy[word.length] = '\0';
    const char *end = strptime(copy, "%Y%m%d %H:%M:%S", &parts);
    return end && !*end ? (int64_t)timegm(&parts) : -1;
}

static struct word unbracket(struct word host)
{
    if (host.length > 2 && host.at[0] == '[' && host.at[host.length - 1] == ']')
        return (struct word){host.at + 1, host.length - 2};
    return host;
}

static int read_line(struct altsvc *altsvc, const char *at, const char *end, int64_t now)
{
    struct alternative values = {.listed = true};
    unsigned count;
    if (*at == '#')
        return 0;
    next_word(&at, end); /* how the host was met itself */
    struct word name = next_word(&at, end);
    values.port = read_port(next_word(&at, end));
    bool known = set_protocol(&values, next_word(&at, end));
    struct word place = next_word(&at, end);
    values.there = read_port(next_word(&at, end));
    values.expires = read_time(next_word(&at, end));
    values.persists = word_is(next_word(&at, end), "1");
    name = unbracket(name);
    place = unbracket(place);
    if (!known || !values.port || !values.there || values.expires < 0)
        return 0;
    if (values.expires > now)
        return add(altsvc, name, place, &values);
    struct alternative **link = look_up(altsvc, name, place, &values, &count);
    if (*link)
        drop(altsvc, link);
    return 0;
}

int altsvc_read(struct altsvc *altsvc, const char *text, size_t length, int64_t now)
{
    const char *end = text + length;
    int error = 0;
    pthread_mutex_lock(&altsvc->lock);
    while (text < end && !error) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *line_end = newline ? newline : end;
        const char *trimmed = line_end > text && line_end[-1] == '\r' ? line_end - 1 : line_end;
        error = trimmed > text ? read_line(altsvc, text, trimmed, now) : 0;
        text = line_end + 1;
    }
    pthread_mutex_unlock(&altsvc->lock);
    return error;
}

static void skip_blanks(const char **at, const char *end)
{
    while (*at < end && (**at == ' ' || **at == '\t'))
        ++*at;
}

/* `name=value`, the value in quotes or not; false where there is none. */
static bool take_pair(const char **at, const char *end, struct word *name, struct word *value)
{
    skip_blanks(at, end);
    name->at = *at;
    while (*at < end && !strchr("=;, \t", **at))
        ++*at;
    name->length = (size_t)(*at - name->at);
    skip_blanks(at, end);
    if (*at == end || **at != '=' || name->length == 0)
        return false;
    ++*at;
    skip_blanks(at, end);
    bool quoted = *at < end && **at == '"';
    *at += quoted;
    value->at = *at;
    while (*at < end && (quoted ? **at != '"' : !strchr(";, \t", **at)))
        ++*at;
    value->length = (size_t)(*at - value->at);
    *at += quoted && *at < end;
    skip_blanks(at, end);
    return true;
}

/* To behind the next comma. */
static void next_element(const char **at, const char *end)
{
    for (bool quoted = false; *at < end && (quoted || **at != ','); ++*at)
        quoted ^= **at == '"';
    *at += *at < end;
}

static void take_parameters(const char **at, const char *end, struct alternative *values,
                            int64_t now)
{
    struct word name, value;
    int64_t age = AGE_DEFAULT;
    while (*at < end && **at == ';') {
        ++*at;
        if (!take_pair(at, end, &name, &value))
            break;
        int64_t number = read_number(value, AGE_MAX);
        if (word_is(name, "ma") && number >= 0)
            age = number;
        else if (word_is(name, "persist"))
            values->persists = number == 1;
    }
    values->expires = now + age;
}

/* "host:port", the host in brackets if it is IPv6; without one it is `name`. */
static struct word split_authority(struct word authority, struct word name, unsigned *port)
{
    const char *colon = authority.length ? memrchr(authority.at, ':', authority.length) : NULL;
    if (!colon)
        return name;
    size_t before = (size_t)(colon - authority.at);
    *port = read_port((struct word){colon + 1, authority.length - before - 1});
    return before ? unbracket((struct word){authority.at, before}) : name;
}

/* One element: `h2="host:port"; ma=1`. */
static int take_element(struct altsvc *altsvc, struct word name, unsigned port, const char **at,
                        const char *end, int64_t now)
{
    struct alternative values = {.port = port, .learnt = true};
    struct word protocol, authority;
    int error = 0;
    if (take_pair(at, end, &protocol, &authority) && set_protocol(&values, protocol)) {
        struct word place = split_authority(authority, name, &values.there);
        take_parameters(at, end, &values, now);
        if (values.there && values.expires > now)
            error = add(altsvc, name, place, &values);
    }
    next_element(at, end);
    return error;
}

int altsvc_learn(struct altsvc *altsvc, const char *host, unsigned port, const char *value,
                 size_t length, int64_t now, bool continues)
{
    const char *end = value + length;
    struct word name = {host, strlen(host)};
    int error = 0;
    pthread_mutex_lock(&altsvc->lock);
    if (!continues)
        forget(altsvc, name, port);
    if (!word_is((struct word){value, length}, "clear"))
        while (value < end && !error)
            error = take_element(altsvc, name, port, &value, end, now);
    pthread_mutex_unlock(&altsvc->lock);
    return error;
}

bool altsvc_find(struct altsvc *altsvc, const char *host, unsigned port, bool http2, int64_t now,
                 struct altsvc_place *place)
{
    struct word name = {host, strlen(host)};
    bool found = false;
    pthread_mutex_lock(&altsvc->lock);
    for (const struct alternative *at = *bucket_of(altsvc, name); at && !found; at = at->next) {
        bool spoken = at->protocol[1] == '1' || (at->protocol[1] == '2' && http2);
        if (!spoken || at->avoided || at->expires <= now || at->port != port ||
            !word_is(name, at->name))
            continue;
        bool v6 = strchr(at->place, ':') != NULL;
        snprintf(place->host, sizeof place->host, "%s", at->place);
        snprintf(place->key, sizeof place->key, "%s%s%s:%u", v6 ? "[" : "", at->place,
                 v6 ? "]" : "", at->there);
        found = true;
    }
    pthread_mutex_unlock(&altsvc->lock);
    return found;
}

void altsvc_avoid(struct altsvc *altsvc, const char *host, unsigned port,
                  const struct altsvc_place *place)
{
    struct word name = {host, strlen(host)};
    const char *colon = strrchr(place->key, ':');
    unsigned there = (unsigned)strtoul(colon + 1, NULL, 10);
    pthread_mutex_lock(&altsvc->lock);
    for (struct alternative *at = *bucket_of(altsvc, name); at; at = at->next)
        if (at->port == port && word_is(name, at->name) && at->there == there &&
            strcmp(at->place, place->host) == 0)
            at->avoided = true;
    pthread_mutex_unlock(&altsvc->lock);
}

static void write_alternative(const struct alternative *at, FILE *out)
{
    struct tm parts;
    time_t when = (time_t)at->expires;
    gmtime_r(&when, &parts);
    bool v6 = strchr(at->place, ':') != NULL;
    fprintf(out, "h2 %s %u %s %s%s%s %u \"%d%02d%02d %02d:%02d:%02d\" %d 0\n", at->name, at->port,
            at->protocol, v6 ? "[" : "", at->place, v6 ? "]" : "", at->there, parts.tm_year + 1900,
            parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
            at->persists);
}

void altsvc_write(struct altsvc *altsvc, FILE *out, int64_t now)
{
    pthread_mutex_lock(&altsvc->lock);
    for (size_t i = 0; i < BUCKETS; i++)
        for (const struct alternative *at = altsvc->buckets[i]; at; at = at->next)
            if (at->expires > now)
                write_alternative(at, out);
    pthread_mutex_unlock(&altsvc->lock);
}

void altsvc_write_learnt(struct altsvc *altsvc, FILE *out)
{
    pthread_mutex_lock(&altsvc->lock);
    for (size_t i = 0; i < BUCKETS; i++)
        for (const struct alternative *at = altsvc->buckets[i]; at; at = at->next)
            if (at->learnt)
                write_alternative(at, out);
    pthread_mutex_unlock(&altsvc->lock);
}
