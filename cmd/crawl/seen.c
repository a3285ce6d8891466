#include "cmd/crawl/seen.h"

#include "cmd/crawl/limits.h"
#include <assert.h>
#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Fingerprints in ascending order, each at its home or as little behind it as others allow, 0 where
 * there is none: linear probing that keeps the order. So a search ends at the first greater one (5
 * steps at nine tenths full), and moving all to more room is one pass. */
struct partition {
    uint64_t *slots; /* owned; `size` homes and LIMIT_SEEN_SPARE more */
    uint32_t size;
    uint32_t count;
    unsigned bits; /* so many leading ones all its fingerprints have in common */
};

/* Found by the leading bits of a fingerprint (extendible hashing): a partition with fewer bits than
 * the directory stands there several times. */
struct seen_set {
    EVP_MAC_CTX *mac;
    unsigned char key[SEEN_KEY_BYTES];
    struct partition **directory; /* 2 ^ bits */
    unsigned bits;
    uint64_t count;
    size_t bytes;
};

static size_t room_bytes(uint32_t size)
{
    return ((size_t)size + LIMIT_SEEN_SPARE) * sizeof(uint64_t);
}

/* Straight from the system: pieces of every size, given back one by one, would leave a heap full of
 * holes. NULL when memory runs out. */
static uint64_t *room_new(uint32_t size)
{
    void *room =
        mmap(NULL, room_bytes(size), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return room == MAP_FAILED ? NULL : room;
}

static void room_free(uint64_t *room, uint32_t size)
{
    if (room)
        munmap(room, room_bytes(size));
}

static struct partition *partition_new(uint32_t size, unsigned bits)
{
    struct partition *partition = malloc(sizeof *partition);
    if (!partition)
        return NULL;
    *partition = (struct partition){.slots = room_new(size), .size = size, .bits = bits};
    if (partition->slots)
        return partition;
    free(partition);
    return NULL;
}

static void partition_free(struct partition *partition)
{
    if (!partition)
        return;
    room_free(partition->slots, partition->size);
    free(partition);
}

static uint32_t home_of(const struct partition *partition, uint64_t print)
{
    uint64_t leading = (print << partition->bits) >> 32;
    return (uint32_t)((leading * partition->size) >> 32);
}

/* Where it is, or where it belongs: the first that is not less, or free. */
static uint32_t partition_place(const struct partition *partition, uint64_t print)
{
    uint32_t at = home_of(partition, print);
    uint32_t end = partition->size + LIMIT_SEEN_SPARE;
    while (at < end && partition->slots[at] && partition->slots[at] < print)
        at++;
    return at;
}

static bool partition_has(const struct partition *partition, uint32_t at, uint64_t print)
{
    return at < partition->size + LIMIT_SEEN_SPARE && partition->slots[at] == print;
}

/* Puts it at `at` and pushes those up to the next free slot. False when there is none. */
static bool partition_insert(struct partition *partition, uint32_t at, uint64_t print)
{
    uint32_t end = partition->size + LIMIT_SEEN_SPARE;
    uint32_t free_slot = at;
    while (free_slot < end && partition->slots[free_slot])
        free_slot++;
    if (free_slot >= end)
        return false;
    memmove(&partition->slots[at + 1], &partition->slots[at], (free_slot - at) * sizeof(uint64_t));
    partition->slots[at] = print;
    partition->count++;
    return true;
}

/* Copies those of `from` between two slots, in their order. False when the last do not fit. */
static bool partition_fill(struct partition *to, const struct partition *from, uint32_t begin,
                           uint32_t end)
{
    uint32_t next = 0;
    for (uint32_t i = begin; i < end; i++) {
        uint64_t print = from->slots[i];
        if (!print)
            continue;
        uint32_t home = home_of(to, print);
        uint32_t at = home > next ? home : next;
        if (at >= to->size + LIMIT_SEEN_SPARE)
            return false;
        to->slots[at] = print;
        to->count++;
        next = at + 1;
    }
    return true;
}

/* Eight tenths full. */
static uint32_t size_for(uint32_t count)
{
    uint32_t size = count + count / 4;
    return size > LIMIT_SEEN_FIRST ? size : LIMIT_SEEN_FIRST;
}

/* A partition of that size, or a little more, with what `from` has between two slots. NULL when
 * memory runs out, or for fingerprints that lie too close together. */
static struct partition *partition_copy(const struct partition *from, uint32_t begin, uint32_t end,
                                        uint32_t size, unsigned bits)
{
    for (; size < 2 * LIMIT_SEEN_MOST; size += size / 8 + 1) {
        struct partition *copy = partition_new(size, bits);
        if (!copy || partition_fill(copy, from, begin, end))
            return copy;
        partition_free(copy); /* unlucky: too many at the very end */
    }
    return NULL;
}

static bool partition_is_full(const struct partition *partition)
{
    return partition->count >= partition->size / 10 * 9;
}

int seen_set_new(struct seen_set **out, const unsigned char key[SEEN_KEY_BYTES])
{
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "SIPHASH", NULL);
    if (!mac)
        return -ENOTSUP;
    struct seen_set *set = calloc(1, sizeof *set);
    if (set) {
        unsigned size = sizeof(uint64_t);
        const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_uint(OSSL_MAC_PARAM_SIZE, &size),
                                         OSSL_PARAM_construct_end()};
        memcpy(set->key, key, SEEN_KEY_BYTES);
        set->mac = EVP_MAC_CTX_new(mac);
        set->directory = calloc(1, sizeof(struct partition *));
        if (set->directory)
            *set->directory = partition_new(LIMIT_SEEN_FIRST, 0);
        if (!set->mac || !EVP_MAC_init(set->mac, set->key, SEEN_KEY_BYTES, parameters) ||
            !set->directory || !*set->directory) {
            seen_set_free(set);
            set = NULL;
        }
    }
    EVP_MAC_free(mac); /* the context holds it */
    if (!set)
        return -ENOMEM;
    set->bytes = room_bytes(LIMIT_SEEN_FIRST);
    *out = set;
    return 0;
}

