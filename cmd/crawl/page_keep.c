/* page_keep.c - the links that readers find are kept. */
#include "cmd/crawl/page_parts.h"
#include "net/http/link_header.h"
#include "net/http/refresh.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* Of page_link's descriptor. */
#define DESCRIPTOR_MAX 1023

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

static uint64_t hash_link(const struct page_link *link, const char *url, uint32_t length)
{
    return XXH3_64bits_withSeed(url, length, link->kind + 16 * (uint64_t)link->set);
}

static void put_slot(struct page *page, uint64_t hash, uint32_t number)
{
    size_t slot = hash & (page->slot_count - 1);
    while (page->slots[slot])
        slot = (slot + 1) & (page->slot_count - 1);
    page->slots[slot] = number;
}

/* Twice as many slots as links, at least. */
static int reserve_slot(struct page *page)
{
    size_t count = page->slot_count ? 2 * page->slot_count : 256;
    if (2 * (page->count + 1) <= page->slot_count)
        return 0;
    free(page->slots);
    page->slots = calloc(count, sizeof *page->slots);
    page->slot_count = page->slots ? count : 0;
    if (!page->slots)
        return -ENOMEM;
    for (size_t i = 0; i < page->count; i++) {
        const struct page_link *link = &page->links[i];
        put_slot(page, hash_link(link, page->text + link->url, link->length), (uint32_t)i + 1);
    }
    return 0;
}

/* Does the page say the same already? */
static bool is_known(const struct page *page, uint64_t hash, const struct page_link *link,
                     const char *url, uint32_t length)
{
    for (size_t slot = hash & (page->slot_count - 1); page->slots[slot];
         slot = (slot + 1) & (page->slot_count - 1)) {
        const struct page_link *there = &page->links[page->slots[slot] - 1];
        if (there->length == length && there->kind == link->kind && there->set == link->set &&
            there->nofollow == link->nofollow && there->stylesheet == link->stylesheet &&
            there->feed == link->feed && memcmp(page->text + there->url, url, length) == 0)
            return true;
    }
    return false;
}

/* Up to its fragment: where in the other document it leads is no matter. */
static uint32_t length_without_fragment(const char *url, uint32_t length)
{
    const char *fragment = memchr(url, '#', length);
    return fragment ? (uint32_t)(fragment - url) : length;
}

static void put_link(struct page *page, const struct page_link *link, const char *url,
                     uint32_t length)
{
    size_t place = keep_text(page, url, length);
    if (place)
        page->error =
            grow((void **)&page->links, &page->room, page->count + 1, sizeof *page->links);
    if (!place || page->error)
        return;
    page->links[page->count] = *link;
    page->links[page->count].url = (uint32_t)place;
    page->links[page->count++].length = length;
}

/* Each link once, without its fragment; all of them in a page that is kept whole. */
static void keep_link(struct page *page, const struct page_link *link, const char *url)
{
    uint32_t length = page->whole ? link->length : length_without_fragment(url, link->length);
    uint64_t hash = 0;
    page->met++;
    if (length == 0)
        return;
    if (page->error || page->count == PAGE_LINKS_MAX) {
        page->cut = true;
        return;
    }
    if (!page->whole) {
        page->error = reserve_slot(page);
        hash = page->error ? 0 : hash_link(link, url, length);
        if (page->error || is_known(page, hash, link, url, length))
            return;
    }
    size_t before = page->count;
    put_link(page, link, url, length);
    if (!page->whole && page->count > before)
        put_slot(page, hash, (uint32_t)page->count);
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
    keep_link(page,
              &(struct page_link){
                  .length = (uint32_t)link->length,
                  .line = link->line < UINT32_MAX ? (uint32_t)link->line : 0,
                  .set = link->set,
                  .kind = link->kind,
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

uint64_t page_anchor_hash(const char *name, size_t length)
{
    return XXH3_64bits(name, length);
}

static void on_anchor(void *ctx, const char *name, size_t length)
{
    struct page *page = ctx;
    if (page->error || page->anchor_count == PAGE_LINKS_MAX) {
        page->cut = true;
        return;
    }
    page->error = grow((void **)&page->anchors, &page->anchor_room, page->anchor_count + 1,
                       sizeof *page->anchors);
    if (!page->error)
        page->anchors[page->anchor_count++] = page_anchor_hash(name, length);
}

static void on_robots(void *ctx, unsigned bits)
{
    struct page *page = ctx;
    page->robots |= bits;
}

void page_on_css_url(void *ctx, const struct css_url *url)
{
    struct page *page = ctx;
    keep_link(page,
              &(struct page_link){
                  .length = (uint32_t)url->text_length,
                  .kind = HTML_LINK_REQUISITE,
                  .stylesheet = url->kind == CSS_IMPORT,
              },
              url->text);
}

void page_on_feed_link(void *ctx, const struct feed_link *link)
{
    struct page *page = ctx;
    keep_link(page,
              &(struct page_link){
                  .length = (uint32_t)link->length,
                  .line = link->line < UINT32_MAX ? (uint32_t)link->line : 0,
                  .kind = link->kind == FEED_ALTERNATE ? HTML_LINK_ALTERNATE : HTML_LINK_NAVIGATION,
                  .feed = link->kind == FEED_FEED,
              },
              link->url);
}

/* What a page needs, and its browser is told of beforehand. */
static bool is_needed(const struct link *link)
{
    static const char *const relations[] = {"stylesheet", "icon", "preload", "modulepreload",
                                            "manifest"};
    for (size_t i = 0; i < sizeof relations / sizeof *relations; i++)
        if (link_relates(link, relations[i]))
            return true;
    return false;
}

static void keep_link_field(struct page *page, const struct link *link)
{
    /* A hint to speak to a host, and no link. */
    if (link_relates(link, "preconnect") || link_relates(link, "dns-prefetch") ||
        link->target.length == 0 || link->target.length > PAGE_TEXT_MAX)
        return;
    keep_link(page,
              &(struct page_link){
                  .length = (uint32_t)link->target.length,
                  .kind = is_needed(link) ? HTML_LINK_REQUISITE : HTML_LINK_ALTERNATE,
                  .nofollow = link_relates(link, "nofollow"),
                  .stylesheet = link_relates(link, "stylesheet"),
              },
              link->target.at);
}

void page_keep_fields(struct page *page, const struct transfer_result *result)
{
    struct link_text fields = {result->links, result->links ? strlen(result->links) : 0};
    struct link link;
    struct refresh refresh;
    page->robots |= result->robots;
    while (fields.at && link_next(&fields, &link))
        keep_link_field(page, &link);
    if (!result->refresh || refresh_parse(&refresh, result->refresh, strlen(result->refresh)) ||
        refresh.length == 0)
        return;
    keep_link(page,
              &(struct page_link){
                  .length = (uint32_t)refresh.length,
                  .kind = HTML_LINK_NAVIGATION,
              },
              result->refresh + refresh.url);
}

int page_reserve(struct page *page, size_t links, size_t text)
{
    int error = grow((void **)&page->links, &page->room, links, sizeof *page->links);
    return error ? error : grow((void **)&page->text, &page->text_room, text, 1);
}

const struct html_links_handler page_handler = {
    .link = on_html_link,
    .base = on_base,
    .title = on_title,
    .robots = on_robots,
    .agent = PAGE_AGENT,
};

const struct html_links_handler page_handler_checking = {
    .link = on_html_link,
    .base = on_base,
    .title = on_title,
    .robots = on_robots,
    .anchor = on_anchor,
    .agent = PAGE_AGENT,
};
