#include "tests/origin/body.h"

#include <assert.h>
#include <errno.h>

enum { HEX_DIGITS = 16, TAIL_AT = 2 * HEX_DIGITS + 1, PIECE = 4096 };

static const char line_tail[] = " every byte of this is checked\n";
static_assert(TAIL_AT + sizeof(line_tail) - 1 == BODY_LINE, "a line is full");

static uint64_t fnv1a(uint64_t hash, struct span span)
{
    for (size_t i = 0; i < span.size; i++)
        hash = (hash ^ (unsigned char)span.data[i]) * UINT64_C(0x100000001b3);
    return hash;
}

uint64_t body_hash(struct span path, struct span seed)
{
    uint64_t hash = fnv1a(UINT64_C(0xcbf29ce484222325), path);
    return seed.size ? fnv1a(fnv1a(hash, span_of("?seed=")), seed) : hash;
}

static void write_hex(char *to, uint64_t value)
{
    for (int i = HEX_DIGITS - 1; i >= 0; i--, value >>= 4)
        to[i] = "0123456789abcdef"[value & 15];
}

static void write_line(char line[BODY_LINE], uint64_t hash, int64_t offset)
{
    write_hex(line, hash);
    line[HEX_DIGITS] = ' ';
    write_hex(line + HEX_DIGITS + 1, (uint64_t)offset);
    memcpy(line + TAIL_AT, line_tail, sizeof(line_tail) - 1);
}

/* The next bytes before compression. */
static size_t read_plain(struct body *body, char *buf, size_t size)
{
    size_t done = 0;
    if (body->end - body->offset < (int64_t)size)
        size = (size_t)(body->end - body->offset);
    while (done < size) {
        char line[BODY_LINE];
        size_t skip = (size_t)(body->offset % BODY_LINE);
        size_t piece = BODY_LINE - skip < size - done ? BODY_LINE - skip : size - done;
        write_line(line, body->hash, body->offset - (int64_t)skip);
        memcpy(buf + done, line + skip, piece);
        body->offset += (int64_t)piece;
        done += piece;
    }
    return done;
}

static size_t read_zeros(struct body *body, char *buf, size_t size)
{
    if (body->end - body->offset < (int64_t)size)
        size = (size_t)(body->end - body->offset);
    memset(buf, 0, size);
    body->offset += (int64_t)size;
    return size;
}

/* The compressor's last piece has at least a byte; behind it nothing more is made. */
static size_t spoil_end(const struct body *body, char *buf, size_t made)
{
    if (made == 0)
        return 0;
    if (body->coding == BODY_GZIP_DAMAGED)
        buf[made - 1] ^= 1;
    return body->coding == BODY_GZIP_CUT ? made - 1 : made;
}

static size_t read_compressed(struct body *body, char *buf, size_t size)
{
    char piece[PIECE];
    z_stream *deflater = &body->deflate;
    deflater->next_out = (unsigned char *)buf;
    deflater->avail_out = (unsigned)size;
    while (deflater->avail_out && !body->finished) {
        size_t more = body->coding == BODY_GZIP_BOMB ? read_zeros(body, piece, sizeof(piece))
                                                     : read_plain(body, piece, sizeof(piece));
        deflater->next_in = (unsigned char *)piece;
        deflater->avail_in = (unsigned)more;
        int result = deflate(deflater, more ? Z_NO_FLUSH : Z_FINISH);
        body->finished = result == Z_STREAM_END;
        /* What does not fit now is made again later: give back what was not taken. */
        body->offset -= deflater->avail_in;
    }
    size_t made = size - deflater->avail_out;
    return body->finished ? spoil_end(body, buf, made) : made;
}

int body_open(struct body *body, uint64_t hash, int64_t offset, int64_t end,
              enum body_coding coding)
{
    *body = (struct body){.hash = hash, .offset = offset, .end = end, .coding = coding};
    if (coding == BODY_PLAIN)
        return 0;
    /* 16 more window bits ask zlib for a gzip header and trailer. */
    int result = deflateInit2(&body->deflate, Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + 16,
                              MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY);
    return result == Z_OK ? 0 : -ENOMEM;
}

size_t body_read(struct body *body, char *buf, size_t size)
{
    return body->coding == BODY_PLAIN ? read_plain(body, buf, size)
                                      : read_compressed(body, buf, size);
}

void body_close(struct body *body)
{
    if (body->coding != BODY_PLAIN)
        deflateEnd(&body->deflate);
}

int64_t body_wire_size(uint64_t hash, int64_t end, enum body_coding coding)
{
    char piece[PIECE];
    struct body body;
    int64_t size = 0;
    if (coding == BODY_PLAIN)
        return end;
    if (body_open(&body, hash, 0, end, coding))
        return -ENOMEM;
    for (size_t more; (more = body_read(&body, piece, sizeof(piece))) > 0;)
        size += (int64_t)more;
    body_close(&body);
    return size;
}
