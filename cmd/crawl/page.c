#include "cmd/crawl/page.h"

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

/* Of page_link's descriptor. */
#define DESCRIPTOR_MAX 1023

/* What stands before links and text in a packed page. Another number for another layout. */
struct packed {
    uint32_t version;
    uint32_t type;
    uint32_t robots;
    uint32_t count;
    uint32_t text_length;
    uint32_t base;
    uint32_t title;
    struct page_digest digest;
    char content_type[CONTENT_TYPE_MAX + 1];
};

enum { PACKED_VERSION = 1 };

static struct page *page_of(struct sink *sink)
{
    return list_entry(list_entry(sink, struct tap, sink), struct page, tap);
}

/* Doubles what `*at` has room for until `needed` elements fit. */
static int grow(void **at, size_t *room, size_t needed, size_t element)
{
    size_t larger = *room ? *room : 64;
    if (needed <= *room)
        return 0;
    while (larger < needed)
        larger *= 2;
    void *moved = realloc(*at, larger * element);
    if (!moved)
        return -ENOMEM;
    *at = moved;
    *room = larger;
    return 0;
}

/* Copies into page->text: the place of the copy, 0 when there is no room. */
static size_t keep_text(struct page *page, const char *text, size_t length)
{
    size_t place = page->text_length ? page->text_length : 1; /* 0 is nowhere */
    if (length > PAGE_TEXT_MAX - place) {
        page->cut = true;
        return 0;
    }
    page->error = grow((void **)&page->text, &page->text_room, place + length + 1, 1);
    if (page->error)
        return 0;
    memcpy(page->text + place, text, length);
    page->text[place + length] = '\0';
    page->text_length = place + length + 1;
    return place;
}

static void keep_link(struct page *page, const struct page_link *link, const char *url)
{
    if (page->error || page->count == PAGE_LINKS_MAX) {
        page->cut = true;
        return;
    }
    size_t place = keep_text(page, url, link->length);
    if (place)
        page->error =
            grow((void **)&page->links, &page->room, page->count + 1, sizeof *page->links);
    if (!place || page->error)
        return;
    page->links[page->count] = *link;
    page->links[page->count++].url = (uint32_t)place;
}

/* Links that far from the beginning are for nobody. */
static bool is_near(struct page *page, uint64_t offset, uint64_t size)
{
    bool near = offset <= UINT32_MAX && size <= PAGE_TEXT_MAX;
    page->cut = page->cut || !near;
    return near;
}

/* "2x" is 16, "100w" is 8: candidates of one set have the same unit. Without one it is "1x". */
static unsigned read_descriptor(const char *text, size_t length)
{
    char number[32];
    if (length == 0 || length >= sizeof number)
        return 8;
    memcpy(number, text, length);
    number[length] = '\0';
    double value = strtod(number, NULL) * (number[length - 1] == 'w' ? 0.08 : 8);
    return value < 0 ? 0 : value < DESCRIPTOR_MAX ? (unsigned)value : DESCRIPTOR_MAX;
}

static void on_html_link(void *ctx, const struct html_link *link)
{
    struct page *page = ctx;
    if (!is_near(page, link->offset, link->size))
        return;
    keep_link(page,
              &(struct page_link){
                  .length = (uint32_t)link->length,
                  .offset = (uint32_t)link->offset,
                  .size = (uint32_t)link->size,
                  .line = link->line < UINT32_MAX ? (uint32_t)link->line : 0,
                  .set = link->set,
                  .kind = link->kind,
                  .form = link->form,
                  .css_form = link->css_form,
                  .quote = (unsigned char)link->quote,
                  .nofollow = link->nofollow,
                  .stylesheet = link->stylesheet,
                  .descriptor = read_descriptor(link->descriptor, link->descriptor_length),
              },
              link->url);
}

static void on_base(void *ctx, const char *url, size_t length)
{
    struct page *page = ctx;
    page->base = keep_text(page, url, length);
}

static void on_title(void *ctx, const char *title, size_t length)
{
    struct page *page = ctx;
    page->title = keep_text(page, title, length);
}

static void on_robots(void *ctx, unsigned bits)
{
    struct page *page = ctx;
    page->robots |= bits;
}

static void on_css_url(void *ctx, const struct css_url *url)
{
    struct page *page = ctx;
    if (!is_near(page, url->offset, url->length))
        return;
    keep_link(page,
              &(struct page_link){
                  .length = (uint32_t)url->text_length,
                  .offset = (uint32_t)url->offset,
                  .size = (uint32_t)url->length,
                  .kind = HTML_LINK_REQUISITE,
                  .form = HTML_FORM_CSS,
                  .css_form = url->form,
                  .stylesheet = url->kind == CSS_IMPORT,
              },
              url->text);
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
    if (is_type(type, "text/html") || is_type(type, "application/xhtml+xml"))
        return PAGE_HTML;
    if (is_type(type, "text/css") || page->expects_css)
        return PAGE_CSS;
    return PAGE_OTHER;
}

