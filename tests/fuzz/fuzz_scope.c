/* A list for all options that take one and, behind a newline, a URL. */
#include "cmd/crawl/scope.h"
#include "tests/fuzz/fuzz.h"
#include <errno.h>
#include <string.h>

static void judge_all(struct scope *scope, const struct url_resolved *url)
{
    for (unsigned level = 0; level < 4; level++) {
        struct scope_link link = {.url = url, .level = level};
        enum scope_rule rule = scope_judge(scope, &link);
        MUST(rule < SCOPE_RULES && scope_rule_word(rule));
        MUST((rule == SCOPE_SEED) == (level == 0));
        link.is_requisite = true;
        rule = scope_judge(scope, &link);
        MUST(rule == SCOPE_REQUISITE || rule >= SCOPE_ADMITTED);
    }
}

/* `mask`: which options have the list. */
static void check(const char *list, unsigned mask, const struct url_resolved *url)
{
    struct scope_options options = {
        .level = 2,
        .requisites = true,
        .span_hosts = (mask & 1) != 0,
        .no_parent = (mask & 2) != 0,
        .domains = mask & 4 ? list : NULL,
        .accept = mask & 8 ? list : NULL,
        .reject = mask & 16 ? list : NULL,
        .include_directories = mask & 32 ? list : NULL,
        .exclude_directories = mask & 64 ? list : NULL,
    };
    struct scope *scope;
    struct url_resolved seed;
    char *why = NULL;
    MUST(scope_new(&scope, &options, &why) == 0);
    MUST(url_split(&seed, "http://h.example/a/", 19));
    MUST(scope_add_seed(scope, &seed) == 0);
    judge_all(scope, url);
    MUST(scope_add_seed(scope, url) == 0);
    judge_all(scope, url);
    scope_free(scope);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *newline = size ? memchr(data, '\n', size) : NULL;
    struct url_resolver resolver = {0};
    struct url_resolved url;
    const char *why = NULL;
    if (!newline)
        return 0;
    char *list = strndup((const char *)data, (size_t)(newline - (const char *)data));
    size_t length = size - (size_t)(newline - (const char *)data) - 1;
    MUST(list);
    if (url_resolve(&resolver, &url, newline + 1, length, &why) == 0)
        for (unsigned mask = 4; mask < 128; mask = 2 * mask + 3)
            check(list, mask, &url);
    url_resolver_clear(&resolver);
    free(list);
    return 0;
}
