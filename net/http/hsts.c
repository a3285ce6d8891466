#include "net/http/hsts.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

/* Chains stay short up to HSTS_HOSTS_MAX hosts, and a short list costs little. */
#define BUCKETS     8192
#define UNLIMITED   INT64_MAX
#define HOST_LENGTH 255
#define SECONDS_MAX ((int64_t)100 * 366 * 86400) /* more is meant as for ever, and fits a date */

struct host {
    struct host *next; /* in its bucket */
    int64_t expires;   /* unix seconds; 0: it wants to be on the list no more */
    bool subdomains;
    bool learnt; /* not from a file */
    char name[];
};

struct hsts {
    pthread_mutex_t lock; /* over all below */
    struct host *buckets[BUCKETS];
    size_t count;
};

struct hsts *hsts_new(void)
{
    struct hsts *hsts = calloc(1, sizeof *hsts);
    if (hsts)
        pthread_mutex_init(&hsts->lock, NULL); /* cannot fail on Linux */
    return hsts;
}

void hsts_free(struct hsts *hsts)
{
    if (!hsts)
        return;
    for (size_t i = 0; i < BUCKETS; i++) {
        for (struct host *host = hsts->buckets[i], *next; host; host = next) {
            next = host->next;
            free(host);
        }
    }
    pthread_mutex_destroy(&hsts->lock);
    free(hsts);
}

/* FNV-1a, without the case. */
static struct host **bucket_of(struct hsts *hsts, const char *name, size_t length)
{
    unsigned hash = 2166136261U;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)(name[i] | 0x20)) * 16777619U;
    return &hsts->buckets[hash % BUCKETS];
}

static struct host *find(struct hsts *hsts, const char *name, size_t length)
{
    struct host *host = *bucket_of(hsts, name, length);
    while (host && (strncasecmp(host->name, name, length) != 0 || host->name[length]))
        host = host->next;
    return host;
}

/* With the lock. A list that is full takes nobody new. */
static int put(struct hsts *hsts, const char *name, size_t length, const struct host *values)
{
    struct host *host = find(hsts, name, length);
    if (!host && (hsts->count == HSTS_HOSTS_MAX || length == 0 || length > HOST_LENGTH))
        return 0;
    if (!host) {
        struct host **bucket = bucket_of(hsts, name, length);
        host = calloc(1, sizeof *host + length + 1);
        if (!host)
            return -ENOMEM;
        memcpy(host->name, name, length);
        host->next = *bucket;
        *bucket = host;
        hsts->count++;
    }
    host->expires = values->expires;
    host->subdomains = values->subdomains;
    host->learnt = values->learnt;
    return 0;
}

/* `"20261231 23:59:59"` or `"unlimited"`: unix seconds, -1 for anything else. */
static int64_t read_time(const char *text, size_t length)
{
    char copy[32];
    struct tm parts = {0};
    if (length < 2 || length >= sizeof copy || text[0] != '"' || text[length - 1] != '"')
        return -1;
    memcpy(copy, text + 1, length - 2);
    copy[length - 2] = '\0';
    if (strcmp(copy, "unlimited") == 0)
        return UNLIMITED;
    const char *end = strptime(copy, "%Y%m%d %H:%M:%S", &parts);
    return end && !*end ? (int64_t)timegm(&parts) : -1;
}

static int read_line(struct hsts *hsts, const char *line, size_t length, int64_t now)
{
    const char *blank = memchr(line, ' ', length);
    if (!blank || *line == '#')
        return 0;
    struct host values = {.subdomains = *line == '.'};
    line += values.subdomains;
    length -= values.subdomains;
    size_t name = (size_t)(blank - line);
    values.expires = read_time(blank + 1, length - name - 1);
    if (values.expires < 0)
        return 0;
    if (values.expires <= now)
        values.expires = 0;
    return put(hsts, line, name, &values);
}

int hsts_read(struct hsts *hsts, const char *text, size_t length, int64_t now)
{
    const char *end = text + length;
    int error = 0;
    pthread_mutex_lock(&hsts->lock);
    while (text < end && !error) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t line = (size_t)((newline ? newline : end) - text);
        size_t trimmed = line && text[line - 1] == '\r' ? line - 1 : line;
        error = trimmed ? read_line(hsts, text, trimmed, now) : 0;
        text += line + 1;
    }
    pthread_mutex_unlock(&hsts->lock);
    return error;
}

