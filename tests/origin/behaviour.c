#include "tests/origin/behaviour.h"

#include "engine/deadline.h"
#include "tests/origin/date.h"
#include <errno.h>
#include <stdio.h>

enum { DEFAULT_SIZE = 1024 };

/* Reads "123" from the front of `text`. -1 when there is no digit, or far too many. */
static int64_t cut_number(struct span *text)
{
    int64_t value = 0;
    size_t digits = 0;
    while (text->size && text->data[0] >= '0' && text->data[0] <= '9') {
        value = value * 10 + (text->data[0] - '0');
        *text = span_skip(*text, 1);
        if (++digits > 15)
            return -1;
    }
    return digits ? value : -1;
}

static bool parse_number(struct span text, int64_t *value)
{
    *value = cut_number(&text);
    return *value >= 0 && text.size == 0;
}

/* "4096", "64K", "3M", "1G". */
static bool parse_size(struct span text, int64_t *value)
{
    static const char units[] = "KMG";
    *value = cut_number(&text);
    if (*value < 0 || text.size > 1)
        return false;
    if (text.size == 0)
        return true;
    const char *unit = memchr(units, text.data[0], sizeof(units) - 1);
    if (!unit || *value > INT64_C(1) << 32)
        return false;
    *value <<= 10 * (unit - units + 1);
    return true;
}

/* The digits behind a decimal point, in billionths. */
static int64_t cut_fraction(struct span *text)
{
    int64_t billionths = 0;
    int64_t digit_worth = 100000000;
    if (!span_begins(*text, "."))
        return 0;
    *text = span_skip(*text, 1);
    for (; text->size && text->data[0] >= '0' && text->data[0] <= '9'; digit_worth /= 10) {
        billionths += (text->data[0] - '0') * digit_worth;
        *text = span_skip(*text, 1);
    }
    return billionths;
}

/* "100ms", "2s", "1m", "1.5s"; a plain number is seconds. */
static bool parse_time(struct span text, int64_t *value)
{
    int64_t whole = cut_number(&text);
    int64_t billionths = cut_fraction(&text);
    int64_t unit_ms = 1000;
    if (span_is(text, "ms"))
        unit_ms = 1;
    else if (span_is(text, "m"))
        unit_ms = 60000;
    else if (text.size && !span_is(text, "s"))
        return false;
    *value = whole * unit_ms * NSEC_PER_MSEC + billionths * unit_ms / 1000;
    return whole >= 0 && whole <= 1000000;
}

static bool parse_flag(struct span text, bool *value)
{
    *value = span_is(text, "1");
    return *value || span_is(text, "0");
}

/* `words` are separated by "|"; the first is 1. */
static bool parse_word(struct span text, const char *words, unsigned *value)
{
    struct span rest = span_of(words);
    *value = 0;
    while (rest.size) {
        struct span word = span_cut(&rest, '|');
        ++*value;
        if (word.size == text.size && memcmp(word.data, text.data, text.size) == 0)
            return true;
    }
    return false;
}

/* "BYTES/TIME" */
static bool parse_drip(struct behaviour *behaviour, struct span text)
{
    struct span bytes = span_cut(&text, '/');
    return parse_size(bytes, &behaviour->drip_bytes) && behaviour->drip_bytes > 0 &&
           parse_time(text, &behaviour->drip_ns);
}

static bool parse_headers(struct behaviour *behaviour, struct span text)
{
    if (!span_is(text, "endless"))
        return parse_size(text, &behaviour->huge_headers);
    behaviour->huge_headers = HEADERS_ENDLESS;
    return true;
}

static bool parse_redirect(struct behaviour *behaviour, struct span text)
{
    if (!span_is(text, "loop"))
        return parse_number(text, &behaviour->redirect);
    behaviour->redirect = REDIRECT_LOOP;
    return true;
}

/* "@1700000000" or an HTTP date. */
static bool parse_modified(struct behaviour *behaviour, struct span text)
{
    if (span_begins(text, "@"))
        return parse_number(span_skip(text, 1), &behaviour->modified);
    behaviour->modified = date_parse(text);
    return behaviour->modified >= 0;
}

static bool parse_status(struct behaviour *behaviour, struct span text)
{
    return parse_number(text, &behaviour->status) && behaviour->status >= 200 &&
           behaviour->status <= 599;
}

static bool parse_interim(struct behaviour *behaviour, struct span text)
{
    return parse_number(text, &behaviour->interim) && behaviour->interim >= 100 &&
           behaviour->interim <= 199 && behaviour->interim != 101;
}

static bool parse_header(struct behaviour *behaviour, struct span text)
{
    if (behaviour->header_count == BEHAVIOUR_HEADERS_MAX)
        return false;
    behaviour->headers[behaviour->header_count++] = text;
    return true;
}

enum key_kind { KIND_SIZE, KIND_TIME, KIND_NUMBER, KIND_FLAG, KIND_WORD, KIND_TEXT, KIND_OWN };

struct key {
    const char *name;
    enum key_kind kind;
    size_t place; /* of its field; not for KIND_OWN */
    const char *words;
    bool (*parse)(struct behaviour *behaviour, struct span text);
};

#define FIELD(member) offsetof(struct behaviour, member)

