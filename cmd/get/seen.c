#include "cmd/get/seen.h"

#include "cmd/get/limits.h"
#include "cmd/get/seen_pages.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

/* Memory holds two generations. New fingerprints go into the young one; when that is full it
 * becomes the old one, which goes to disk in the order of its buckets, one bucket with each
 * addition: so it is gone before the next is full, and no addition waits for more than a few
 * pages. Fingerprints that share a bucket share its write. */
enum {
    GENERATION = LIMIT_SEEN_MEMORY / 2,
    SLOTS = 2 * GENERATION, /* at most half of them taken; a power of two */

    BLOCK_WORDS = 8, /* a block of the filter is a cache line */
    BLOCKS = LIMIT_SEEN_FILTER / (BLOCK_WORDS * sizeof(uint64_t)), /* a power of two */
    BLOCK_BITS = 6,                                                /* that a fingerprint sets */
};

struct generation {
    size_t count;
    struct fingerprint *slots; /* open addressing; `low` 0: free */
};

struct seen {
    uint64_t seed;
    struct generation young;
    struct generation old;       /* still found here until all of it is on disk */
    struct fingerprint *leaving; /* the old one in ascending order */
    size_t left;                 /* so many of these are on disk */
    struct pages *pages;         /* NULL until a generation has been full */
    uint64_t *filter;            /* BLOCKS blocks; of what is, or soon will be, on disk */
    char *directory;             /* NULL: temp_file_open() decides */
};

static int generation_init(struct generation *generation)
{
    generation->count = 0;
    generation->slots = calloc(SLOTS, sizeof(struct fingerprint));
    return generation->slots ? 0 : -ENOMEM;
}

/* The slot where it is, or where it would be. */
static struct fingerprint *generation_slot(const struct generation *generation,
                                           struct fingerprint print)
{
    size_t i = print.low & (SLOTS - 1);
    while (generation->slots[i].low && !fingerprint_equal(generation->slots[i], print))
        i = (i + 1) & (SLOTS - 1);
    return &generation->slots[i];
}

static bool generation_has(const struct generation *generation, struct fingerprint print)
{
    return generation->count > 0 && generation_slot(generation, print)->low;
}

/* A Bloom filter of fixed size: spares nearly all new strings the look at the disk while there are
 * about a million; at ten million it is full and only costs a cache miss. Returns whether the
 * fingerprint may be in; sets its bits when `add`. */
static bool filter_pass(uint64_t *filter, struct fingerprint print, bool add)
{
    uint64_t *block = filter + BLOCK_WORDS * (print.high % BLOCKS);
    uint64_t bits = print.low;
    bool all = true;
    for (int i = 0; i < BLOCK_BITS; i++, bits >>= 9) {
        uint64_t *word = &block[bits >> 6 & (BLOCK_WORDS - 1)];
        uint64_t bit = UINT64_C(1) << (bits & 63);
        all = all && (*word & bit);
        if (add)
            *word |= bit;
    }
    return all;
}

struct seen *seen_new(const char *directory)
{
    struct seen *seen = calloc(1, sizeof *seen);
    if (!seen)
        return NULL;
    if (directory)
        seen->directory = strdup(directory);
    if (getentropy(&seen->seed, sizeof seen->seed) || generation_init(&seen->young) ||
        (directory && !seen->directory)) {
        seen_free(seen);
        return NULL;
    }
    return seen;
}

void seen_free(struct seen *seen)
{
    if (!seen)
        return;
    pages_close(seen->pages);
    free(seen->young.slots);
    free(seen->old.slots);
    free(seen->leaving);
    free(seen->filter);
    free(seen->directory);
    free(seen);
}

static int print_compare(const void *a, const void *b)
{
    const struct fingerprint *x = a;
    const struct fingerprint *y = b;
    return (x->high > y->high) - (x->high < y->high);
}

/* Memory and file for what is beyond the first generation. */
static int seen_expand(struct seen *seen)
{
    if (seen->pages)
        return 0;
    if (!seen->leaving)
        seen->leaving = malloc(GENERATION * sizeof(struct fingerprint));
    if (!seen->filter)
        seen->filter = calloc(BLOCKS, BLOCK_WORDS * sizeof(uint64_t));
    if (!seen->leaving || !seen->filter || (!seen->old.slots && generation_init(&seen->old)))
        return -ENOMEM;
    return pages_open(&seen->pages, seen->directory);
}

/* The young generation is full; all of the old one is on disk. */
static int seen_age(struct seen *seen)
{
    int error = seen_expand(seen);
    if (error)
        return error;
    struct generation aged = seen->young;
    seen->young = seen->old;
    seen->old = aged;
    memset(seen->young.slots, 0, SLOTS * sizeof(struct fingerprint));
    seen->young.count = 0;
    size_t count = 0;
    for (size_t i = 0; i < SLOTS; i++) {
        if (!aged.slots[i].low)
            continue;
        seen->leaving[count++] = aged.slots[i];
        filter_pass(seen->filter, aged.slots[i], true);
    }
    qsort(seen->leaving, count, sizeof(struct fingerprint), print_compare);
    seen->left = 0;
    return 0;
}

/* Writes one bucket's share of the old generation to disk. */
static int seen_settle(struct seen *seen)
{
    if (seen->left == seen->old.count)
        return 0;
    int taken = pages_add(seen->pages, seen->leaving + seen->left, seen->old.count - seen->left);
    if (taken < 0)
        return taken;
    seen->left += (size_t)taken;
    if (seen->left == seen->old.count) {
        seen->left = 0;
        seen->old.count = 0;
    }
    return 0;
}

static struct fingerprint seen_print(const struct seen *seen, const char *text, size_t length)
{
    XXH128_hash_t hash = XXH3_128bits_withSeed(text, length, seen->seed);
    return (struct fingerprint){.low = hash.low64 ? hash.low64 : 1, .high = hash.high64};
}

/* 1, 0 or -errno. */
static int seen_find(const struct seen *seen, struct fingerprint print)
{
    if (generation_has(&seen->young, print) || generation_has(&seen->old, print))
        return 1;
    if (seen->pages && filter_pass(seen->filter, print, false))
        return pages_find(seen->pages, print);
    return 0;
}

int seen_has(struct seen *seen, const char *text, size_t length)
{
    return seen_find(seen, seen_print(seen, text, length));
}

int seen_add(struct seen *seen, const char *text, size_t length)
{
    struct fingerprint print = seen_print(seen, text, length);
    int found = seen_find(seen, print);
    if (found)
        return found < 0 ? found : 0;
    int error = seen->young.count == GENERATION ? seen_age(seen) : 0;
    if (!error)
        error = seen_settle(seen);
    if (error)
        return error;
    *generation_slot(&seen->young, print) = print;
    seen->young.count++;
    return 1;
}
