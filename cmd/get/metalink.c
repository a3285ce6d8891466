#include "cmd/get/metalink.h"

#include <errno.h>
#include <expat.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMESPACE "urn:ietf:params:xml:ns:metalink"

/* Between a name and its namespace. */
#define SEPARATOR '|'

/* What expat holds back until a token is complete. */
#define TOKEN_MAX (2 * (uint64_t)METALINK_TEXT_MAX)

/* "Lower values indicate a higher priority"; without one, the lowest (section 4.2.16.2). */
#define PRIORITY_LEAST 999999

/* Depths of the elements that count. */
enum {
    DEPTH_DOCUMENT,
    DEPTH_FILE,
    DEPTH_FIELD,
};

enum field {
    FIELD_NONE,
    FIELD_SIZE,
    FIELD_HASH,
    FIELD_URL,
};

/* The weakest first. */
static const char *const hash_types[] = {"md5",     "sha-1",   "sha-224",
                                         "sha-256", "sha-384", "sha-512"};

struct metalink {
    XML_Parser parser;
    uint64_t fed; /* bytes */
    bool suspended;
    unsigned depth; /* of the element under way */
    enum field field;
    char *text; /* of the field */
    size_t length;
    int rank;          /* of the hash under way in hash_types */
    unsigned priority; /* of the URL under way */
    struct metalink_file *file;
    int file_rank; /* of its hash; -1: it has none */
    unsigned priorities[METALINK_URLS_MAX];
    struct metalink_file *ready;
    bool ended;
    int error;           /* 0: none */
    const char *problem; /* a literal */
    uint64_t line;
};

void metalink_file_free(struct metalink_file *file)
{
    if (!file)
        return;
    for (size_t i = 0; i < file->url_count; i++)
        free(file->urls[i]);
    free(file->urls);
    free(file->hash);
    free(file->name);
    free(file);
}

static void stop(struct metalink *metalink, int error, const char *problem)
{
    if (metalink->error)
        return;
    metalink->error = error;
    metalink->problem = problem;
    metalink->line = XML_GetCurrentLineNumber(metalink->parser);
    (void)XML_StopParser(metalink->parser, XML_FALSE); /* fails only when it has stopped */
}

static bool is_element(const char *name, const char *wanted)
{
    size_t length = sizeof NAMESPACE - 1;
    return strncmp(name, NAMESPACE, length) == 0 && name[length] == SEPARATOR &&
           strcmp(name + length + 1, wanted) == 0;
}

static const char *attribute(const char *const *attributes, const char *wanted)
{
    for (; *attributes; attributes += 2)
        if (strcmp(attributes[0], wanted) == 0)
            return attributes[1];
    return NULL;
}

static void begin_document(struct metalink *metalink, const char *name)
{
    static const char old[] = "http://www.metalinker.org/";
    if (strncmp(name, old, sizeof old - 1) == 0)
        stop(metalink, -EINVAL, "Metalink 3; only Metalink 4 (RFC 5854) is read");
    else if (!is_element(name, "metalink"))
        stop(metalink, -EINVAL, "no Metalink 4 document (RFC 5854)");
}

static void begin_file(struct metalink *metalink, const char *const *attributes)
{
    const char *name = attribute(attributes, "name");
    if (!name || !*name) {
        stop(metalink, -EINVAL, "a file without a name");
        return;
    }
    struct metalink_file *file = calloc(1, sizeof *file);
    metalink->file = file;
    metalink->file_rank = -1;
    if (file) {
        file->name = strdup(name);
        file->size = -1;
        file->line = XML_GetCurrentLineNumber(metalink->parser);
    }
    if (!file || !file->name)
        stop(metalink, -ENOMEM, NULL);
}

static int hash_rank(const char *type)
{
    for (int i = 0; type && i < (int)(sizeof hash_types / sizeof *hash_types); i++)
        if (strcmp(hash_types[i], type) == 0)
            return i;
    return -1;
}

