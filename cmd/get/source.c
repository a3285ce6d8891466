#include "cmd/get/source.h"

#include "cmd/get/limits.h"
#include "engine/io/io.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum {
    BUFFER_SIZE = SOURCE_LINE_MAX + LIMIT_READ,
    GZIP_MAGIC_0 = 0x1f, /* RFC 1952 section 2.3.1 */
    GZIP_MAGIC_1 = 0x8b,
    INFLATE_GZIP = 15 + 16, /* largest window, gzip header and trailer (zlib.h) */
};

/* What has been read of a gzip'ed list and not been inflated. */
struct gzip {
    z_stream stream; /* next_in and avail_in are in `input` */
    bool in_member;  /* between a header and its trailer */
    bool ended;      /* the descriptor is at its end */
    unsigned char input[LIMIT_READ];
};

struct source {
    int fd;
    bool owned;      /* standard input is not ours to close */
    bool waits;      /* not a plain file */
    bool recognised; /* gzip or not */
    bool ended;      /* nothing comes after what is in the buffer */
    bool skipping;   /* the rest of a line that was too long */
    struct gzip *gzip;
    const char *problem; /* a literal; NULL: the errno says it all */
    size_t start;        /* of the line under way */
    size_t scanned;      /* no newline between start and here */
    size_t end;
    char buffer[BUFFER_SIZE];
};

int source_check(const char *path)
{
    struct stat status;
    if (!path)
        return fstat(STDIN_FILENO, &status) ? -errno : 0;
    if (stat(path, &status) || faccessat(AT_FDCWD, path, R_OK, AT_EACCESS))
        return -errno;
    return S_ISDIR(status.st_mode) ? -EISDIR : 0;
}

int source_open(struct source **out, const char *path)
{
    struct stat status;
    struct source *source = malloc(sizeof *source);
    if (!source)
        return -ENOMEM;
    memset(source, 0, offsetof(struct source, buffer));
    source->owned = path != NULL;
    /* Without O_NONBLOCK a FIFO would hold us until somebody opens its other end. */
    source->fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : STDIN_FILENO;
    if (source->fd < 0 || fstat(source->fd, &status)) {
        int error = -errno;
        source_close(source);
        return error;
    }
    source->waits = !S_ISREG(status.st_mode);
    *out = source;
    return 0;
}

/* 0 when there is something to read, or the end. */
static int source_await(struct source *source, int64_t until)
{
    if (!source->waits)
        return 0;
    if (until == DEADLINE_NOW) {
        struct pollfd entry = {.fd = source->fd, .events = POLLIN};
        return poll(&entry, 1, 0) == 0 ? -EAGAIN : 0;
    }
    int ready = io_wait(source->fd, IO_IN, until);
    if (ready == -ETIMEDOUT)
        return -EAGAIN;
    /* A device that cannot be waited for, such as /dev/null, never has to be. */
    return ready >= 0 || ready == -EPERM ? 0 : ready;
}

/* read(2): the number of bytes, 0 at the end, or -errno. */
static ssize_t source_read(struct source *source, void *to, size_t size, int64_t until)
{
    for (;;) {
        int error = source_await(source, until);
        if (error)
            return error;
        ssize_t got = read(source->fd, to, size);
        if (got >= 0)
            return got;
        if (errno == EAGAIN && until == DEADLINE_NOW)
            return -EAGAIN; /* another reader was quicker */
        if (errno != EINTR && errno != EAGAIN)
            return -errno;
    }
}

static int gzip_refuse(struct source *source, const char *problem)
{
    source->problem = problem;
    return -EIO;
}

/* Reads more input; gzip->ended when there is none. */
static int gzip_fill(struct source *source, int64_t until)
{
    struct gzip *gzip = source->gzip;
    ssize_t got = source_read(source, gzip->input, sizeof gzip->input, until);
    if (got < 0)
        return (int)got;
    gzip->ended = got == 0;
    gzip->stream.next_in = gzip->input;
    gzip->stream.avail_in = (unsigned)got;
    return 0;
}

/* Between members: the next one, the end, or the zeros that pad an archive's last block. */
static int gzip_next_member(struct source *source, int64_t until)
{
    z_stream *stream = &source->gzip->stream;
    while (stream->avail_in > 0 && *stream->next_in == 0) {
        stream->next_in++;
        stream->avail_in--;
    }
    source->ended = stream->avail_in == 0 && source->gzip->ended;
    if (stream->avail_in == 0)
        return source->ended ? 0 : gzip_fill(source, until);
    if (*stream->next_in != GZIP_MAGIC_0)
        return gzip_refuse(source, "something else follows the gzip data");
    source->gzip->in_member = true;
    return inflateReset(stream) == Z_OK ? 0 : -EIO;
}

/* Inflates into the buffer's free end. Input is read only when inflate() has nothing left to give:
 * it may hold back much more than it was given last. */
static int gzip_inflate(struct source *source, int64_t until)
{
    z_stream *stream = &source->gzip->stream;
    size_t room = BUFFER_SIZE - source->end;
    stream->next_out = (unsigned char *)source->buffer + source->end;
    stream->avail_out = (unsigned)room;
    int result = inflate(stream, Z_NO_FLUSH);
    source->end = BUFFER_SIZE - stream->avail_out;
    source->gzip->in_member = result != Z_STREAM_END;
    if (result == Z_MEM_ERROR)
        return -ENOMEM;
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        return gzip_refuse(source, "damaged gzip data");
    if (result == Z_STREAM_END || stream->avail_out < room || stream->avail_in > 0)
        return 0;
    return source->gzip->ended ? gzip_refuse(source, "the gzip data ends early")
                               : gzip_fill(source, until);
}