static const struct key keys[] = {
    {"auth", KIND_TEXT, FIELD(auth), NULL, NULL},
    {"chunked", KIND_FLAG, FIELD(chunked), NULL, NULL},
    {"chunks", KIND_WORD, FIELD(chunks), "broken|cut|unended", NULL},
    {"close", KIND_WORD, FIELD(close), "headers|silent", NULL},
    {"conn", KIND_WORD, FIELD(conn), "keep-alive|close|drop", NULL},
    {"cookie", KIND_TEXT, FIELD(cookie), NULL, NULL},
    {"delay", KIND_TIME, FIELD(delay_ns), NULL, NULL},
    {"disposition", KIND_TEXT, FIELD(disposition), NULL, NULL},
    {"drip", KIND_OWN, 0, NULL, parse_drip},
    {"echo", KIND_FLAG, FIELD(echo), NULL, NULL},
    {"etag", KIND_TEXT, FIELD(etag), NULL, NULL},
    {"gzip", KIND_WORD, FIELD(gzip), "1|negotiate|bomb|cut|damaged", NULL},
    {"header", KIND_OWN, 0, NULL, parse_header},
    {"headers", KIND_OWN, 0, NULL, parse_headers},
    {"http10", KIND_FLAG, FIELD(http10), NULL, NULL},
    {"interim", KIND_OWN, 0, NULL, parse_interim},
    {"length", KIND_SIZE, FIELD(length), NULL, NULL},
    {"location", KIND_TEXT, FIELD(location), NULL, NULL},
    {"modified", KIND_OWN, 0, NULL, parse_modified},
    {"noise", KIND_FLAG, FIELD(noise), NULL, NULL},
    {"nolength", KIND_FLAG, FIELD(nolength), NULL, NULL},
    {"ranges", KIND_WORD, FIELD(ranges), "1|wrong|total|short|blind|refused|encoded|none", NULL},
    {"redirect", KIND_OWN, 0, NULL, parse_redirect},
    {"reset", KIND_WORD, FIELD(reset), "accept|request|headers|after-headers|body", NULL},
    {"retry-after", KIND_TEXT, FIELD(retry_after), NULL, NULL},
    {"seed", KIND_TEXT, FIELD(seed), NULL, NULL},
    {"size", KIND_SIZE, FIELD(size), NULL, NULL},
    {"stall", KIND_SIZE, FIELD(stall), NULL, NULL},
    {"status", KIND_OWN, 0, NULL, parse_status},
    {"times", KIND_NUMBER, FIELD(times), NULL, NULL},
    {"truncate", KIND_SIZE, FIELD(truncate), NULL, NULL},
    {"type", KIND_TEXT, FIELD(type), NULL, NULL},
};

static bool parse_value(const struct key *key, struct behaviour *behaviour, struct span text)
{
    void *field = (char *)behaviour + key->place;
    switch (key->kind) {
    case KIND_SIZE:
        return parse_size(text, field);
    case KIND_TIME:
        return parse_time(text, field);
    case KIND_NUMBER:
        return parse_number(text, field);
    case KIND_FLAG:
        return parse_flag(text, field);
    case KIND_WORD:
        return parse_word(text, key->words, field);
    case KIND_TEXT:
        *(struct span *)field = text;
        return true;
    case KIND_OWN:
        break;
    }
    return key->parse(behaviour, text);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return -1;
}

/* Percent-decodes into the behaviour's own text. A line break would let a query write headers of
 * its own by accident, so it is refused. */
static bool decode(struct behaviour *behaviour, struct span text, struct span *decoded)
{
    char *to = behaviour->text + behaviour->text_used;
    size_t size = 0;
    if (text.size > BEHAVIOUR_TEXT_MAX - behaviour->text_used)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '%') {
            int high = i + 2 < text.size ? hex_digit(text.data[i + 1]) : -1;
            int low = i + 2 < text.size ? hex_digit(text.data[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (c == '\r' || c == '\n' || c == '\0')
            return false;
        to[size++] = c;
    }
    behaviour->text_used += size;
    *decoded = (struct span){to, size};
    return true;
}

static const struct key *find_key(struct span name)
{
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (span_is(name, keys[i].name))
            return &keys[i];
    return NULL;
}

static bool parse_pair(struct behaviour *behaviour, struct span pair)
{
    struct span name = span_cut(&pair, '=');
    const struct key *key = find_key(name);
    struct span value;
    if (!key)
        return span_is(name, "n");
    return decode(behaviour, pair, &value) && parse_value(key, behaviour, value);
}

int behaviour_parse(struct span query, struct behaviour *behaviour, char *why, size_t why_size)
{
    /* Field by field: the text needs no clearing, and clearing it would cost more than all else. */
    memset(behaviour, 0, offsetof(struct behaviour, text));
    behaviour->text_used = 0;
    behaviour->size = DEFAULT_SIZE;
    behaviour->modified = -1;
    behaviour->stall = -1;
    behaviour->truncate = -1;
    behaviour->length = -1;
    behaviour->redirect = -1;
    behaviour->times = -1;
    while (query.size) {
        struct span pair = span_cut(&query, '&');
        if (pair.size && !parse_pair(behaviour, pair)) {
            snprintf(why, why_size, "the origin does not understand \"%.*s\"\n",
                     (int)(pair.size < 100 ? pair.size : 100), pair.data);
            return -EINVAL;
        }
    }
    return 0;
}

void behaviour_calm(struct behaviour *behaviour)
{
    behaviour->delay_ns = 0;
    behaviour->drip_bytes = 0;
    behaviour->stall = -1;
    behaviour->truncate = -1;
    behaviour->length = -1;
    behaviour->reset = 0;
    behaviour->close = 0;
    behaviour->chunks = 0;
    behaviour->conn = 0;
    behaviour->noise = false;
    behaviour->huge_headers = 0;
    behaviour->interim = 0;
    behaviour->status = 0;
    behaviour->redirect = -1;
    behaviour->location = (struct span){0};
    behaviour->retry_after = (struct span){0};
    behaviour->auth = (struct span){0};
    if (behaviour->gzip > GZIP_NEGOTIATE)
        behaviour->gzip = 0;
    if (behaviour->ranges > RANGES_HONEST)
        behaviour->ranges = RANGES_HONEST;
}