/* How many entries of the directory are its own. */
static size_t partition_span(const struct seen_set *set, const struct partition *partition)
{
    return (size_t)1 << (set->bits - partition->bits);
}

void seen_set_free(struct seen_set *set)
{
    if (!set)
        return;
    size_t entries = set->directory && *set->directory ? (size_t)1 << set->bits : 0;
    for (size_t i = 0; i < entries;) {
        struct partition *partition = set->directory[i];
        /* Its entries are passed over, so none is freed twice. */
        i += partition_span(set, partition); /* NOLINT(clang-analyzer-unix.Malloc) */
        partition_free(partition);
    }
    free(set->directory);
    EVP_MAC_CTX_free(set->mac);
    free(set);
}

int seen_set_fingerprint(struct seen_set *set, const char *text, size_t length, uint64_t *print)
{
    unsigned char bytes[sizeof *print];
    size_t size;
    if (!EVP_MAC_init(set->mac, set->key, SEEN_KEY_BYTES, NULL) ||
        !EVP_MAC_update(set->mac, (const unsigned char *)text, length) ||
        !EVP_MAC_final(set->mac, bytes, &size, sizeof bytes))
        return -ENOMEM; /* nothing else can fail in there */
    *print = 0;
    for (size_t i = 0; i < sizeof bytes; i++)
        *print |= (uint64_t)bytes[i] << (8 * i);
    *print += *print == 0;
    return 0;
}

static size_t entry_of(const struct seen_set *set, uint64_t print)
{
    return set->bits ? (size_t)(print >> (64 - set->bits)) : 0;
}

