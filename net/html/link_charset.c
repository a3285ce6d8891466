/* What charset a page is in, and what that means for its links. */
#include "net/html/link_reader.h"
#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void html_link_charset_reset(struct html_links *links)
{
    html_recoder_free(links->recoder);
    if (links->iconv)
        iconv_close(links->iconv);
    links->recoder = NULL;
    links->iconv = NULL;
    links->sniffs = links->has_charset = false;
    links->head_length = 0;
}

/* "application/xhtml+xml", "text/xml; charset=utf-8" */
static bool is_xml(const char *content_type)
{
    size_t length = strcspn(content_type, "; \t");
    return length > 4 && (content_type[length - 4] == '+' || content_type[length - 4] == '/') &&
           strncasecmp(content_type + length - 3, "xml", 3) == 0;
}

void html_links_sniff(struct html_links *links, const char *content_type)
{
    links->sniffs = true;
    snprintf(links->content_type, sizeof links->content_type, "%s",
             content_type ? content_type : "");
    if (is_xml(links->content_type))
        html_tokenizer_read_xml(links->tokenizer);
}

const struct html_charset *html_links_charset(const struct html_links *links)
{
    return links->has_charset ? &links->charset : NULL;
}

static void take_recoded(void *arg, const char *text, size_t length)
{
    struct html_links *links = arg;
    html_tokenizer_feed(links->tokenizer, text, length);
}

static void pass_on(struct html_links *links, const char *data, size_t size)
{
    if (links->recoder)
        html_recoder_feed(links->recoder, data, size);
    else
        html_tokenizer_feed(links->tokenizer, data, size);
}

/* A charset that the system cannot read is read as ASCII, with what comes of it. */
static void find_charset(struct html_links *links)
{
    html_charset_find(&links->charset, links->content_type, links->head, links->head_length);
    links->has_charset = true;
    if (links->charset.recoded) {
        links->recoder = html_recoder_new(&links->charset, take_recoded, links);
        if (!links->recoder && errno == ENOMEM)
            links->error = -ENOMEM;
    }
    if (!links->error)
        pass_on(links, links->head, links->head_length);
}

void html_link_charset_feed(struct html_links *links, const char *data, size_t size)
{
    if (links->sniffs && !links->has_charset) {
        size_t room = sizeof links->head - links->head_length;
        size_t taken = size < room ? size : room;
        memcpy(links->head + links->head_length, data, taken);
        links->head_length += taken;
        if (links->head_length < sizeof links->head)
            return;
        find_charset(links);
        data += taken;
        size -= taken;
    }
    if (!links->error)
        pass_on(links, data, size);
}

void html_link_charset_finish(struct html_links *links)
{
    if (links->sniffs && !links->has_charset)
        find_charset(links);
    if (links->recoder && !links->error)
        html_recoder_finish(links->recoder);
}

static bool is_ascii(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] & 0x80)
            return false;
    return true;
}

/* Well-formed as far as it matters: nobody writes that by chance in another charset. */
static bool is_utf8(const char *text, size_t length)
{
    for (size_t i = 0, more; i < length; i += 1 + more) {
        unsigned char lead = (unsigned char)text[i];
        more = lead < 0x80 ? 0 : lead < 0xc2 ? length : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
        if (more >= length - i)
            return false;
        for (size_t j = 1; j <= more; j++)
            if ((text[i + j] & 0xc0) != 0x80)
                return false;
    }
    return true;
}

/* Are the bytes of a charset that is neither UTF-8 nor recoded? A charset that nobody has named is
 * UTF-8 when it looks like it. */
static bool is_legacy(const struct html_links *links, const char *text, size_t length)
{
    if (!links->has_charset || links->recoder || strcmp(links->charset.name, "UTF-8") == 0 ||
        is_ascii(text, length))
        return false;
    return links->charset.source != HTML_CHARSET_ASSUMED || !is_utf8(text, length);
}

static bool open_iconv(struct html_links *links)
{
    if (links->iconv)
        return true;
    iconv_t opened = iconv_open("UTF-8", links->charset.name);
    if ((intptr_t)opened == -1)
        return false;
    links->iconv = opened;
    return true;
}

/* To links->utf8, as much of it as fits; what cannot be read is U+FFFD. */
static size_t to_utf8(struct html_links *links, const char *raw, size_t length)
{
    char *in = (char *)raw, *out = links->utf8; /* iconv only reads what is in */
    size_t room = sizeof links->utf8;
    iconv(links->iconv, NULL, NULL, NULL, NULL);
    while (length > 0 && iconv(links->iconv, &in, &length, &out, &room) == (size_t)-1 &&
           errno != E2BIG && room >= 3) {
        out = mempcpy(out, "\xef\xbf\xbd", 3);
        room -= 3;
        in++;
        length--;
    }
    return sizeof links->utf8 - room;
}

const char *html_link_to_utf8(struct html_links *links, const char *raw, size_t *length)
{
    if (!is_legacy(links, raw, *length) || !open_iconv(links))
        return raw;
    *length = to_utf8(links, raw, *length);
    return links->utf8;
}

void html_link_url_to_utf8(struct html_links *links, struct html_link *link, const char *raw)
{
    size_t size = (size_t)link->size;
    const char *query = memchr(raw, '?', size);
    size_t path = query ? (size_t)(query - raw) : size, length = path;
    const char *text = html_link_to_utf8(links, raw, &length);
    if (text == raw)
        return;
    size_t room = sizeof links->url;
    size_t made = html_value_decode(text, length, HTML_IN_ATTRIBUTE, links->url, room);
    if (query)
        made += html_value_decode(query, size - path, HTML_IN_ATTRIBUTE, links->url + made,
                                  room - made);
    link->url = links->url;
    link->length = made;
}
