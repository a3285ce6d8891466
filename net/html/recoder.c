#include "net/html/charset.h"
#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    REST_MAX = 16, /* bytes of a character, or an escape, that a chunk's end cut in two */
    TEXT_SIZE = 4096,
};

struct html_recoder {
    iconv_t iconv;
    html_recoded *take;
    void *arg;
    size_t unit; /* bytes that are given up for a character that is none */
    size_t mark; /* bytes still to be left out */
    size_t rest_length;
    char rest[REST_MAX];
};

struct html_recoder *html_recoder_new(const struct html_charset *charset, html_recoded *take,
                                      void *arg)
{
    struct html_recoder *recoder = calloc(1, sizeof *recoder);
    if (!recoder)
        return NULL;
    recoder->take = take;
    recoder->arg = arg;
    recoder->mark = charset->mark;
    recoder->unit = strncmp(charset->name, "UTF-16", 6) == 0   ? 2
                    : strncmp(charset->name, "UTF-32", 6) == 0 ? 4
                                                               : 1;
    recoder->iconv = iconv_open("UTF-8", charset->name);
    if ((intptr_t)recoder->iconv == -1) {
        int error = errno;
        free(recoder);
        errno = error;
        return NULL;
    }
    return recoder;
}

void html_recoder_free(struct html_recoder *recoder)
{
    if (!recoder)
        return;
    iconv_close(recoder->iconv);
    free(recoder);
}

static void take_unreadable(struct html_recoder *recoder)
{
    recoder->take(recoder->arg, "\xef\xbf\xbd", 3);
}

/* Returns how many bytes are left: of a character whose end is not there yet. */
static size_t recode(struct html_recoder *recoder, char *data, size_t size)
{
    char text[TEXT_SIZE];
    while (size > 0) {
        char *out = text;
        size_t room = sizeof text;
        int error = iconv(recoder->iconv, &data, &size, &out, &room) == (size_t)-1 ? errno : 0;
        if (out > text)
            recoder->take(recoder->arg, text, (size_t)(out - text));
        if (error == EINVAL)
            return size;
        if (error != EILSEQ)
            continue;
        size_t skipped = size < recoder->unit ? size : recoder->unit;
        take_unreadable(recoder);
        data += skipped;
        size -= skipped;
    }
    return 0;
}

/* Goes on with what the last chunk left, byte by byte: it is a character soon. */
static void finish_rest(struct html_recoder *recoder, const char **data, size_t *size)
{
    while (recoder->rest_length > 0 && *size > 0) {
        recoder->rest[recoder->rest_length++] = *(*data)++;
        --*size;
        size_t length = recoder->rest_length;
        size_t left = recode(recoder, recoder->rest, length);
        if (left == sizeof recoder->rest) {
            take_unreadable(recoder);
            left = 0;
        }
        memmove(recoder->rest, recoder->rest + length - left, left);
        recoder->rest_length = left;
    }
}

void html_recoder_feed(struct html_recoder *recoder, const char *data, size_t size)
{
    size_t mark = size < recoder->mark ? size : recoder->mark;
    recoder->mark -= mark;
    data += mark;
    size -= mark;
    finish_rest(recoder, &data, &size);
    size_t left = recode(recoder, (char *)data, size); /* iconv only reads it */
    if (left > sizeof recoder->rest - 1) {
        take_unreadable(recoder);
        left = 0;
    }
    memcpy(recoder->rest, data + size - left, left);
    /* While a rest is there, nothing else is. */
    if (left > 0)
        recoder->rest_length = left;
}

void html_recoder_finish(struct html_recoder *recoder)
{
    if (recoder->rest_length > 0)
        take_unreadable(recoder);
    recoder->rest_length = 0;
}