void seen_set_prefetch(const struct seen_set *set, uint64_t print)
{
    const struct partition *partition = set->directory[entry_of(set, print)];
    __builtin_prefetch(&partition->slots[home_of(partition, print)], 1);
}

/* Where it would come to more entries than fingerprints, these are no hashes: a damaged file's. */
static int directory_double(struct seen_set *set)
{
    size_t entries = (size_t)1 << set->bits;
    if (entries > set->count)
        return -ENOMEM;
    struct partition **doubled = malloc(2 * entries * sizeof(struct partition *));
    if (!doubled)
        return -ENOMEM;
    for (size_t i = 0; i < 2 * entries; i++)
        doubled[i] = set->directory[i / 2];
    free(set->directory);
    set->directory = doubled;
    set->bits++;
    return 0;
}

/* Half of its fingerprints begin with another bit than the rest. */
static int partition_split(struct seen_set *set, uint64_t print)
{
    struct partition *whole = set->directory[entry_of(set, print)];
    if (whole->bits == set->bits && directory_double(set))
        return -ENOMEM;
    uint64_t middle_bit = UINT64_C(1) << (63 - whole->bits);
    uint32_t end = whole->size + LIMIT_SEEN_SPARE;
    uint32_t middle = 0;
    uint32_t low_count = 0;
    for (; middle < end && !(whole->slots[middle] & middle_bit); middle++)
        low_count += whole->slots[middle] != 0;
    struct partition *low = partition_copy(whole, 0, middle, size_for(low_count), whole->bits + 1);
    struct partition *high =
        partition_copy(whole, middle, end, size_for(whole->count - low_count), whole->bits + 1);
    if (!low || !high) {
        partition_free(low);
        partition_free(high);
        return -ENOMEM;
    }
    size_t span = partition_span(set, whole);
    size_t first = entry_of(set, print) / span * span;
    for (size_t i = 0; i < span; i++)
        set->directory[first + i] = i < span / 2 ? low : high;
    /* Of two entries or more each half has some. NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
    set->bytes += room_bytes(low->size) + room_bytes(high->size) - room_bytes(whole->size);
    partition_free(whole);
    return 0;
}

static int partition_grow(struct seen_set *set, struct partition *partition)
{
    uint32_t end = partition->size + LIMIT_SEEN_SPARE;
    uint32_t size = partition->size + partition->size / 8;
    struct partition *grown = partition_copy(partition, 0, end, size, partition->bits);
    if (!grown)
        return -ENOMEM;
    struct partition old = *partition;
    *partition = *grown;
    *grown = old;
    set->bytes += room_bytes(partition->size) - room_bytes(old.size);
    partition_free(grown);
    return 0;
}

/* More room where `print` belongs. 0 or -ENOMEM. */
static int seen_set_make_room(struct seen_set *set, uint64_t print)
{
    struct partition *partition = set->directory[entry_of(set, print)];
    if (partition->size + partition->size / 8 > LIMIT_SEEN_MOST)
        return partition_split(set, print);
    return partition_grow(set, partition);
}

int seen_set_add(struct seen_set *set, uint64_t print)
{
    assert(print);
    for (;;) {
        struct partition *partition = set->directory[entry_of(set, print)];
        uint32_t at = partition_place(partition, print);
        if (partition_has(partition, at, print))
            return 0;
        if (!partition_is_full(partition) && partition_insert(partition, at, print))
            break;
        int error = seen_set_make_room(set, print);
        if (error)
            return error;
    }
    set->count++;
    return 1;
}

bool seen_set_has(const struct seen_set *set, uint64_t print)
{
    const struct partition *partition = set->directory[entry_of(set, print)];
    return partition_has(partition, partition_place(partition, print), print);
}

uint64_t seen_set_count(const struct seen_set *set)
{
    return set->count;
}

size_t seen_set_bytes(const struct seen_set *set)
{
    return set->bytes + ((size_t)1 << set->bits) * sizeof(struct partition *);
}
