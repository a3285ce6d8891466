#include "cmd/crawl/traps.h"

#include "cmd/crawl/url_pattern.h"
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#include <xxhash.h>

/* Families whose hashes are near lie in one bucket, a cache line. */
enum { BUCKETS = 8192, BUCKET_SIZE = 8 };

struct family {
    uint32_t tag; /* what the bucket does not say of the hash */
    uint32_t members;
};

struct traps {
    struct trap_limits limits;
    uint64_t key; /* of the hash, so that no site can use up another's budget */
    struct family families[BUCKETS][BUCKET_SIZE];
};

const struct trap_limits trap_limits_default = {
    .length = 4096,
    .segments = 32,
    .repeats = 3,
    .parameters = 24,
    .calendar = 2000,
    .families = {200000, 200000, 50000, 10000, 2000, 500},
};

struct traps *traps_new(const struct trap_limits *limits)
{
    struct traps *traps = calloc(1, sizeof *traps);
    if (!traps)
        return NULL;
    traps->limits = *limits;
    if (getentropy(&traps->key, sizeof traps->key)) {
        free(traps);
        return NULL;
    }
    return traps;
}

void traps_free(struct traps *traps)
{
    free(traps);
}

/* The family's place; that of another gives way when its bucket is full. */
static struct family *find_family(struct traps *traps, const struct url_pattern *pattern)
{
    uint64_t hash = XXH3_64bits_withSeed(pattern->text, pattern->length, traps->key);
    uint32_t tag = (uint32_t)(hash >> 32);
    struct family *bucket = traps->families[hash % BUCKETS];
    struct family *least = bucket;
    for (size_t i = 0; i < BUCKET_SIZE; i++) {
        if (bucket[i].members && bucket[i].tag == tag)
            return &bucket[i];
        if (bucket[i].members < least->members)
            least = &bucket[i];
    }
    *least = (struct family){.tag = tag};
    return least;
}

static enum trap_rule judge_alone(const struct trap_limits *limits,
                                  const struct url_pattern *pattern)
{
    if (pattern->segments > limits->segments)
        return TRAP_SEGMENTS;
    if (pattern->repeats > limits->repeats)
        return TRAP_REPEATS;
    return pattern->parameters > limits->parameters ? TRAP_PARAMETERS : TRAP_NONE;
}

static enum trap_rule judge_family(struct traps *traps, const struct url_pattern *pattern)
{
    const struct trap_limits *limits = &traps->limits;
    struct family *family = find_family(traps, pattern);
    unsigned parameters = pattern->parameters;
    if (pattern->is_calendar && family->members >= limits->calendar)
        return TRAP_CALENDAR;
    if (parameters >= TRAP_FAMILIES)
        parameters = TRAP_FAMILIES - 1;
    if (family->members >= limits->families[parameters])
        return TRAP_FAMILY;
    family->members++;
    return TRAP_NONE;
}

enum trap_rule traps_judge(struct traps *traps, const struct url_resolved *url)
{
    struct url_pattern pattern;
    if (url->length > traps->limits.length)
        return TRAP_LENGTH;
    url_pattern_read(&pattern, url);
    enum trap_rule rule = judge_alone(&traps->limits, &pattern);
    return rule == TRAP_NONE ? judge_family(traps, &pattern) : rule;
}

const char *trap_rule_word(enum trap_rule rule)
{
    static const char *const words[TRAP_RULES] = {
        [TRAP_NONE] = "no trap",
        [TRAP_LENGTH] = "trap: a URL too long",
        [TRAP_SEGMENTS] = "trap: a path too deep",
        [TRAP_REPEATS] = "trap: a path that repeats itself",
        [TRAP_PARAMETERS] = "trap: too many parameters",
        [TRAP_CALENDAR] = "trap: a calendar without end",
        [TRAP_FAMILY] = "trap: too many that differ in numbers or parameters only",
    };
    return words[rule];
}
