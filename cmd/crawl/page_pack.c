/* page_pack.c - a page as a block of bytes, and back. */
#include "cmd/crawl/page_parts.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What stands before links and text in a packed page. Another number for another layout. */
struct packed {
    uint32_t version;
    uint32_t type;
    uint32_t robots;
    uint32_t cut;
    uint32_t count;
    uint32_t text_length;
    uint32_t base;
    uint32_t title;
    struct page_digest digest;
    char content_type[CONTENT_TYPE_MAX + 1];
};

enum { PACKED_VERSION = 3 };

int page_pack(const struct page *page, void **block, size_t *size)
{
    struct packed head = {
        .version = PACKED_VERSION,
        .type = page->type,
        .robots = page->robots,
        .cut = page->cut,
        .count = (uint32_t)page->count,
        .text_length = (uint32_t)page->text_length,
        .base = (uint32_t)page->base,
        .title = (uint32_t)page->title,
        .digest = page->digest,
    };
    size_t links = page->count * sizeof *page->links;
    memcpy(head.content_type, page->content_type, sizeof head.content_type);
    char *packed = malloc(sizeof head + links + page->text_length);
    if (!packed)
        return -ENOMEM;
    memcpy(packed, &head, sizeof head);
    if (links)
        memcpy(packed + sizeof head, page->links, links);
    if (page->text_length)
        memcpy(packed + sizeof head + links, page->text, page->text_length);
    *block = packed;
    *size = sizeof head + links + page->text_length;
    return 0;
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

bool page_is_packed(const void *block, size_t size)
{
    struct packed head;
    if (size < sizeof head)
        return false;
    memcpy(&head, block, sizeof head);
    return is_packed(&head, (const char *)block + sizeof head, size - sizeof head);
}

bool page_recall(struct page *page, const void *block, size_t size)
{
    struct packed head;
    struct page_before *before = &page->before;
    if (size < sizeof head)
        return false;
    memcpy(&head, block, sizeof head);
    if (head.version != PACKED_VERSION || head.type > PAGE_FEED)
        return false;
    before->type = (enum page_type)head.type;
    before->digest = head.digest;
    memcpy(before->content_type, head.content_type, sizeof before->content_type);
    before->content_type[CONTENT_TYPE_MAX] = '\0';
    return true;
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
    page->cut = head.cut;
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
