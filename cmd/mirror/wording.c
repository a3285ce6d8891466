#include "cmd/mirror/wording.h"

#include "net/html/charset.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void take_text(void *arg, const char *text, size_t length)
{
    struct wording *wording = arg;
    if (length > wording->room - wording->size) {
        size_t room = 2 * (wording->size + length);
        char *buffer = realloc(wording->buffer, room);
        if (!buffer) {
            wording->failed = true;
            return;
        }
        wording->buffer = buffer;
        wording->room = room;
    }
    memcpy(wording->buffer + wording->size, text, length);
    wording->size += length;
}

/* Makes UTF-8 of it. 0 or -ENOMEM. */
static int recode(struct wording *wording, const struct page_source *page,
                  const struct html_charset *charset)
{
    static const char mark[] = "\xef\xbb\xbf";
    struct html_recoder *recoder = html_recoder_new(charset, take_text, wording);
    if (!recoder)
        return errno == EINVAL ? 0 : -ENOMEM;
    wording->size = 0;
    wording->failed = false;
    take_text(wording, mark, sizeof mark - 1);
    html_recoder_feed(recoder, page->data, page->size);
    html_recoder_finish(recoder);
    html_recoder_free(recoder);
    wording->text = wording->buffer;
    wording->recoded = true;
    return wording->failed ? -ENOMEM : 0;
}

static void find_charset(struct html_charset *charset, const struct page_source *page,
                         const char *content_type)
{
    size_t size = page->size < HTML_CHARSET_PRESCAN ? page->size : HTML_CHARSET_PRESCAN;
    html_charset_find(charset, content_type, page->data ? page->data : "", size);
}

/* Takes the document as it is, or recoded. 0 or -ENOMEM. */
static int begin(struct wording *wording, const struct page_source *page,
                 const struct html_charset *charset)
{
    wording->text = page->data;
    wording->size = page->size;
    wording->charset = NULL;
    wording->recoded = false;
    return charset->recoded ? recode(wording, page, charset) : 0;
}

/* "application/xhtml+xml", "image/svg+xml", "text/xml". */
static bool is_xml(const char *content_type)
{
    size_t length = content_type ? strcspn(content_type, "; \t") : 0;
    return length > 4 && strncasecmp(content_type + length - 3, "xml", 3) == 0 &&
           strchr("+/", content_type[length - 4]);
}

/* Of XML that says nothing the charset is UTF-8. What it says can only be added to where there is
 * no declaration yet. */
static bool xml_must_say(const struct page_source *page, const char *name)
{
    bool declared = page->size > 5 && memcmp(page->data, "<?xml", 5) == 0;
    return !declared && strcmp(name, "UTF-8") != 0;
}

int wording_read_html(struct wording *wording, const struct page_source *page)
{
    struct html_charset said;
    struct html_charset own;
    find_charset(&said, page, page->content_type);
    wording->is_xml = is_xml(page->content_type);
    int error = begin(wording, page, &said);
    if (error || wording->recoded || said.source != HTML_CHARSET_FIELD)
        return error;
    if (wording->is_xml && !xml_must_say(page, said.name))
        return 0;
    find_charset(&own, page, NULL);
    if (wording->is_xml || own.source == HTML_CHARSET_ASSUMED || strcmp(own.name, said.name) != 0)
        wording->charset = html_charset_label(said.name, &wording->charset_length);
    return 0;
}

static bool is_ascii(const char *text, size_t size)
{
    unsigned char all = 0;
    for (size_t i = 0; i < size; i++)
        all |= (unsigned char)text[i];
    return all < 0x80;
}

/* Does the sheet itself say this charset (CSS Syntax 3, section 3.2)? */
static bool css_says(const struct page_source *page, const char *name)
{
    static const char rule[] = "@charset \"";
    size_t begin = sizeof rule - 1;
    if (page->size <= begin || memcmp(page->data, rule, begin) != 0)
        return false;
    const char *label = page->data + begin;
    const char *end = memchr(label, '"', page->size - begin);
    const char *own = end ? html_charset_of_label(label, (size_t)(end - label)) : NULL;
    return own && strcmp(own, name) == 0;
}

int wording_read_css(struct wording *wording, const struct page_source *page)
{
    struct html_charset said;
    find_charset(&said, page, page->content_type);
    int error = begin(wording, page, &said);
    if (error || wording->recoded || said.source != HTML_CHARSET_FIELD)
        return error;
    if (!is_ascii(page->data, page->size) && !css_says(page, said.name))
        wording->charset = html_charset_label(said.name, &wording->charset_length);
    return 0;
}

void wording_clear(struct wording *wording)
{
    free(wording->buffer);
    *wording = (struct wording){0};
}