static int gzip_more(struct source *source, int64_t until)
{
    return source->gzip->in_member ? gzip_inflate(source, until) : gzip_next_member(source, until);
}

/* What is in the buffer turned out to be gzip. */
static int gzip_start(struct source *source)
{
    struct gzip *gzip = calloc(1, sizeof *gzip);
    if (!gzip || inflateInit2(&gzip->stream, INFLATE_GZIP) != Z_OK) {
        free(gzip);
        return -ENOMEM;
    }
    source->gzip = gzip;
    gzip->in_member = true;
    gzip->ended = source->ended;
    source->ended = false;
    memcpy(gzip->input, source->buffer, source->end);
    gzip->stream.next_in = gzip->input;
    gzip->stream.avail_in = (unsigned)source->end;
    source->end = 0;
    source->scanned = 0;
    return 0;
}

/* Looks at the first bytes. No URL begins with the magic's. */
static int source_recognise(struct source *source)
{
    const unsigned char *first = (const unsigned char *)source->buffer;
    bool maybe = source->end > 0 && first[0] == GZIP_MAGIC_0;
    if (maybe && source->end == 1 && !source->ended)
        return 0; /* the second byte will tell */
    source->recognised = true;
    return maybe && source->end > 1 && first[1] == GZIP_MAGIC_1 ? gzip_start(source) : 0;
}

static int plain_more(struct source *source, int64_t until)
{
    /* Until recognised it must fit into the input of gzip. */
    size_t size = LIMIT_READ - (source->recognised ? 0 : source->end);
    ssize_t got = source_read(source, source->buffer + source->end, size, until);
    if (got < 0)
        return (int)got;
    source->end += (size_t)got;
    source->ended = got == 0;
    return source->recognised ? 0 : source_recognise(source);
}

static int source_more(struct source *source, int64_t until)
{
    return source->gzip ? gzip_more(source, until) : plain_more(source, until);
}

/* Makes room for another read behind the line under way. */
static void source_compact(struct source *source)
{
    if (BUFFER_SIZE - source->end >= LIMIT_READ)
        return;
    memmove(source->buffer, source->buffer + source->start, source->end - source->start);
    source->scanned -= source->start;
    source->end -= source->start;
    source->start = 0;
}

/* The newline of the line under way, or NULL when it is not in the buffer yet. */
static char *source_newline(struct source *source)
{
    char *newline = memchr(source->buffer + source->scanned, '\n', source->end - source->scanned);
    source->scanned = newline ? (size_t)(newline - source->buffer) : source->end;
    return newline;
}

/* Takes the line in front of `stop` out of the buffer. False for the end of one that was cut. */
static bool source_take(struct source *source, size_t stop, size_t next, struct source_line *line)
{
    bool skipped = source->skipping;
    *line = (struct source_line){
        .text = source->buffer + source->start,
        .length = stop - source->start,
    };
    if (line->length > SOURCE_LINE_MAX) {
        line->length = SOURCE_LINE_MAX;
        line->cut = true;
    }
    source->start = next;
    source->scanned = next;
    source->skipping = false;
    return !skipped;
}

int source_next(struct source *source, int64_t until, struct source_line *line)
{
    for (;;) {
        char *newline = source_newline(source);
        size_t stop = newline ? (size_t)(newline - source->buffer) : source->end;
        if (newline && source_take(source, stop, stop + 1, line))
            return 0;
        if (newline)
            continue;
        if (source->ended) {
            bool some = source->end > source->start;
            return some && source_take(source, stop, stop, line) ? 0 : 1;
        }
        if (stop - source->start > SOURCE_LINE_MAX) {
            bool first = source_take(source, stop, stop, line);
            source->skipping = true;
            if (first)
                return 0;
        }
        source_compact(source);
        int error = source_more(source, until);
        if (error)
            return error;
    }
}

int source_next_some(struct source *source, int64_t until, struct source_line *some)
{
    while ((source->start == source->end || !source->recognised) && !source->ended) {
        source_compact(source);
        int error = source_more(source, until);
        if (error)
            return error;
    }
    *some = (struct source_line){
        .text = source->buffer + source->start,
        .length = source->end - source->start,
    };
    source->start = source->end;
    source->scanned = source->end;
    return some->length == 0;
}

int source_descriptor(const struct source *source)
{
    return source->waits ? source->fd : -1;
}

int64_t source_size(const char *path)
{
    struct stat status;
    int error = path ? stat(path, &status) : fstat(STDIN_FILENO, &status);
    return !error && S_ISREG(status.st_mode) ? status.st_size : -1;
}

int64_t source_left(const struct source *source)
{
    struct stat status;
    off_t at = lseek(source->fd, 0, SEEK_CUR);
    if (source->waits || at < 0 || fstat(source->fd, &status))
        return -1;
    size_t held = source->gzip ? source->gzip->stream.avail_in : source->end - source->start;
    return status.st_size - at + (int64_t)held;
}

const char *source_problem(const struct source *source)
{
    return source->problem;
}

void source_close(struct source *source)
{
    if (!source)
        return;
    if (source->gzip) {
        inflateEnd(&source->gzip->stream);
        free(source->gzip);
    }
    if (source->owned && source->fd >= 0)
        io_close(source->fd);
    free(source);
}
