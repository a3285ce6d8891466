#include "net/feed/feed.h"

#include "net/coding/coding.h"
#include "net/feed/elements.h"
#include <errno.h>
#include <expat.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Expat gets at most so much at once. It holds back what is no complete token yet and reads that
 * again each time, so neither may be long. */
#define PIECE           16384
#define TOKEN_MAX       (UINT64_C(128) << 10)

#define GZIP_FIRST_BYTE 0x1f

struct feed {
    void (*on_link)(void *ctx, const struct feed_link *link);
    void *ctx;
    XML_Parser parser;
    bool met;        /* a byte of any kind has come */
    bool started;    /* a byte of the document, but for blanks, has come */
    void *gzip;      /* its stream; NULL: the document is not packed */
    bool gzip_ended; /* but perhaps for further members */
    uint64_t fed;    /* bytes of the document itself */
    enum feed_format format;
    char prefix[32];                          /* of the first element, with its colon */
    unsigned depth;                           /* of the element under way; 0: none */
    unsigned char containers[FEED_DEPTH_MAX]; /* of all that are open: enum container */
    const struct element *element;            /* whose text is being gathered; NULL: none */
    unsigned element_depth;
    enum feed_link_kind kind;
    uint64_t element_line; /* of text: the line under way */
    size_t length;         /* of the text; beyond FEED_URL_MAX it is not kept */
    int error;
    const char *problem; /* a literal */
    uint64_t line;
    char text[FEED_URL_MAX + 1];
    unsigned char piece[PIECE];
};

static void stop(struct feed *feed, int error, const char *problem)
{
    if (feed->error)
        return;
    feed->error = error;
    feed->problem = problem;
    feed->line =
        feed->format == FEED_TEXT ? feed->element_line : XML_GetCurrentLineNumber(feed->parser);
    (void)XML_StopParser(feed->parser, XML_FALSE); /* fails where none is being read */
}

/* Hands on what `url` points to, without the white space that XML allows around it. */
static void give(struct feed *feed, const struct element *element, char *url, uint64_t line)
{
    static const char blanks[] = " \t\r\n";
    size_t length = strlen(url);
    while (length > 0 && strchr(blanks, url[length - 1]))
        length--;
    url[length] = '\0';
    size_t skipped = strspn(url, blanks);
    struct feed_link link = {
        .kind = feed->kind,
        .url = url + skipped,
        .length = length - skipped,
        .element = element->name,
        .line = line,
    };
    if (link.length > 0)
        feed->on_link(feed->ctx, &link);
}

static void give_attribute(struct feed *feed, const struct element *element,
                           const char *const *attributes)
{
    const char *url = element_attribute(attributes, element->attribute);
    size_t length = url ? strlen(url) : 0;
    if (length == 0 || length > FEED_URL_MAX)
        return;
    memcpy(feed->text, url, length + 1);
    give(feed, element, feed->text, XML_GetCurrentLineNumber(feed->parser));
}

/* The first element says what the document is; its prefix is that of all that matters. Returns the
 * name without it. */
static const char *begin_document(struct feed *feed, const char *name)
{
    const char *colon = strchr(name, ':');
    const char *local = colon ? colon + 1 : name;
    size_t length = (size_t)(local - name);
    feed->format = element_format(local);
    if (feed->format == FEED_UNKNOWN || length >= sizeof feed->prefix)
        stop(feed, -EINVAL, "neither sitemap nor feed");
    else
        memcpy(feed->prefix, name, length);
    return local;
}

static void begin_element(struct feed *feed, const char *name, const char *const *attributes)
{
    enum container parent = feed->containers[feed->depth - 1];
    const struct element *element =
        feed->element ? NULL : element_find(feed->format, parent, name, attributes, &feed->kind);
    if (element && element->attribute) {
        give_attribute(feed, element, attributes);
    } else if (element) {
        feed->element = element;
        feed->element_depth = feed->depth + 1;
        feed->element_line = XML_GetCurrentLineNumber(feed->parser);
        feed->length = 0;
    }
}

