/* learn_links.c - the links of a page: which are looked at, and what they mean. */
#include "cmd/crawl/learn_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_requisite(const struct page *page, const struct page_link *link)
{
    return page->type == PAGE_CSS || link->kind == HTML_LINK_REQUISITE;
}

/* Of the candidates of a srcset, all of which share a number and stand together, the largest. */
static size_t find_largest(const struct page *page, size_t index)
{
    uint32_t set = page->links[index].set;
    while (index > 0 && page->links[index - 1].set == set)
        index--;
    size_t largest = index;
    for (; index < page->count && page->links[index].set == set; index++)
        if (page->links[index].descriptor > page->links[largest].descriptor)
            largest = index;
    return largest;
}

/* A candidate that is not fetched: its set's largest is shown for it. */
static int replace_candidate(struct crawl *crawl, const struct follow_origin *origin,
                             const struct page *page, size_t index, size_t largest)
{
    const struct page_link *link = &page->links[largest];
    struct url_resolved url;
    int result = follow_resolve(crawl, origin, page->text + link->url, link->length, &url);
    char *target = result == 0 ? strndup(url.text, url.length) : NULL;
    if (!target)
        return result < 0 || result == 0 ? -ENOMEM : 0;
    link = &page->links[index];
    result = follow_resolve(crawl, origin, page->text + link->url, link->length, &url);
    int error = result == 0 ? tree_replace(crawl->tree, url.text, target) : result < 0 ? result : 0;
    if (result == 0 && !error && crawl->pages && strcmp(url.text, target) != 0)
        error = page_store_put_move(crawl->pages, url.text, target, true);
    free(target);
    return error;
}

const char *learn_word_against(const struct crawl *crawl, const struct page *page, size_t index)
{
    const struct page_link *link = &page->links[index];
    if (link->kind == HTML_LINK_BASE)
        return "it is what other links are relative to";
    if (link->kind == HTML_LINK_ACTION)
        return "something is sent there: a form, a ping";
    bool nofollow = link->nofollow || (page->robots & ROBOTS_NOFOLLOW);
    if (!nofollow || crawl->options->no_robots || is_requisite(page, link))
        return NULL;
    return tally_word(TALLY_NOFOLLOW);
}

/* One link of a page is left alone. */
static int refuse_link(struct crawl *crawl, const struct follow_origin *origin,
                       const struct page *page, size_t index, const char *word)
{
    const struct page_link *link = &page->links[index];
    struct url_resolved url;
    const char *why;
    crawl->tally.refused[TALLY_NOFOLLOW] += word == tally_word(TALLY_NOFOLLOW);
    if (!crawl->why.url)
        return 0;
    int result = url_resolve(&crawl->resolver, &url, page->text + link->url, link->length, &why);
    if (result == 0)
        why_refuse(&crawl->why, url.text, url.length, &origin->place, word);
    return result == -ENOMEM ? result : 0;
}

/* A page whose links are learnt. */
struct reading {
    struct follow follow;
    const char *url;
    const struct page *page;
    struct follow_origin *origin;
    uint64_t place; /* met.h's; 0: none */
    bool based;     /* the resolver knows what references are relative to */
};

static int set_base(struct reading *reading)
{
    struct crawl *crawl = reading->follow.crawl;
    if (reading->based)
        return 0;
    int error = follow_set_base(crawl, reading->url, reading->page);
    crawl->resolver.strip_query = crawl->options->scope.strip_query;
    reading->based = !error;
    return error;
}

/* What pages have in common needs no base, and is not looked at twice; but for --why. */
static int begin(struct reading *reading)
{
    struct crawl *crawl = reading->follow.crawl;
    const struct follow_origin *origin = reading->origin;
    unsigned judged_as = origin->depth << 8 | (origin->kind & 0xff);
    if (crawl->why.url)
        return set_base(reading);
    if (!page_base(reading->page)) {
        reading->place = met_enter(crawl->met, reading->url, strlen(reading->url), judged_as);
        return 0;
    }
    int error = set_base(reading);
    const struct url_resolved *base = &crawl->resolver.base;
    if (!error)
        reading->place = met_enter(crawl->met, base->text, base->length, judged_as);
    return error;
}

/* Its set's largest is fetched. */
static int pass_over_candidate(struct reading *reading, size_t index, size_t largest)
{
    struct crawl *crawl = reading->follow.crawl;
    const struct page *page = reading->page;
    int error = refuse_link(crawl, reading->origin, page, index, "--srcset largest");
    return error || !crawl->tree ? error
                                 : replace_candidate(crawl, reading->origin, page, index, largest);
}

/* One link of a page, as it was written. */
static int learn_link(struct reading *reading, size_t index)
{
    struct crawl *crawl = reading->follow.crawl;
    const struct page *page = reading->page;
    const struct page_link *link = &page->links[index];
    const struct met_reference reference = {
        .place = reading->place,
        .text = page->text + link->url,
        .length = link->length,
        .requisite = is_requisite(page, link),
    };
    struct url_resolved target;
    int refused;
    bool chooses = link->set && crawl->options->srcset == SRCSET_LARGEST;
    size_t largest = chooses ? find_largest(page, index) : index;
    const char *word = learn_word_against(crawl, page, index);
    if (word)
        return refuse_link(crawl, reading->origin, page, index, word);
    if (largest == index && met_find(crawl->met, &reference, &refused)) {
        if (refused != MET_FOLLOWED)
            crawl->tally.refused[refused]++;
        return 0;
    }
    int result = set_base(reading);
    if (!result && largest != index)
        return pass_over_candidate(reading, index, largest);
    if (!result)
        result = follow_resolve(crawl, reading->origin, reference.text, reference.length, &target);
    if (result)
        return result < 0 ? result : 0;
    unsigned kind = (link->stylesheet ? KIND_STYLESHEET : 0U) | (link->feed ? KIND_FEED : 0U);
    result = follow_link(&reading->follow, reading->origin, &target, reference.requisite, kind);
    if (!result)
        met_add(crawl->met, &reference, reading->follow.refused);
    return result;
}

int learn_links(struct crawl *crawl, const char *url, const struct page *page,
                struct follow_origin *origin)
{
    struct reading reading = {.follow.crawl = crawl, .url = url, .page = page, .origin = origin};
    int error = begin(&reading);
    for (size_t i = 0; i < page->count && !error; i++) {
        origin->place.line = page->links[i].line;
        error = learn_link(&reading, i);
    }
    int flushed = follow_flush(&reading.follow);
    return error ? error : flushed;
}
