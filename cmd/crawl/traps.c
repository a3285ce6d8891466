#include "cmd/crawl/traps.h"

#include "cmd/crawl/url_pattern.h"
#include <stdint.h>
#include <stdlib.h>
#include <xxhash.h>

/* Families whose hashes are near lie in one bucket. */
enum { BUCKET_BITS = 13, BUCKETS = 1 << BUCKET_BITS, BUCKET_SIZE = 8 };

struct family {
    uint32_t tag;     /* what the bucket does not say of the hash; never 0 */
    uint32_t members; /* that were let in */
    uint32_t settled; /* of these */
};

struct traps {
    struct trap_limits limits;
    uint64_t seed;
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

struct traps *traps_new(const struct trap_limits *limits, uint64_t seed)
{
    struct traps *traps = calloc(1, sizeof *traps);
    if (!traps)
        return NULL;
    traps->limits = *limits;
    traps->seed = seed;
    return traps;
}

void traps_free(struct traps *traps)
{
    free(traps);
}

static uint64_t family_of(const struct traps *traps, const struct url_pattern *pattern)
{
    uint64_t hash = XXH3_64bits_withSeed(pattern->text, pattern->length, traps->seed);
    uint32_t tag = (uint32_t)(hash >> 32);
    return (uint64_t)(tag + !tag) << BUCKET_BITS | hash % BUCKETS;
}

static struct family *bucket_of(struct traps *traps, uint64_t family)
{
    return traps->families[family % BUCKETS];
}

/* NULL: it has been forgotten. */
static struct family *find_family(struct traps *traps, uint64_t id)
{
    struct family *bucket = bucket_of(traps, id);
    for (size_t i = 0; i < BUCKET_SIZE; i++)
        if (bucket[i].tag == id >> BUCKET_BITS)
            return &bucket[i];
    return NULL;
}

/* The family's place; that of another gives way when its bucket is full. */
static struct family *make_family(struct traps *traps, uint64_t id)
{
    struct family *family = find_family(traps, id);
    if (family)
        return family;
    struct family *least = bucket_of(traps, id);
    for (struct family *other = least; other < bucket_of(traps, id) + BUCKET_SIZE; other++)
        if (other->members < least->members)
            least = other;
    *least = (struct family){.tag = (uint32_t)(id >> BUCKET_BITS)};
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

static enum trap_rule judge_family(struct traps *traps, const struct url_pattern *pattern,
                                   uint64_t *id)
{
    const struct trap_limits *limits = &traps->limits;
    uint64_t its_id = family_of(traps, pattern);
    struct family *family = make_family(traps, its_id);
    unsigned parameters = pattern->parameters;
    if (pattern->is_calendar && family->members >= limits->calendar)
        return TRAP_CALENDAR;
    if (parameters >= TRAP_FAMILIES)
        parameters = TRAP_FAMILIES - 1;
    if (family->members >= limits->families[parameters])
        return TRAP_FAMILY;
    family->members++;
    *id = its_id;
    return TRAP_NONE;
}

enum trap_rule traps_judge(struct traps *traps, const struct url_resolved *url, uint64_t *family)
{
    struct url_pattern pattern;
    *family = 0;
    if (url->length > traps->limits.length)
        return TRAP_LENGTH;
    url_pattern_read(&pattern, url);
    enum trap_rule rule = judge_alone(&traps->limits, &pattern);
    return rule == TRAP_NONE ? judge_family(traps, &pattern, family) : rule;
}

/* Most families have one member only, which is not worth a row. */
uint32_t traps_settle(struct traps *traps, uint64_t id)
{
    struct family *family = find_family(traps, id);
    if (!family)
        return 0;
    family->settled++;
    return family->settled > 1 ? family->settled : 0;
}

void traps_return(struct traps *traps, uint64_t id)
{
    struct family *family = find_family(traps, id);
    if (family && family->members > family->settled)
        family->members--;
}

void traps_recall(struct traps *traps, uint64_t id, uint32_t members)
{
    struct family *family = make_family(traps, id);
    family->members = members;
    family->settled = members;
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