/* A directive's value: digits, perhaps between quotes. -1: it is none. */
static int64_t read_seconds(const char *text, size_t length)
{
    int64_t seconds = 0;
    if (length >= 2 && text[0] == '"' && text[length - 1] == '"') {
        text++;
        length -= 2;
    }
    if (length == 0)
        return -1;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        if (seconds < SECONDS_MAX)
            seconds = seconds * 10 + (text[i] - '0');
    }
    return seconds < SECONDS_MAX ? seconds : SECONDS_MAX;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void trim(const char **text, size_t *length)
{
    while (*length && is_blank(**text)) {
        ++*text;
        --*length;
    }
    while (*length && is_blank((*text)[*length - 1]))
        --*length;
}

static bool is_word(const char *text, size_t length, const char *word)
{
    return length == strlen(word) && strncasecmp(text, word, length) == 0;
}

/* One directive (RFC 6797 section 6.1): those that are not known are left out, one that comes twice
 * spoils all. */
static bool take_directive(const char *text, size_t length, int64_t *age, bool *subdomains)
{
    const char *equals = memchr(text, '=', length);
    size_t name = equals ? (size_t)(equals - text) : length;
    const char *value = equals ? equals + 1 : text + length;
    size_t rest = length - (size_t)(value - text);
    trim(&text, &name);
    trim(&value, &rest);
    if (is_word(text, name, "max-age")) {
        bool first = *age < 0;
        *age = read_seconds(value, rest);
        return first && *age >= 0;
    }
    if (is_word(text, name, "includeSubDomains")) {
        bool first = !*subdomains;
        *subdomains = true;
        return first && !equals;
    }
    return true;
}

int hsts_learn(struct hsts *hsts, const char *host, const char *value, size_t length, int64_t now)
{
    const char *end = value + length;
    int64_t age = -1;
    bool subdomains = false;
    while (value < end) {
        const char *semicolon = memchr(value, ';', (size_t)(end - value));
        size_t directive = (size_t)((semicolon ? semicolon : end) - value);
        if (!take_directive(value, directive, &age, &subdomains))
            return 0;
        value += directive + 1;
    }
    if (age < 0)
        return 0;
    struct host values = {
        .expires = age ? now + age : 0,
        .subdomains = subdomains,
        .learnt = true,
    };
    pthread_mutex_lock(&hsts->lock);
    int error = put(hsts, host, strlen(host), &values);
    pthread_mutex_unlock(&hsts->lock);
    return error;
}

bool hsts_covers(struct hsts *hsts, const char *host, int64_t now)
{
    size_t length = strlen(host);
    bool covered = false;
    if (length && host[length - 1] == '.')
        length--;
    pthread_mutex_lock(&hsts->lock);
    for (const char *domain = host; domain && !covered;) {
        const struct host *found = find(hsts, domain, length - (size_t)(domain - host));
        covered = found && found->expires > now && (domain == host || found->subdomains);
        domain = memchr(domain, '.', length - (size_t)(domain - host));
        domain += domain != NULL;
    }
    pthread_mutex_unlock(&hsts->lock);
    return covered;
}

char *hsts_upgrade(const struct url *url)
{
    CURLU *parsed = curl_url_dup(url->parsed);
    char *text = NULL;
    if (!parsed)
        return NULL;
    /* Another port than HTTP's own stays (section 8.3). */
    if (curl_url_set(parsed, CURLUPART_SCHEME, "https", 0) ||
        (url->port == 80 && curl_url_set(parsed, CURLUPART_PORT, NULL, 0)) ||
        curl_url_get(parsed, CURLUPART_URL, &text, 0))
        text = NULL;
    curl_url_cleanup(parsed);
    return text;
}

static void write_host(const struct host *host, FILE *out)
{
    struct tm parts;
    time_t when = (time_t)host->expires;
    const char *dot = host->subdomains ? "." : "";
    if (host->expires == UNLIMITED) {
        fprintf(out, "%s%s \"unlimited\"\n", dot, host->name);
        return;
    }
    gmtime_r(&when, &parts);
    fprintf(out, "%s%s \"%d%02d%02d %02d:%02d:%02d\"\n", dot, host->name, parts.tm_year + 1900,
            parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

void hsts_write(struct hsts *hsts, FILE *out, int64_t now)
{
    pthread_mutex_lock(&hsts->lock);
    for (size_t i = 0; i < BUCKETS; i++)
        for (const struct host *host = hsts->buckets[i]; host; host = host->next)
            if (host->expires > now)
                write_host(host, out);
    pthread_mutex_unlock(&hsts->lock);
}

void hsts_write_learnt(struct hsts *hsts, FILE *out)
{
    pthread_mutex_lock(&hsts->lock);
    for (size_t i = 0; i < BUCKETS; i++)
        for (const struct host *host = hsts->buckets[i]; host; host = host->next)
            if (host->learnt)
                write_host(host, out);
    pthread_mutex_unlock(&hsts->lock);
}
