#include "cmd/crawl/follow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int follow_flush(struct follow *follow)
{
    int error = follow->count
                    ? frontier_push(follow->crawl->frontier, follow->links, follow->count, NULL)
                    : 0;
    for (size_t i = 0; i < follow->count; i++)
        free(follow->texts[i]);
    follow->count = 0;
    /* All are added: it was the wait for the disk that was cut short. */
    return error == -ECANCELED ? 0 : error;
}

struct depth follow_depth(unsigned links, unsigned kind)
{
    return (struct depth){
        .links = links,
        .chain = kind & KIND_REQUISITE ? kind >> KIND_CHAIN_SHIFT : 0,
    };
}

void follow_nearer(struct follow_origin *origin, struct depth depth)
{
    origin->depth = depth.links;
    origin->kind = depth.chain ? KIND_REQUISITE | depth.chain << KIND_CHAIN_SHIFT : 0U;
}

/* With --level: is it nearer than it was? */
static int measure(struct crawl *crawl, const struct url_resolved *url,
                   const struct frontier_link *link, enum depths_way *way)
{
    const struct depth depth = follow_depth(link->depth, link->kind);
    *way = DEPTHS_FIRST;
    if (!crawl->depths)
        return 0;
    if (kind_is_glance(link->kind))
        return depths_glance(crawl->depths, url->text, url->length, way);
    return depths_meet(crawl->depths, url->text, url->length, depth, way);
}

int follow_add(struct follow *follow, const struct url_resolved *url,
               const struct frontier_link *link)
{
    enum depths_way way;
    int error = measure(follow->crawl, url, link, &way);
    if (error || way == DEPTHS_SETTLED)
        return error;
    char *text = strndup(url->text, url->length);
    if (!text)
        return -ENOMEM;
    follow->texts[follow->count] = text;
    follow->links[follow->count] = *link;
    follow->links[follow->count].again = way == DEPTHS_NEARER;
    follow->links[follow->count].text = text;
    follow->links[follow->count++].length = url->length;
    return follow->count == FOLLOW_AT_ONCE ? follow_flush(follow) : 0;
}

/* --check: out of scope, but not because somebody wants it left alone? */
static bool is_to_be_checked(enum scope_rule rule)
{
    switch (rule) {
    case SCOPE_HOST:
    case SCOPE_DOMAINS:
    case SCOPE_LEVEL:
    case SCOPE_PARENT:
    case SCOPE_ACCEPT:
    case SCOPE_ACCEPT_REGEX:
    case SCOPE_INCLUDE:
        return true;
    default:
        return false;
    }
}

static int glance(struct follow *follow, const struct follow_origin *origin,
                  const struct url_resolved *url, unsigned hops)
{
    return follow_add(follow, url,
                      &(struct frontier_link){
                          .depth = origin->depth + 1,
                          .priority = PRIORITY_PAGE,
                          .kind = KIND_GLANCE | hops,
                          .referrer = origin->number,
                      });
}

int follow_link(struct follow *follow, const struct follow_origin *origin,
                const struct url_resolved *url, bool requisite, unsigned kind)
{
    struct crawl *crawl = follow->crawl;
    unsigned chain = origin->kind & KIND_REQUISITE ? origin->kind >> KIND_CHAIN_SHIFT : 0;
    /* A check is for all links: what pages need is there like what they lead to. */
    requisite = requisite && (!crawl->check || crawl->options->scope.requisites);
    struct scope_link link = {
        .url = url,
        .level = origin->depth + !requisite,
        .is_requisite = requisite,
        .chain = requisite ? chain + 1 : 0,
    };
    unsigned hops = kind >> KIND_CHAIN_SHIFT;
    enum scope_rule rule = scope_judge(crawl->scope, &link);
    follow->refused = rule >= SCOPE_ADMITTED ? (int)rule : MET_FOLLOWED;
    if (rule >= SCOPE_ADMITTED) {
        crawl->tally.refused[rule]++;
        why_refuse(&crawl->why, url->text, url->length, &origin->place, scope_rule_word(rule));
        return crawl->check && is_to_be_checked(rule) ? glance(follow, origin, url, hops) : 0;
    }
    why_admit(&crawl->why, url->text, url->length, &origin->place, scope_rule_word(rule));
    kind |= (requisite ? KIND_REQUISITE : 0) | (rule == SCOPE_PASSAGE ? KIND_PASSAGE : 0) |
            link.chain << KIND_CHAIN_SHIFT;
    return follow_add(follow, url,
                      &(struct frontier_link){
                          .depth = link.level,
                          .priority = requisite ? PRIORITY_REQUISITE : PRIORITY_PAGE,
                          .kind = kind,
                          .referrer = origin->number,
                      });
}

int follow_resolve(struct crawl *crawl, const struct follow_origin *origin, const char *reference,
                   size_t length, struct url_resolved *url)
{
    const char *why;
    int result = url_resolve(&crawl->resolver, url, reference, length, &why);
    if (result == 0) /* a page does not choose who logs in */
        url_resolver_drop_login(&crawl->resolver, url);
    if (result == 0 || result == -ENOMEM)
        return result;
    int reason = result == URL_OTHER_SCHEME ? TALLY_OTHER_SCHEME : TALLY_BROKEN_URL;
    crawl->tally.refused[reason]++;
    why_refuse(&crawl->why, reference, length, &origin->place, tally_word(reason));
    return 1;
}

int follow_set_base(struct crawl *crawl, const char *url, const struct page *page)
{
    struct url_resolved base;
    const char *why;
    url_resolver_clear(&crawl->resolver);
    crawl->resolver.strip_query = false;
    int error = url_resolver_set_base(&crawl->resolver, url, strlen(url), &why);
    if (error || !page_base(page))
        return error;
    const char *text = page_base(page);
    /* A base that is none does not count. */
    if (url_resolve(&crawl->resolver, &base, text, strlen(text), &why) == 0)
        error = url_resolver_set_base(&crawl->resolver, base.text, base.length, &why);
    return error == -ENOMEM ? error : 0;
}
