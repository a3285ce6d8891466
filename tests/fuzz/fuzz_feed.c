/* A sitemap or feed, whole and in bits: the same URLs come of it. */
#include "net/feed/feed.h"
#include "tests/fuzz/fuzz.h"
#include <errno.h>
#include <string.h>

struct sum {
    size_t links;
    size_t letters;
    size_t kinds;
    uint64_t lines;
    int end;
};

static void on_link(void *ctx, const struct feed_link *link)
{
    struct sum *sum = ctx;
    MUST(link->length > 0 && link->length <= FEED_URL_MAX);
    MUST(strlen(link->url) == link->length && link->element);
    sum->links++;
    sum->letters += link->length;
    sum->kinds += (size_t)link->kind;
    sum->lines += link->line;
}

static struct sum read_document(const uint8_t *data, size_t size, size_t bit)
{
    struct sum sum = {0};
    struct feed *feed = feed_new(on_link, &sum);
    MUST(feed);
    for (size_t at = 0; at < size; at += bit)
        (void)feed_write(feed, data + at, size - at < bit ? size - at : bit); /* and again below */
    sum.end = feed_finish(feed);
    MUST(sum.end == 0 || sum.end == -EINVAL || sum.end == -EFBIG);
    MUST(sum.end == 0 || *feed_problem(feed));
    feed_free(feed);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sum whole = read_document(data, size, 1 << 20);
    struct sum bits = read_document(data, size, 7);
    MUST(whole.end == bits.end && whole.links == bits.links && whole.lines == bits.lines);
    MUST(whole.letters == bits.letters && whole.kinds == bits.kinds);
    return 0;
}
