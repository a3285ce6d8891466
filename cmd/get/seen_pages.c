#include "cmd/get/seen_pages.h"

#include "cmd/get/limits.h"
#include "cmd/get/temp_file.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    PAGE_PRINTS = LIMIT_SEEN_PAGE / sizeof(struct fingerprint) - 1,
    FILL_PERCENT = 60, /* of a bucket's first page, on average; more means more overflow pages */
};

/* As it lies in the file. */
struct page {
    uint64_t overflow; /* number of the page that goes on with this bucket; 0: none */
    uint64_t count;
    struct fingerprint prints[PAGE_PRINTS];
};

struct pages {
    int fd;
    uint64_t round;    /* buckets when this round of splits began, a power of two */
    uint64_t split;    /* next bucket to split; those before have been in this round */
    uint64_t count;    /* fingerprints */
    uint64_t overflow; /* overflow pages ever made */
    uint64_t spare;    /* first overflow page that is free again; 0: none */
    struct page page;  /* being looked at */
    struct page low;   /* being written in a split */
    struct page high;
};

/* First pages of buckets and overflow pages take turns in the file, which has holes therefore. */
static uint64_t bucket_page(uint64_t bucket)
{
    return 2 * bucket;
}

static uint64_t overflow_page(uint64_t number)
{
    return 2 * number + 1; /* from 1, so that no page number is 0 but the first bucket's */
}

int pages_open(struct pages **out, const char *directory)
{
    int fd = temp_file_open(directory);
    if (fd < 0)
        return fd;
    struct pages *pages = calloc(1, sizeof *pages);
    if (!pages) {
        close(fd);
        return -ENOMEM;
    }
    pages->fd = fd;
    pages->round = 1;
    *out = pages;
    return 0;
}

void pages_close(struct pages *pages)
{
    if (!pages)
        return;
    close(pages->fd);
    free(pages);
}

static int page_read(struct pages *pages, uint64_t number, struct page *page)
{
    char *to = (char *)page;
    size_t done = 0;
    while (done < sizeof *page) {
        off_t at = (off_t)(number * sizeof *page + done);
        ssize_t got = pread(pages->fd, to + done, sizeof *page - done, at);
        if (got < 0 && errno != EINTR)
            return -errno;
        if (got == 0)
            break; /* beyond the end nothing has been written yet */
        done += got > 0 ? (size_t)got : 0;
    }
    memset(to + done, 0, sizeof *page - done);
    return page->count <= PAGE_PRINTS ? 0 : -EIO;
}

static int page_write(struct pages *pages, uint64_t number, const struct page *page)
{
    const char *from = (const char *)page;
    size_t done = 0;
    while (done < sizeof *page) {
        off_t at = (off_t)(number * sizeof *page + done);
        ssize_t put = pwrite(pages->fd, from + done, sizeof *page - done, at);
        if (put < 0 && errno != EINTR)
            return -errno;
        done += put > 0 ? (size_t)put : 0;
    }
    return 0;
}

static uint64_t reverse_bits(uint64_t bits)
{
    bits = __builtin_bswap64(bits);
    bits = (bits >> 4 & 0x0f0f0f0f0f0f0f0f) | (bits & 0x0f0f0f0f0f0f0f0f) << 4;
    bits = (bits >> 2 & 0x3333333333333333) | (bits & 0x3333333333333333) << 2;
    return (bits >> 1 & 0x5555555555555555) | (bits & 0x5555555555555555) << 1;
}

/* Linear hashing looks at the lowest bits of a number, and one more where the bucket has been split
 * in this round. The number is the fingerprint's reversed, so that a bucket is a range of them. */
static uint64_t bucket_of(const struct pages *pages, struct fingerprint print)
{
    uint64_t number = reverse_bits(print.high);
    uint64_t bucket = number & (pages->round - 1);
    return bucket >= pages->split ? bucket : number & (2 * pages->round - 1);
}