static void on_start(void *ctx, const char *name, const char **attributes)
{
    struct feed *feed = ctx;
    size_t prefix = strlen(feed->prefix);
    if (feed->error)
        return;
    if (feed->depth == FEED_DEPTH_MAX) {
        stop(feed, -EINVAL, "elements nested too deep");
        return;
    }
    if (feed->depth == 0)
        name = begin_document(feed, name);
    else if (prefix && strncmp(name, feed->prefix, prefix) == 0)
        name += prefix;
    if (feed->depth > 0)
        begin_element(feed, name, (const char *const *)attributes);
    feed->containers[feed->depth++] = (unsigned char)element_container(feed->format, name);
}

static void on_text(void *ctx, const char *text, int length)
{
    struct feed *feed = ctx;
    size_t size = (size_t)length;
    if (!feed->element || feed->depth != feed->element_depth)
        return;
    if (size > FEED_URL_MAX || feed->length > FEED_URL_MAX - size) {
        feed->length = FEED_URL_MAX + 1;
        return;
    }
    memcpy(feed->text + feed->length, text, size);
    feed->length += size;
}

static void on_end(void *ctx, const char *name)
{
    struct feed *feed = ctx;
    (void)name; /* expat sees to it that it is the one that began */
    const struct element *element = feed->element;
    if (feed->error)
        return;
    if (element && feed->depth == feed->element_depth) {
        feed->element = NULL;
        if (feed->length <= FEED_URL_MAX) {
            feed->text[feed->length] = '\0';
            give(feed, element, feed->text, feed->element_line);
        }
    }
    feed->depth--;
}

static void on_entity(void *ctx, const char *name, int is_parameter, const char *value,
                      int value_length, const char *base, const char *system, const char *public,
                      const char *notation)
{
    (void)name;
    (void)is_parameter;
    (void)value;
    (void)value_length;
    (void)base;
    (void)system;
    (void)public;
    (void)notation;
    stop(ctx, -EINVAL, "an entity declaration, which feeds have no use for");
}

/* All that extends ASCII, byte by byte, reads markup and URLs well enough. */
static int on_encoding(void *ctx, const char *name, XML_Encoding *encoding)
{
    (void)ctx;
    (void)name;
    for (int i = 0; i < 256; i++)
        encoding->map[i] = i < 128 ? i : 0xfffd;
    encoding->data = NULL;
    encoding->convert = NULL;
    encoding->release = NULL;
    return XML_STATUS_OK;
}

struct feed *feed_new(void (*on_link)(void *ctx, const struct feed_link *link), void *ctx)
{
    struct feed *feed = calloc(1, sizeof *feed);
    if (!feed)
        return NULL;
    feed->on_link = on_link;
    feed->ctx = ctx;
    feed->parser = XML_ParserCreate(NULL);
    if (!feed->parser) {
        feed_free(feed);
        return NULL;
    }
    XML_SetUserData(feed->parser, feed);
    XML_SetElementHandler(feed->parser, on_start, on_end);
    XML_SetCharacterDataHandler(feed->parser, on_text);
    XML_SetEntityDeclHandler(feed->parser, on_entity);
    XML_SetUnknownEncodingHandler(feed->parser, on_encoding, NULL);
    return feed;
}

void feed_free(struct feed *feed)
{
    if (!feed)
        return;
    if (feed->gzip)
        coding_gzip.close(feed->gzip);
    if (feed->parser)
        XML_ParserFree(feed->parser);
    free(feed);
}

/* Has expat found something, or too little for too long? */
static void check(struct feed *feed, enum XML_Status status)
{
    if (feed->error)
        return;
    if (status == XML_STATUS_ERROR) {
        enum XML_Error code = XML_GetErrorCode(feed->parser);
        stop(feed, code == XML_ERROR_NO_MEMORY ? -ENOMEM : -EINVAL, XML_ErrorString(code));
        return;
    }
    if (feed->fed > TOKEN_MAX + (uint64_t)XML_GetCurrentByteIndex(feed->parser))
        stop(feed, -EINVAL, "an element longer than 128 KiB");
}

/* A line of text is complete. If not even the first is a URL, then this is none of what is read
 * here. */
