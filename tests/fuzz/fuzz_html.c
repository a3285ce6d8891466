/* A page: its tokens, its links and its charset. The first byte says how it is cut up, and what
 * else is known of it: what comes out must not depend on the cuts, and every range must lie in the
 * page, one behind the other. */
#include "net/html/charset.h"
#include "net/html/links.h"
#include "net/html/tokenizer.h"
#include "net/html/value.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

/* Bits of the first byte; the others say how long a piece is. */
enum { SNIFFED = 0x80, XML = 0x40 };

struct reading {
    const char *page;
    size_t size;
    uint64_t hash;
    uint64_t last; /* end of the link before */
    bool sniffs;   /* then ranges may be of another text */
    bool is_xml;
};

/* FNV-1a of all that comes. */
static void mix(struct reading *reading, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        reading->hash = (reading->hash ^ (unsigned char)bytes[i]) * UINT64_C(1099511628211);
}

static void mix_number(struct reading *reading, uint64_t number)
{
    mix(reading, (const char *)&number, sizeof number);
}

static void check_value(struct reading *reading, const struct html_attribute *attribute)
{
    static char decoded[HTML_VALUE_ROOM(HTML_VALUE_MAX)];
    struct html_value_cursor cursor = {0};
    const char *raw = attribute->value;
    size_t length = attribute->value_length;
    MUST(!attribute->quote || attribute->value_offset + attribute->value_size <= reading->size);
    MUST(!length || memcmp(reading->page + attribute->value_offset, raw, length) == 0);
    size_t made = html_value_decode(raw, length, HTML_IN_ATTRIBUTE, decoded, sizeof decoded);
    MUST(html_value_is_coded(raw, length) || (made == length && memcmp(raw, decoded, made) == 0));
    MUST(html_value_locate(&cursor, raw, length, HTML_IN_ATTRIBUTE, made) == length);
    mix(reading, decoded, made);
}

static void take_tag(struct reading *reading, const struct html_tag *tag)
{
    MUST(tag->offset < tag->end && tag->end <= reading->size);
    MUST(reading->page[tag->offset] == '<' && reading->page[tag->end - 1] == '>');
    MUST(tag->name_length > 0 && tag->name_length <= HTML_NAME_MAX);
    mix(reading, tag->name, tag->name_length);
    mix_number(reading, tag->offset);
    mix_number(reading, (uint64_t)tag->element << 3 | (unsigned)tag->foreign << 2 |
                            (unsigned)tag->self_closing << 1 | (unsigned)tag->cut);
}

static void take_start_tag(void *arg, const struct html_tag *tag)
{
    take_tag(arg, tag);
    for (size_t i = 0; i < tag->count; i++) {
        mix(arg, tag->attributes[i].name, tag->attributes[i].name_length);
        mix_number(arg, tag->attributes[i].offset);
        check_value(arg, &tag->attributes[i]);
    }
}

static void take_end_tag(void *arg, const struct html_tag *tag)
{
    MUST(tag->count == 0);
    take_tag(arg, tag);
}

/* Pieces differ with the chunks; their bytes and places do not. */
static void take_text(void *arg, const struct html_text *text)
{
    struct reading *reading = arg;
    MUST(text->offset + text->length <= reading->size);
    MUST(memcmp(reading->page + text->offset, text->at, text->length) == 0);
    for (size_t i = 0; i < text->length; i++)
        mix_number(reading, (text->offset + i) << 3 | text->mode);
}

static void take_comment(void *arg, const char *data, size_t size, bool last)
{
    mix(arg, data, size);
    if (last)
        mix(arg, "!", 1);
}

static void take_link(void *arg, const struct html_link *link)
{
    struct reading *reading = arg;
    MUST(link->length > 0 && link->offset >= reading->last);
    reading->last = link->offset + link->size;
    MUST(reading->sniffs || reading->last <= reading->size);
    mix(reading, link->url, link->length);
    mix_number(reading, link->offset);
    mix_number(reading, link->size);
    mix_number(reading, link->line);
    mix_number(reading, (uint64_t)link->kind << 8 | link->form);
    if (link->descriptor)
        mix(reading, link->descriptor, link->descriptor_length);
}

static void take_words(void *arg, const char *text, size_t length)
{
    mix(arg, text, length);
    mix(arg, "", 1);
}

static void take_robots(void *arg, unsigned bits)
{
    mix_number(arg, bits);
}

static const struct html_handler tokens = {
    .start_tag = take_start_tag,
    .end_tag = take_end_tag,
    .text = take_text,
    .text_modes = ~0U,
    .comment = take_comment,
};

static const struct html_links_handler links = {
    .link = take_link,
    .base = take_words,
    .title = take_words,
    .anchor = take_words,
    .robots = take_robots,
    .agent = "fetch",
};

/* A chunk as a block of exactly its size, so that a sanitizer sees one byte too many. */
static char *chunk_of(const char *at, size_t size)
{
    char *chunk = malloc(size);
    MUST(chunk);
    memcpy(chunk, at, size);
    return chunk;
}

static uint64_t read_page(const char *page, size_t size, size_t step, unsigned how)
{
    struct reading reading = {
        .page = page, .size = size, .hash = 1, .sniffs = how & SNIFFED, .is_xml = how & XML};
    struct html_tokenizer *tokenizer = html_tokenizer_new(&tokens, &reading);
    struct html_links *reader = html_links_new(&links, &reading);
    MUST(tokenizer && reader);
    html_links_count_lines(reader);
    if (reading.sniffs)
        html_links_sniff(reader, reading.is_xml ? "text/xml" : NULL);
    if (reading.is_xml)
        html_tokenizer_read_xml(tokenizer);
    for (size_t done = 0, length; done < size; done += length) {
        length = size - done < step ? size - done : step;
        char *chunk = chunk_of(page + done, length);
        html_tokenizer_feed(tokenizer, chunk, length);
        free(chunk);
    }
    html_tokenizer_finish(tokenizer);
    for (size_t done = 0, length; done < size; done += length) {
        length = size - done < step ? size - done : step;
        char *chunk = chunk_of(page + done, length);
        MUST(html_links_feed(reader, chunk, length) == 0);
        free(chunk);
    }
    MUST(html_links_finish(reader) == 0);
    html_links_free(reader);
    html_tokenizer_free(tokenizer);
    return reading.hash;
}

static void take_recoded(void *arg, const char *text, size_t length)
{
    mix(arg, text, length);
}

static uint64_t recode(const struct html_charset *charset, const char *page, size_t size,
                       size_t step)
{
    struct reading reading = {.hash = 1};
    struct html_recoder *recoder = html_recoder_new(charset, take_recoded, &reading);
    MUST(recoder);
    for (size_t done = 0, length; done < size; done += length) {
        length = size - done < step ? size - done : step;
        char *chunk = chunk_of(page + done, length);
        html_recoder_feed(recoder, chunk, length);
        free(chunk);
    }
    html_recoder_finish(recoder);
    html_recoder_free(recoder);
    return reading.hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct html_charset charset;
    if (size < 2)
        return 0;
    const char *page = (const char *)data + 1;
    size_t length = size - 1, step = 1 + data[0] % 64;
    MUST(read_page(page, length, length, data[0]) == read_page(page, length, step, data[0]));
    html_charset_find(&charset, NULL, page, length);
    MUST(charset.name && charset.mark <= length);
    charset.recoded = true;
    MUST(recode(&charset, page, length, length) == recode(&charset, page, length, step));
    return 0;
}