static void forget(struct page *page)
{
    page->finished = false;
    page->cut = false;
    page->error = 0;
    page->robots = 0;
    page->count = 0;
    page->text_length = 0;
    page->base = 0;
    page->title = 0;
    page->content_type[0] = '\0';
    page->bytes = 0;
    XXH3_128bits_reset(page->digester);
}

static void begin_reading(struct page *page)
{
    forget(page);
    if (page->type == PAGE_HTML) {
        html_links_reset(page->html);
        html_links_count_lines(page->html);
    } else if (page->type == PAGE_CSS) {
        css_begin(&page->css, 0);
    }
}

static void read_on(struct page *page, const void *data, size_t size)
{
    if (page->error)
        return;
    page->bytes += (int64_t)size;
    XXH3_128bits_update(page->digester, data, size);
    if (page->type == PAGE_HTML)
        html_links_feed(page->html, data, size);
    else if (page->type == PAGE_CSS)
        page->error = css_feed(&page->css, data, size);
}

static int page_begin(struct sink *sink, struct transfer *transfer,
                      const struct transfer_result *result)
{
    struct page *page = page_of(sink);
    /* A range goes on with what take() has had. */
    if (result->status != 206) {
        page->type = type_of(page, result->content_type);
        begin_reading(page);
        memcpy(page->content_type, result->content_type, sizeof page->content_type);
    }
    return page->tap.next->begin(page->tap.next, transfer, result);
}

static int page_write(struct sink *sink, const void *data, size_t size)
{
    struct page *page = page_of(sink);
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
        page->type = page->expects_css ? PAGE_CSS : PAGE_HTML;
        begin_reading(page);
    }
    read_on(page, data, size);
    return page->error;
}

