/* page_pack.c - a page as a block of bytes, and back. */
#include "cmd/crawl/page_parts.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

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

/* What is kept of a page while it is packed: each link once. */
struct packing {
    struct page_link *links;
    uint32_t count;
    char *text;
    uint32_t text_length;
    bool whole;      /* what is there twice is kept twice */
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
    uint32_t length = packing->whole ? link->length : length_to_keep(page, link);
    if (length == 0 || link->kind == HTML_LINK_ACTION)
        return;
    uint32_t slot = (uint32_t)XXH3_64bits_withSeed(text, length, link->kind) & packing->mask;
    for (; packing->slots[slot] && !packing->whole; slot = (slot + 1) & packing->mask)
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
        .whole = page->whole,
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
           (!head->title || is_place(head, head->title, 0)) && head->type <= PAGE_FEED;
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
    page_forget(page);
    size_t links = head.count * sizeof(struct page_link);
    int error = page_reserve(page, head.count, head.text_length);
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
