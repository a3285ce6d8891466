#include "net/xfer/decoder.h"
#include "engine/list.h"
#include "net/coding/coding.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What was compressed twice by mistake occurs; more is an attack on our memory. */
#define STAGES_MAX 2

#define PIECE      16384

/* One coding of the body: a sink that writes into the next one. */
struct stage {
    struct sink sink;
    struct sink *next;
    const struct coding *coding;
    void *stream; /* NULL: no byte came so far */
    bool ended;
    size_t taken; /* of the bytes that come again */
    size_t made;  /* bytes in `piece` that the next sink has not taken */
    unsigned char piece[PIECE];
};

struct decoder {
    struct sink *sink;
    bool refused; /* a coding is unknown, or one too many */
    size_t count;
    struct stage *stages[STAGES_MAX]; /* in the order of the header: the last one is undone first */
};

static const struct {
    const char *name;
    const struct coding *coding; /* NULL: nothing to undo */
} codings[] = {
    {"gzip", &coding_gzip}, {"x-gzip", &coding_gzip}, {"deflate", &coding_deflate},
    {"br", &coding_brotli}, {"zstd", &coding_zstd},   {"identity", NULL},
};

static int stage_decode(struct stage *stage, struct coding_io *io)
{
    if (io->in_size == 0 && (!stage->stream || stage->ended))
        return 0;
    if (!stage->stream)
        stage->stream = stage->coding->open(*io->in);
    if (!stage->stream)
        return -ENOMEM;
    io->out = stage->piece;
    io->out_size = PIECE;
    int result = stage->coding->decode(stage->stream, io);
    stage->made = PIECE - io->out_size;
    stage->ended = result == CODING_ENDED;
    return result < 0 ? result : 0;
}

static int stage_deliver(struct stage *stage)
{
    int error = stage->made ? stage->next->write(stage->next, stage->piece, stage->made) : 0;
    if (!error)
        stage->made = 0;
    return error;
}

/* A full piece may not have been all that the input makes. */
static int stage_write(struct sink *sink, const void *data, size_t size)
{
    struct stage *stage = list_entry(sink, struct stage, sink);
    struct coding_io io = {
        .in = (const unsigned char *)data + stage->taken,
        .in_size = size - stage->taken,
    };
    int error = 0;
    bool full;
    do {
        if (!stage->made)
            error = stage_decode(stage, &io);
        full = stage->made == PIECE;
        if (!error)
            error = stage_deliver(stage);
    } while (!error && (io.in_size > 0 || full));
    stage->taken = error == SINK_PAUSE ? size - io.in_size : 0;
    return error;
}

static int decoder_add_stage(struct decoder *decoder, const struct coding *coding)
{
    struct stage *stage = calloc(1, sizeof *stage);
    if (!stage)
        return -ENOMEM;
    stage->sink.write = stage_write;
    stage->next = decoder->count ? &decoder->stages[decoder->count - 1]->sink : decoder->sink;
    stage->coding = coding;
    decoder->stages[decoder->count++] = stage;
    return 0;
}

static int decoder_add_one(struct decoder **made, const char *name, size_t length,
                           struct sink *sink)
{
    const size_t known = sizeof codings / sizeof codings[0];
    size_t i = 0;
    while (i < known &&
           (strlen(codings[i].name) != length || strncasecmp(codings[i].name, name, length) != 0))
        i++;
    if (i < known && !codings[i].coding)
        return 0;
    if (!*made)
        *made = calloc(1, sizeof **made);
    if (!*made)
        return -ENOMEM;
    struct decoder *decoder = *made;
    decoder->sink = sink;
    if (i < known && decoder->count < STAGES_MAX)
        return decoder_add_stage(decoder, codings[i].coding);
    decoder->refused = true;
    return 0;
}

static bool is_separator(char c)
{
    return c == ',' || c == ' ' || c == '\t';
}

int decoder_add(struct decoder **decoder, const char *list, size_t length, struct sink *sink)
{
    const char *end = list + length;
    int error = 0;
    while (list < end && !error) {
        const char *name = list;
        while (list < end && !is_separator(*list))
            list++;
        if (list > name)
            error = decoder_add_one(decoder, name, (size_t)(list - name), sink);
        while (list < end && is_separator(*list))
            list++;
    }
    return error;
}

int decoder_write(struct decoder *decoder, const void *data, size_t size)
{
    if (decoder->refused)
        return size ? -ENOTSUP : 0;
    struct sink *outermost = &decoder->stages[decoder->count - 1]->sink;
    return outermost->write(outermost, data, size);
}

const char *decoder_unfinished(const struct decoder *decoder)
{
    for (size_t i = decoder->count; i-- > 0;) {
        const struct stage *stage = decoder->stages[i];
        if (stage->stream && !stage->ended)
            return stage->coding->name;
    }
    return NULL;
}

void decoder_free(struct decoder *decoder)
{
    if (!decoder)
        return;
    for (size_t i = 0; i < decoder->count; i++) {
        struct stage *stage = decoder->stages[i];
        if (stage->stream)
            stage->coding->close(stage->stream);
        free(stage);
    }
    free(decoder);
}