static bool page_has(const struct page *page, struct fingerprint print)
{
    for (uint64_t i = 0; i < page->count; i++)
        if (fingerprint_equal(page->prints[i], print))
            return true;
    return false;
}

int pages_find(struct pages *pages, struct fingerprint print)
{
    uint64_t number = bucket_page(bucket_of(pages, print));
    do {
        int error = page_read(pages, number, &pages->page);
        if (error)
            return error;
        if (page_has(&pages->page, print))
            return 1;
        number = pages->page.overflow;
    } while (number);
    return 0;
}

/* An overflow page that nobody uses. */
static int overflow_take(struct pages *pages, uint64_t *number)
{
    *number = pages->spare;
    if (!pages->spare) {
        *number = overflow_page(++pages->overflow);
        return 0;
    }
    struct page spare;
    int error = page_read(pages, pages->spare, &spare);
    pages->spare = spare.overflow;
    return error;
}

static int overflow_give(struct pages *pages, uint64_t number)
{
    struct page spare = {.overflow = pages->spare};
    pages->spare = number;
    return page_write(pages, number, &spare);
}

/* Puts a fingerprint into `page`, the last of its bucket, which lies at *number. A full one is
 * written, and goes on in an overflow page. */
static int page_put(struct pages *pages, struct page *page, uint64_t *number,
                    struct fingerprint print)
{
    if (page->count == PAGE_PRINTS) {
        uint64_t next;
        int error = overflow_take(pages, &next);
        page->overflow = next;
        if (!error)
            error = page_write(pages, *number, page);
        if (error)
            return error;
        memset(page, 0, sizeof *page);
        *number = next;
    }
    page->prints[page->count++] = print;
    return 0;
}

/* Deals the bucket's fingerprints out to itself and to a new bucket. */
static int bucket_split(struct pages *pages, uint64_t bucket, uint64_t twin)
{
    uint64_t from = bucket_page(bucket), low = from, high = bucket_page(twin);
    int error = 0;
    memset(&pages->low, 0, sizeof pages->low);
    memset(&pages->high, 0, sizeof pages->high);
    do {
        error = page_read(pages, from, &pages->page);
        if (!error && from != bucket_page(bucket))
            error = overflow_give(pages, from);
        for (uint64_t i = 0; i < pages->page.count && !error; i++) {
            struct fingerprint print = pages->page.prints[i];
            if (bucket_of(pages, print) == bucket)
                error = page_put(pages, &pages->low, &low, print);
            else
                error = page_put(pages, &pages->high, &high, print);
        }
        from = pages->page.overflow;
    } while (from && !error);
    if (!error)
        error = page_write(pages, low, &pages->low);
    return error ? error : page_write(pages, high, &pages->high);
}

/* Splits buckets until there are enough. */
static int pages_grow(struct pages *pages)
{
    int error = 0;
    while (!error &&
           pages->count * 100 > (pages->round + pages->split) * FILL_PERCENT * PAGE_PRINTS) {
        uint64_t bucket = pages->split++;
        error = bucket_split(pages, bucket, bucket + pages->round);
        if (pages->split == pages->round) {
            pages->round *= 2;
            pages->split = 0;
        }
    }
    return error;
}

int pages_add(struct pages *pages, const struct fingerprint *prints, size_t count)
{
    uint64_t bucket = bucket_of(pages, prints[0]);
    uint64_t number = bucket_page(bucket);
    size_t taken = 0;
    int error = page_read(pages, number, &pages->page);
    while (!error && pages->page.overflow) {
        number = pages->page.overflow;
        error = page_read(pages, number, &pages->page);
    }
    for (; !error && taken < count && bucket_of(pages, prints[taken]) == bucket; taken++)
        error = page_put(pages, &pages->page, &number, prints[taken]);
    if (!error)
        error = page_write(pages, number, &pages->page);
    pages->count += taken;
    if (!error)
        error = pages_grow(pages);
    return error ? error : (int)taken;
}