static void end_line(struct feed *feed)
{
    static const struct element line = {.name = ""};
    feed->text[feed->length <= FEED_URL_MAX ? feed->length : 0] = '\0';
    if (strncasecmp(feed->text, "http", 4) == 0) {
        feed->kind = FEED_PAGE;
        give(feed, &line, feed->text, feed->element_line);
    } else if (feed->element_line == 1 && feed->length <= FEED_URL_MAX) {
        stop(feed, -EINVAL, "neither sitemap nor feed");
    }
    feed->length = 0;
    feed->element_line++;
}

static void parse_text(struct feed *feed, const unsigned char *data, size_t size)
{
    for (size_t i = 0; i < size && !feed->error; i++) {
        if (data[i] == '\n')
            end_line(feed);
        else if (feed->length < FEED_URL_MAX)
            feed->text[feed->length++] = (char)(data[i] ? data[i] : ' ');
        else
            feed->length = FEED_URL_MAX + 1;
    }
}

static void parse_some(struct feed *feed, const unsigned char *data, size_t size)
{
    feed->fed += size;
    if (feed->fed > FEED_SIZE_MAX)
        stop(feed, -EFBIG, "longer than 128 MiB");
    else if (feed->format == FEED_TEXT)
        parse_text(feed, data, size);
    else
        check(feed, XML_Parse(feed->parser, (const char *)data, (int)size, 0));
}

/* No XML begins with the letter that URLs begin with. */
static void begin(struct feed *feed, unsigned char first)
{
    feed->started = true;
    if (first == 'h' || first == 'H') {
        feed->format = FEED_TEXT;
        feed->element_line = 1;
    }
}

/* Many have blanks before the XML declaration, which expat does not forgive. */
static size_t count_blanks(const struct feed *feed, const unsigned char *data, size_t size)
{
    size_t i = 0;
    while (!feed->started && i < size && strchr(" \t\r\n", data[i]) && data[i])
        i++;
    return i;
}

static void parse(struct feed *feed, const unsigned char *data, size_t size)
{
    size_t blanks = count_blanks(feed, data, size);
    data += blanks;
    size -= blanks;
    if (size > 0 && !feed->started)
        begin(feed, *data);
    while (size > 0 && !feed->error) {
        size_t some = size < PIECE ? size : PIECE;
        parse_some(feed, data, some);
        data += some;
        size -= some;
    }
}

static void unpack(struct feed *feed, const unsigned char *data, size_t size)
{
    struct coding_io io = {.in = data, .in_size = size};
    bool full = false;
    while (!feed->error && (io.in_size > 0 || full)) {
        io.out = feed->piece;
        io.out_size = sizeof feed->piece;
        int result = coding_gzip.decode(feed->gzip, &io);
        full = io.out_size == 0;
        feed->gzip_ended = result == CODING_ENDED;
        parse(feed, feed->piece, sizeof feed->piece - io.out_size);
        if (result < 0)
            stop(feed, result == -ENOMEM ? result : -EINVAL, "a broken gzip stream");
        if (feed->gzip_ended && io.in_size == 0)
            return;
    }
}

int feed_write(struct feed *feed, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    if (size == 0 || feed->error)
        return feed->error;
    if (!feed->met && *bytes == GZIP_FIRST_BYTE) {
        feed->gzip = coding_gzip.open(*bytes);
        if (!feed->gzip)
            stop(feed, -ENOMEM, NULL);
    }
    feed->met = true;
    if (feed->gzip)
        unpack(feed, bytes, size);
    else
        parse(feed, bytes, size);
    return feed->error;
}

int feed_finish(struct feed *feed)
{
    if (!feed->error && feed->gzip && !feed->gzip_ended)
        stop(feed, -EINVAL, "a gzip stream that does not end");
    if (!feed->error && feed->format != FEED_TEXT)
        check(feed, XML_Parse(feed->parser, NULL, 0, 1));
    else if (!feed->error && feed->length > 0)
        end_line(feed);
    return feed->error;
}

enum feed_format feed_format(const struct feed *feed)
{
    return feed->format;
}

const char *feed_problem(const struct feed *feed)
{
    return feed->problem ? feed->problem : strerror(-feed->error);
}

uint64_t feed_line(const struct feed *feed)
{
    return feed->line;
}
