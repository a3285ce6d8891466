#include "cmd/crawl/met.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* Both are powers of two. */
enum { DIRECTORIES = 1024, REFERENCES = 16384 };

struct directory {
    char *text; /* owned; NULL: none */
    size_t length;
    unsigned judged_as;
    uint64_t place;
};

/* A line of the processor's cache. */
struct reference {
    uint64_t place; /* 0: none */
    uint8_t length;
    bool requisite;
    int16_t refused;
    char text[52];
};

struct met {
    uint64_t last;      /* place that was given */
    uint64_t forgotten; /* places up to this one */
    struct directory directories[DIRECTORIES];
    struct reference references[REFERENCES];
};

struct met *met_new(void)
{
    return calloc(1, sizeof(struct met));
}

void met_free(struct met *met)
{
    for (size_t i = 0; met && i < DIRECTORIES; i++)
        free(met->directories[i].text);
    free(met);
}

/* Up to the last slash of the path. */
static size_t directory_length(const char *url, size_t length)
{
    const char *query = memchr(url, '?', length);
    const char *slash = memrchr(url, '/', query ? (size_t)(query - url) : length);
    return slash ? (size_t)(slash - url) : 0;
}

uint64_t met_enter(struct met *met, const char *url, size_t length, unsigned judged_as)
{
    length = directory_length(url, length);
    uint64_t slot = XXH3_64bits_withSeed(url, length, judged_as) & (DIRECTORIES - 1);
    struct directory *directory = &met->directories[slot];
    if (directory->place > met->forgotten && directory->text && directory->judged_as == judged_as &&
        directory->length == length && memcmp(directory->text, url, length) == 0)
        return directory->place;
    free(directory->text);
    *directory = (struct directory){
        .text = strndup(url, length),
        .length = length,
        .judged_as = judged_as,
        .place = ++met->last,
    };
    return directory->text ? directory->place : 0;
}

/* Does what it means depend on the directory alone, and is there room for it? "?q", "#f", "" and
 * "http:?q" have the page's own path; what begins with white space or a control may be one of them
 * in disguise. */
static bool is_plain(const char *text, size_t length)
{
    if (length == 0 || length > sizeof(((struct reference *)0)->text))
        return false;
    if (*text <= ' ' || *text == '?' || *text == '#' || *text == '\x7f')
        return false;
    const char *colon = memchr(text, ':', length);
    size_t left = colon ? length - (size_t)(colon - text) : 0;
    return !colon || (left > 3 && memcmp(colon, "://", 3) == 0);
}

static bool is_kept(const struct met_reference *reference)
{
    return reference->place && is_plain(reference->text, reference->length);
}

static size_t slot_of(const struct met_reference *reference)
{
    uint64_t seed = 2 * reference->place + reference->requisite;
    return XXH3_64bits_withSeed(reference->text, reference->length, seed) & (REFERENCES - 1);
}

bool met_find(const struct met *met, const struct met_reference *reference, int *refused)
{
    if (!is_kept(reference))
        return false;
    const struct reference *there = &met->references[slot_of(reference)];
    *refused = there->refused;
    return there->place == reference->place && there->requisite == reference->requisite &&
           there->length == reference->length &&
           memcmp(there->text, reference->text, reference->length) == 0;
}

void met_add(struct met *met, const struct met_reference *reference, int refused)
{
    if (!is_kept(reference))
        return;
    struct reference *there = &met->references[slot_of(reference)];
    there->place = reference->place;
    there->requisite = reference->requisite;
    there->length = (uint8_t)reference->length;
    there->refused = (int16_t)refused;
    memcpy(there->text, reference->text, reference->length);
}

void met_forget(struct met *met)
{
    met->forgotten = met->last;
}
