#include "cmd/crawl/page_parts.h"
#include "cmd/get/store.h"

#include "engine/list.h"
#include "net/xfer/transfer.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <xxhash.h>

/* So much text a page may have room for when it goes back to the pool. */
#define KEPT_TEXT_MAX (256U << 10)

static struct page *page_of(struct sink *sink)
{
    return list_entry(list_entry(sink, struct tap, sink), struct page, tap);
}

/* "text/html; charset=utf-8" is text/html. */
static bool is_type(const char *type, const char *wanted)
{
    size_t length = strlen(wanted);
    return strncasecmp(type, wanted, length) == 0 &&
           (type[length] == '\0' || type[length] == ';' || type[length] == ' ');
}

static enum page_type type_of(const struct page *page, const char *type)
{
    if (is_type(type, "text/html") || is_type(type, "application/xhtml+xml") ||
        is_type(type, "image/svg+xml"))
        return PAGE_HTML;
    if (is_type(type, "text/css"))
        return PAGE_CSS;
    if (is_type(type, "application/rss+xml") || is_type(type, "application/atom+xml") ||
        is_type(type, "application/xml") || is_type(type, "text/xml"))
        return PAGE_FEED;
    return page->expected;
}

void page_forget(struct page *page)
{
    page->finished = false;
    page->cut = false;
    page->error = 0;
    page->robots = 0;
    page->count = 0;
    page->met = 0;
    if (page->slots)
        memset(page->slots, 0, page->slot_count * sizeof *page->slots);
    page->anchor_count = 0;
    page->text_length = 0;
    page->base = 0;
    page->title = 0;
    page->content_type[0] = '\0';
    page->bytes = 0;
    feed_free(page->feed);
    page->feed = NULL;
    html_recoder_free(page->recoder);
    page->recoder = NULL;
    page->head_length = 0;
    XXH3_128bits_reset(page->digester);
}

/* A reader takes 300 KiB, and what has not changed needs none. */
static void begin_html(struct page *page)
{
    if (!page->html)
        page->html = html_links_new(page->whole ? &page_handler_checking : &page_handler, page);
    if (!page->html) {
        page->error = -ENOMEM;
        return;
    }
    html_links_reset(page->html);
    if (page->lines)
        html_links_count_lines(page->html);
    html_links_sniff(page->html, *page->content_type ? page->content_type : NULL);
}

static void begin_reading(struct page *page)
{
    if (page->type == PAGE_HTML) {
        begin_html(page);
    } else if (page->type == PAGE_CSS) {
        css_begin(&page->css, 0);
    } else if (page->type == PAGE_FEED) {
        page->feed = feed_new(page_on_feed_link, page);
        page->error = page->feed ? 0 : -ENOMEM;
    }
}

/* What is no feed has no links for us; one that breaks may have more than were read. */
static void read_feed(struct page *page, int error)
{
    if (error == -ENOMEM)
        page->error = error;
    else if (error && (page->expected == PAGE_FEED || page->count > 0))
        page->cut = true;
    if (error) {
        feed_free(page->feed);
        page->feed = NULL;
    }
}

static void take_css(void *ctx, const char *text, size_t length)
{
    struct page *page = ctx;
    if (!page->error)
        page->error = css_feed(&page->css, text, length);
}

static void pass_css(struct page *page, const char *data, size_t size)
{
    if (page->recoder)
        html_recoder_feed(page->recoder, data, size);
    else
        take_css(page, data, size);
}

/* It has a mark, or its field has said what it is. A charset that the system cannot read is read as
 * ASCII. */
static void begin_css(struct page *page)
{
    struct html_charset charset;
    html_charset_find(&charset, *page->content_type ? page->content_type : NULL, page->head,
                      page->head_length);
    if (charset.recoded)
        page->recoder = html_recoder_new(&charset, take_css, page);
    if (charset.recoded && !page->recoder && errno != EINVAL)
        page->error = -ENOMEM;
    pass_css(page, page->head, page->head_length);
}

static void read_css(struct page *page, const char *data, size_t size)
{
    size_t room = sizeof page->head - page->head_length;
    size_t taken = size < room ? size : room;
    if (room > 0) {
        memcpy(page->head + page->head_length, data, taken);
        page->head_length += (unsigned)taken;
        if (taken == room)
            begin_css(page);
    }
    if (taken < size)
        pass_css(page, data + taken, size - taken);
}

static void finish_css(struct page *page)
{
    if (page->head_length < sizeof page->head)
        begin_css(page);
    if (page->recoder)
        html_recoder_finish(page->recoder);
    if (!page->error)
        page->error = css_finish(&page->css);
}

static void read_on(struct page *page, const void *data, size_t size)
{
    if (page->error)
        return;
    page->bytes += (int64_t)size;
    XXH3_128bits_update(page->digester, data, size);
    if (page->type == PAGE_HTML)
        page->error = html_links_feed(page->html, data, size);
    else if (page->type == PAGE_CSS)
        read_css(page, data, size);
    else if (page->feed)
        read_feed(page, feed_write(page->feed, data, size));
}

