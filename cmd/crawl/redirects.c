#include "cmd/crawl/redirects.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

unsigned redirects_behind(unsigned kind)
{
    return (kind_is_glance(kind) ? kind & KIND_GLANCE_HOPS : kind >> KIND_CHAIN_SHIFT) + 1;
}

unsigned redirects_most(const struct crawl *crawl, bool requisite)
{
    unsigned most = crawl->job.options->max_redirs;
    unsigned bound = requisite ? SCOPE_CHAIN_MAX : KIND_CHAIN_MAX;
    return most < bound ? most : bound;
}

int redirects_circle(const struct crawl *crawl, const char *url, const char *target)
{
    if (strcmp(target, url) == 0)
        return 1;
    if (!crawl->tree || crawl->resumed)
        return 0;
    char *place = strdup(target);
    int error = place ? 0 : -ENOMEM;
    bool circle = false;
    for (unsigned hops = 0; place && !circle && hops < KIND_CHAIN_MAX; hops++) {
        char *next = NULL;
        error = tree_target(crawl->tree, place, &next);
        free(place);
        place = next;
        circle = place && strcmp(place, url) == 0;
    }
    free(place);
    return error ? error : circle;
}

/* As redirects_judge(), when the target is known. */
static int judge_target(const struct crawl *crawl, const struct frontier_link *link,
                        const char *target, char **problem)
{
    unsigned behind = redirects_behind(link->kind);
    unsigned most = redirects_most(crawl, link->kind & KIND_REQUISITE);
    int circle = redirects_circle(crawl, link->text, target);
    if (circle < 0)
        return circle;
    if (circle)
        *problem = strdup("it redirects in a circle");
    else if (behind <= most)
        return 0;
    else if (asprintf(problem, "more than %u redirects", behind - 1) < 0)
        *problem = NULL;
    return *problem ? 0 : -ENOMEM;
}

int redirects_judge(const struct crawl *crawl, const struct frontier_link *link, const char *moved,
                    char **problem)
{
    struct url_resolver resolver = {0};
    struct url_resolved target;
    const char *why;
    *problem = NULL;
    int result = url_resolver_set_base(&resolver, link->text, link->length, &why);
    if (!result)
        result = url_resolve(&resolver, &target, moved, strlen(moved), &why);
    if (result == 0) {
        url_resolver_drop_login(&resolver, &target);
        result = judge_target(crawl, link, target.text, problem);
    } else if (result == URL_OTHER_SCHEME) {
        *problem = strdup("it redirects to what only other programs fetch");
        result = *problem ? 0 : -ENOMEM;
    } else if (result != -ENOMEM) {
        result = asprintf(problem, "it redirects to no URL: %s", why) < 0 ? -ENOMEM : 0;
    }
    url_resolver_clear(&resolver);
    return result;
}