void page_finish(struct page *page)
{
    if (page->finished || page->error)
        return;
    if (page->type == PAGE_HTML)
        html_links_finish(page->html);
    else if (page->type == PAGE_CSS)
        page->error = css_finish(&page->css);
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

/* What is kept of a page while it is packed: each link once. */
struct packing {
    struct page_link *links;
    uint32_t count;
    char *text;
    uint32_t text_length;
    uint32_t *slots; /* numbers of links, from 1, by what they say; a power of two of them */
    uint32_t mask;
};

/* Up to its fragment: where in the other document it leads is no matter. */
static uint32_t length_to_keep(const struct page *page, const struct page_link *link)
{
    const char *fragment = memchr(page->text + link->url, '#', link->length);
    return fragment ? (uint32_t)(fragment - (page->text + link->url)) : link->length;
}

static uint32_t put_text(struct packing *packing, const char *text, uint32_t length)
{
    uint32_t place = packing->text_length ? packing->text_length : 1;
    memcpy(packing->text + place, text, length);
    packing->text[place + length] = '\0';
    packing->text_length = place + length + 1;
    return place;
}

static bool is_same(const struct packing *packing, const struct page_link *there,
                    const struct page_link *link, const char *text, uint32_t length)
{
    return there->length == length && there->kind == link->kind && there->set == link->set &&
           there->nofollow == link->nofollow && there->stylesheet == link->stylesheet &&
           memcmp(packing->text + there->url, text, length) == 0;
}

static void pack_link(struct packing *packing, const struct page *page,
                      const struct page_link *link)
{
    const char *text = page->text + link->url;
    uint32_t length = length_to_keep(page, link);
    if (length == 0 || link->kind == HTML_LINK_ACTION)
        return;
    uint32_t slot = (uint32_t)XXH3_64bits_withSeed(text, length, link->kind) & packing->mask;
    for (; packing->slots[slot]; slot = (slot + 1) & packing->mask)
        if (is_same(packing, &packing->links[packing->slots[slot] - 1], link, text, length))
            return;
    struct page_link *to = &packing->links[packing->count++];
    *to = *link;
    to->url = put_text(packing, text, length);
    to->length = length;
    packing->slots[slot] = packing->count;
}

static uint32_t pack_place(struct packing *packing, const struct page *page, size_t place)
{
    const char *text = page->text + place;
    return place ? put_text(packing, text, (uint32_t)strlen(text)) : 0;
}

static int packing_init(struct packing *packing, const struct page *page)
{
    uint32_t slots = 16;
    while (slots < 2 * page->count)
        slots *= 2;
    *packing = (struct packing){
        .links = malloc((page->count + 1) * sizeof *packing->links),
        .text = calloc(1, page->text_length + 1),
        .slots = calloc(slots, sizeof *packing->slots),
        .mask = slots - 1,
    };
    return packing->links && packing->text && packing->slots ? 0 : -ENOMEM;
}

static void packing_clear(struct packing *packing)
{
    free(packing->links);
    free(packing->text);
    free(packing->slots);
}

/* Head, links and text as one block. */
static int join(struct packing *packing, struct packed *head, void **block, size_t *size)
{
    size_t links = packing->count * sizeof *packing->links;
    head->count = packing->count;
    head->text_length = packing->text_length;
    *size = sizeof *head + links + packing->text_length;
    char *packed = malloc(*size);
    if (!packed)
        return -ENOMEM;
    memcpy(packed, head, sizeof *head);
    memcpy(packed + sizeof *head, packing->links, links);
    memcpy(packed + sizeof *head + links, packing->text, packing->text_length);
    *block = packed;
    return 0;
}

int page_pack(const struct page *page, void **block, size_t *size)
{
    struct packing packing;
    struct packed head = {
        .version = PACKED_VERSION,
        .type = page->type,
        .robots = page->robots,
        .digest = page->digest,
    };
    memcpy(head.content_type, page->content_type, sizeof head.content_type);
    int error = packing_init(&packing, page);
    for (size_t i = 0; i < page->count && !error; i++)
        pack_link(&packing, page, &page->links[i]);
    if (!error) {
        head.base = pack_place(&packing, page, page->base);
        head.title = pack_place(&packing, page, page->title);
        error = join(&packing, &head, block, size);
    }
    packing_clear(&packing);
    return error;
}

/* Is `place` that of a text with a NUL at its end? The last byte of all texts is one. */
static bool is_place(const struct packed *head, uint32_t place, uint32_t length)
{
    return place < head->text_length && length < head->text_length - place;
}

/* Could page_pack() have made it? */
static bool is_packed(const struct packed *head, const char *rest, size_t size)
{
    size_t links = (size_t)head->count * sizeof(struct page_link);
    if (head->version != PACKED_VERSION || head->count > PAGE_LINKS_MAX ||
        head->text_length > PAGE_TEXT_MAX + 1 || size != links + head->text_length)
        return false;
    if (head->text_length && rest[size - 1] != '\0')
        return false;
    for (uint32_t i = 0; i < head->count; i++) {
        struct page_link link;
        memcpy(&link, rest + i * sizeof link, sizeof link);
        if (!is_place(head, link.url, link.length))
            return false;
    }
    return (!head->base || is_place(head, head->base, 0)) &&
           (!head->title || is_place(head, head->title, 0)) && head->type <= PAGE_CSS;
}

int page_unpack(struct page *page, const void *block, size_t size)
{
    struct packed head;
    const char *rest = (const char *)block + sizeof head;
    if (size < sizeof head)
        return -EINVAL;
    memcpy(&head, block, sizeof head);
    if (!is_packed(&head, rest, size - sizeof head))
        return -EINVAL;
    forget(page);
    size_t links = head.count * sizeof(struct page_link);
    int error = grow((void **)&page->links, &page->room, head.count, sizeof *page->links);
    if (!error)
        error = grow((void **)&page->text, &page->text_room, head.text_length, 1);
    if (error)
        return error;
    if (links)
        memcpy(page->links, rest, links);
    if (head.text_length)
        memcpy(page->text, rest + links, head.text_length);
    page->type = (enum page_type)head.type;
    page->robots = head.robots;
    page->count = head.count;
    page->text_length = head.text_length;
    page->base = head.base;
    page->title = head.title;
    page->digest = head.digest;
    memcpy(page->content_type, head.content_type, sizeof page->content_type);
    page->content_type[CONTENT_TYPE_MAX] = '\0';
    page->finished = true;
    return 0;
}

void page_pool_init(struct page_pool *pool, const char *agent)
{
    *pool = (struct page_pool){.agent = agent};
}

static void page_free(struct page *page)
{
    html_links_free(page->html);
    XXH3_freeState(page->digester);
    css_clear(&page->css);
    free(page->links);
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

static struct page *page_new(const struct page_pool *pool)
{
    static const struct html_links_handler handler = {
        .link = on_html_link,
        .base = on_base,
        .title = on_title,
        .robots = on_robots,
    };
    struct page *page = calloc(1, sizeof *page);
    (void)pool;
    if (!page)
        return NULL;
    page->tap = (struct tap){
        .sink = {.begin = page_begin, .write = page_write},
        .take = page_take_left,
    };
    css_init(&page->css, on_css_url, page);
    page->html = html_links_new(&handler, page);
    page->digester = XXH3_createState();
    if (page->html && page->digester)
        return page;
    page_free(page);
    return NULL;
}

struct page *page_take(struct page_pool *pool, bool expects_css)
{
    struct page *page = pool->free;
    if (page)
        pool->free = page->next;
    else
        page = page_new(pool);
    if (!page)
        return NULL;
    page->type = PAGE_OTHER;
    page->expects_css = expects_css;
    forget(page);
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