static int page_begin(struct sink *sink, struct transfer *transfer,
                      const struct transfer_result *result)
{
    struct page *page = page_of(sink);
    /* A range goes on with what take() has had. */
    if (result->status != 206 && !page->glance) {
        page->type = type_of(page, result->content_type);
        page_forget(page);
        memcpy(page->content_type, result->content_type, sizeof page->content_type);
        begin_reading(page);
        page_keep_fields(page, result);
    }
    return page->tap.next->begin(page->tap.next, transfer, result);
}

static int page_write(struct sink *sink, const void *data, size_t size)
{
    struct page *page = page_of(sink);
    if (page->glance)
        return SINK_ENOUGH;
    int result = page->tap.next->write(page->tap.next, data, size);
    /* What is not taken comes again. */
    if (!result)
        read_on(page, data, size);
    return result;
}

/* What an earlier run has left, whose type nobody has noted: HTML or a style sheet is seldom so
 * large that it is left. What is neither has no links for either reader. */
static int page_take_left(void *tap, const void *data, size_t size)
{
    struct page *page = list_entry((struct tap *)tap, struct page, tap);
    if (page->type == PAGE_OTHER) {
        page->type = page->expected ? page->expected : PAGE_HTML;
        page_forget(page);
        begin_reading(page);
    }
    read_on(page, data, size);
    return page->error;
}

/* The same bytes under another type are read otherwise, and converted otherwise. */
static const char *page_served(void *tap)
{
    struct page *page = list_entry((struct tap *)tap, struct page, tap);
    const struct page_before *before = &page->before;
    page_finish(page);
    if (!page->finished || page->glance || page->type != before->type)
        return NULL;
    bool same = page->type == PAGE_OTHER ||
                (memcmp(&page->digest, &before->digest, sizeof page->digest) == 0 &&
                 strcmp(page->content_type, before->content_type) == 0);
    return same ? before->served : NULL;
}

void page_finish(struct page *page)
{
    if (page->finished || page->error)
        return;
    if (page->type == PAGE_HTML)
        page->error = html_links_finish(page->html);
    else if (page->type == PAGE_CSS)
        finish_css(page);
    else if (page->feed)
        read_feed(page, feed_finish(page->feed));
    XXH128_hash_t hash = XXH3_128bits_digest(page->digester);
    page->digest = (struct page_digest){{hash.high64, hash.low64}};
    page->finished = true;
}

struct page_digest page_digest_of(const void *data, size_t size)
{
    XXH128_hash_t hash = XXH3_128bits(data, size);
    return (struct page_digest){{hash.high64, hash.low64}};
}

const char *page_digest_text(const struct page_digest *digest, char text[PAGE_DIGEST_SIZE])
{
    snprintf(text, PAGE_DIGEST_SIZE, "xxh3-128=%016" PRIx64 "%016" PRIx64, digest->halves[0],
             digest->halves[1]);
    return text;
}

void page_pool_init(struct page_pool *pool, bool checking)
{
    *pool = (struct page_pool){.checking = checking};
}

static void page_free(struct page *page)
{
    html_links_free(page->html);
    feed_free(page->feed);
    html_recoder_free(page->recoder);
    XXH3_freeState(page->digester);
    css_clear(&page->css);
    free(page->links);
    free(page->slots);
    free(page->anchors);
    free(page->text);
    free(page);
}

void page_pool_clear(struct page_pool *pool)
{
    while (pool->free) {
        struct page *page = pool->free;
        pool->free = page->next;
        page_free(page);
    }
}

static struct page *page_new(bool checking)
{
    struct page *page = calloc(1, sizeof *page);
    if (!page)
        return NULL;
    page->whole = checking;
    page->tap = (struct tap){
        .sink = {.begin = page_begin, .write = page_write},
        .take = page_take_left,
        .served = page_served,
    };
    css_init(&page->css, page_on_css_url, page);
    page->digester = XXH3_createState();
    if (page->digester)
        return page;
    page_free(page);
    return NULL;
}

struct page *page_take(struct page_pool *pool, enum page_type expected)
{
    struct page *page = pool->free;
    if (page)
        pool->free = page->next;
    else
        page = page_new(pool->checking);
    if (!page)
        return NULL;
    page->type = PAGE_OTHER;
    page->expected = expected;
    page->lines = pool->lines;
    page->glance = false;
    page->before = (struct page_before){0};
    page_forget(page);
    return page;
}

void page_give_back(struct page_pool *pool, struct page *page)
{
    if (!page)
        return;
    /* A giant is not to be the rule. */
    if (page->text_room > KEPT_TEXT_MAX) {
        page_free(page);
        return;
    }
    page->next = pool->free;
    pool->free = page;
}
