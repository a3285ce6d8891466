/* A style sheet, whole and cut into chunks: the same URLs, each within the sheet. */
#include "net/css/css.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

enum { BEGIN = 1000 };

struct trace {
    size_t size;  /* of the sheet */
    uint64_t end; /* of the URL before */
    uint64_t sum;
    unsigned count;
};

static void mix(struct trace *trace, uint64_t value)
{
    trace->sum = (trace->sum ^ value) * 0x9e3779b97f4a7c15U;
}

static void found(void *ctx, const struct css_url *url)
{
    struct trace *trace = ctx;
    MUST(url->offset >= trace->end && url->length <= BEGIN + trace->size - url->offset);
    MUST(url->length > 0 && url->text_length > 0 && url->text_length <= CSS_URL_MAX);
    trace->end = url->offset + url->length;
    trace->count++;
    mix(trace, url->offset);
    mix(trace, url->length);
    mix(trace, url->kind * 3 + url->form);
    for (size_t i = 0; i < url->text_length; i++)
        mix(trace, (unsigned char)url->text[i]);
}

/* Each chunk is a block of its own. */
static struct trace scan(const uint8_t *data, size_t size, size_t chunk)
{
    struct trace trace = {.size = size, .end = BEGIN};
    struct css css;
    css_init(&css, found, &trace);
    css_begin(&css, BEGIN);
    for (size_t at = 0; at < size; at += chunk) {
        size_t length = size - at < chunk ? size - at : chunk;
        char *copy = malloc(length);
        MUST(copy);
        memcpy(copy, data + at, length);
        MUST(css_feed(&css, copy, length) == 0);
        free(copy);
    }
    MUST(css_finish(&css) == 0);
    css_clear(&css);
    return trace;
}

/* The first byte says how large the chunks are. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct trace whole = scan(data + 1, size - 1, size);
    struct trace cut = scan(data + 1, size - 1, 1 + data[0] % 32);
    MUST(whole.count == cut.count && whole.sum == cut.sum);
    return 0;
}