static unsigned read_priority(const char *text)
{
    char *end;
    if (!text || *text < '0' || *text > '9')
        return PRIORITY_LEAST;
    unsigned long value = strtoul(text, &end, 10);
    return *end || value > PRIORITY_LEAST ? PRIORITY_LEAST : (unsigned)value;
}

static void begin_field(struct metalink *metalink, const char *name, const char *const *attributes)
{
    metalink->length = 0;
    if (is_element(name, "size")) {
        metalink->field = FIELD_SIZE;
    } else if (is_element(name, "hash")) {
        metalink->rank = hash_rank(attribute(attributes, "type"));
        if (metalink->rank >= 0)
            metalink->field = FIELD_HASH;
    } else if (is_element(name, "url")) {
        metalink->priority = read_priority(attribute(attributes, "priority"));
        metalink->field = FIELD_URL;
    }
}

static void on_start(void *ctx, const char *name, const char **attributes)
{
    struct metalink *metalink = ctx;
    unsigned depth = metalink->depth++;
    if (depth == METALINK_DEPTH_MAX)
        stop(metalink, -EINVAL, "elements nested too deep");
    else if (depth == DEPTH_DOCUMENT)
        begin_document(metalink, name);
    else if (depth == DEPTH_FILE && is_element(name, "file"))
        begin_file(metalink, (const char *const *)attributes);
    else if (depth == DEPTH_FIELD && metalink->file)
        begin_field(metalink, name, (const char *const *)attributes);
}

static void on_text(void *ctx, const char *text, int length)
{
    struct metalink *metalink = ctx;
    if (metalink->field == FIELD_NONE)
        return;
    if ((size_t)length > METALINK_TEXT_MAX - metalink->length) {
        stop(metalink, -EINVAL, "a text longer than 64 KiB");
        return;
    }
    memcpy(metalink->text + metalink->length, text, (size_t)length);
    metalink->length += (size_t)length;
}

/* The field's text without white space around it. */
static const char *trimmed(struct metalink *metalink)
{
    static const char blanks[] = " \t\r\n";
    char *text = metalink->text;
    size_t length = metalink->length;
    while (length > 0 && strchr(blanks, text[length - 1]))
        length--;
    text[length] = '\0';
    return text + strspn(text, blanks);
}

static void end_size(struct metalink *metalink, const char *text)
{
    char *end;
    errno = 0;
    long long size = strtoll(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno)
        stop(metalink, -EINVAL, "a size that is no number");
    else
        metalink->file->size = size;
}

static void end_hash(struct metalink *metalink, const char *text)
{
    struct metalink_file *file = metalink->file;
    char *hash;
    if (metalink->rank <= metalink->file_rank)
        return;
    if (asprintf(&hash, "%s=%s", hash_types[metalink->rank], text) < 0) {
        stop(metalink, -ENOMEM, NULL);
        return;
    }
    free(file->hash);
    file->hash = hash;
    metalink->file_rank = metalink->rank;
}

/* Behind those of the same priority. */
static void end_url(struct metalink *metalink, const char *text)
{
    struct metalink_file *file = metalink->file;
    size_t i = file->url_count;
    if (i == METALINK_URLS_MAX)
        return;
    if (i == 0)
        file->urls = calloc(METALINK_URLS_MAX, sizeof *file->urls);
    char *url = file->urls ? strdup(text) : NULL;
    if (!url) {
        stop(metalink, -ENOMEM, NULL);
        return;
    }
    for (; i > 0 && metalink->priorities[i - 1] > metalink->priority; i--) {
        file->urls[i] = file->urls[i - 1];
        metalink->priorities[i] = metalink->priorities[i - 1];
    }
    file->urls[i] = url;
    metalink->priorities[i] = metalink->priority;
    file->url_count++;
}

static void end_field(struct metalink *metalink)
{
    enum field field = metalink->field;
    const char *text = trimmed(metalink);
    metalink->field = FIELD_NONE;
    if (field == FIELD_SIZE)
        end_size(metalink, text);
    else if (field == FIELD_HASH)
        end_hash(metalink, text);
    else
        end_url(metalink, text);
}

static void end_file(struct metalink *metalink)
{
    metalink->ready = metalink->file;
    metalink->file = NULL;
    metalink->suspended = true;
    (void)XML_StopParser(metalink->parser, XML_TRUE); /* fails only when it has stopped */
}

static void on_end(void *ctx, const char *name)
{
    struct metalink *metalink = ctx;
    (void)name; /* expat sees to it that it is the one that began */
    unsigned depth = --metalink->depth;
    if (depth == DEPTH_FIELD && metalink->field != FIELD_NONE)
        end_field(metalink);
    else if (depth == DEPTH_FILE && metalink->file)
        end_file(metalink);
}

static void on_document_type(void *ctx, const char *name, const char *system, const char *public,
                             int has_subset)
{
    (void)name;
    (void)system;
    (void)public;
    (void)has_subset;
    stop(ctx, -EINVAL, "a document type declaration, which Metalink has no use for");
}

struct metalink *metalink_new(void)
{
    struct metalink *metalink = calloc(1, sizeof *metalink);
    if (!metalink)
        return NULL;
    metalink->text = malloc(METALINK_TEXT_MAX + 1);
    metalink->parser = XML_ParserCreateNS(NULL, SEPARATOR);
    if (!metalink->text || !metalink->parser) {
        metalink_free(metalink);
        return NULL;
    }
    XML_SetUserData(metalink->parser, metalink);
    XML_SetElementHandler(metalink->parser, on_start, on_end);
    XML_SetCharacterDataHandler(metalink->parser, on_text);
    XML_SetStartDoctypeDeclHandler(metalink->parser, on_document_type);
    return metalink;
}

void metalink_free(struct metalink *metalink)
{
    if (!metalink)
        return;
    metalink_file_free(metalink->file);
    metalink_file_free(metalink->ready);
    if (metalink->parser)
        XML_ParserFree(metalink->parser);
    free(metalink->text);
    free(metalink);
}

/* Expat has come to a halt. */
static void halt(struct metalink *metalink, enum XML_Status status)
{
    XML_Parser parser = metalink->parser;
    XML_ParsingStatus state;
    if (metalink->error || metalink->suspended)
        return;
    if (status == XML_STATUS_ERROR) {
        enum XML_Error code = XML_GetErrorCode(parser);
        stop(metalink, code == XML_ERROR_NO_MEMORY ? -ENOMEM : -EINVAL, XML_ErrorString(code));
        return;
    }
    XML_GetParsingStatus(parser, &state);
    metalink->ended = state.parsing == XML_FINISHED;
    if (metalink->fed > TOKEN_MAX + (uint64_t)XML_GetCurrentByteIndex(parser))
        stop(metalink, -EINVAL, "an element longer than 128 KiB");
}

void metalink_feed(struct metalink *metalink, const char *data, size_t size)
{
    if (metalink->error || metalink->suspended || metalink->ended)
        return;
    metalink->fed += size;
    halt(metalink, XML_Parse(metalink->parser, data, (int)size, size == 0));
}

int metalink_next(struct metalink *metalink, struct metalink_file **file)
{
    if (!metalink->ready && !metalink->error && metalink->suspended) {
        metalink->suspended = false;
        halt(metalink, XML_ResumeParser(metalink->parser));
    }
    *file = metalink->ready;
    metalink->ready = NULL;
    if (*file)
        return 0;
    if (metalink->error)
        return metalink->error;
    return metalink->ended ? 1 : -EAGAIN;
}

const char *metalink_problem(const struct metalink *metalink)
{
    return metalink->problem ? metalink->problem : strerror(-metalink->error);
}

uint64_t metalink_line(const struct metalink *metalink)
{
    return metalink->line;
}
