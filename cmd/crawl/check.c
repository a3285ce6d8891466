#include "cmd/crawl/check.h"

#include "cmd/crawl/core.h"
#include "cmd/crawl/ends.h"
#include "cmd/crawl/follow.h"
#include "cmd/crawl/seen.h"
#include "cmd/get/escape.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* Browsers follow as many. */
#define REDIRECTS_MAX 20

struct check {
    struct ends ends;
    struct seen_set *anchors;
    struct page *page; /* during the report */
    struct crawl *crawl;
    uint64_t broken;
};

int check_new(struct check **out)
{
    unsigned char key[SEEN_KEY_BYTES];
    struct check *check = calloc(1, sizeof *check);
    if (!check)
        return -ENOMEM;
    int error = getrandom(key, sizeof key, 0) == sizeof key ? 0 : -EIO;
    if (!error)
        error = seen_set_new(&check->anchors, key);
    if (error) {
        free(check);
        return error;
    }
    *out = check;
    return 0;
}

void check_free(struct check *check)
{
    if (!check)
        return;
    ends_clear(&check->ends);
    seen_set_free(check->anchors);
    free(check);
}

int check_break(struct check *check, const char *url, const char *reason, bool told)
{
    int error = ends_add_broken(&check->ends, url, reason);
    struct end *end = ends_find(&check->ends, url);
    if (end && told)
        end->told = true;
    return error;
}

int check_move(struct check *check, const char *url, const struct url_resolved *target)
{
    return ends_add_moved(&check->ends, url, target->text, target->fragment);
}

/* Of an anchor of a page; of "", that the page was read. */
static int print_of(struct check *check, const char *url, uint64_t anchor, uint64_t *print)
{
    uint64_t pair[2] = {(uint64_t)page_store_number(url), anchor};
    return seen_set_fingerprint(check->anchors, (const char *)pair, sizeof pair, print);
}

static int keep_anchor(struct check *check, const char *url, uint64_t anchor)
{
    uint64_t print;
    int error = print_of(check, url, anchor, &print);
    int added = error ? error : seen_set_add(check->anchors, print);
    return added < 0 ? added : 0;
}

int check_keep_anchors(struct check *check, const char *url, const struct page *page)
{
    /* Of what is not known in full nothing can be said to be missing. */
    if (page->type != PAGE_HTML || page->cut || page->error)
        return 0;
    int error = keep_anchor(check, url, page_anchor_hash("", 0));
    for (size_t i = 0; i < page->anchor_count && !error; i++)
        error = keep_anchor(check, url, page->anchors[i]);
    return error;
}

static bool has_anchor(struct check *check, const char *url, const char *name, size_t length)
{
    uint64_t print;
    return print_of(check, url, page_anchor_hash(name, length), &print) ||
           seen_set_has(check->anchors, print);
}

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

/* In place; a canonical URL's triplets are in upper case. The new length. */
static size_t decode(char *text)
{
    unsigned char *bytes = (unsigned char *)text;
    size_t to = 0;
    for (size_t from = 0; text[from]; to++) {
        int high = text[from] == '%' ? hex_value(text[from + 1]) : -1;
        int low = high >= 0 ? hex_value(text[from + 2]) : -1;
        bytes[to] = low >= 0 ? (unsigned char)(high << 4 | low) : bytes[from];
        from += low >= 0 ? 3 : 1;
    }
    text[to] = '\0';
    return to;
}

/* As browsers look for it: as it is written, then decoded; "top" is everywhere, and what follows
 * ":~:" is for the browser itself. */
static bool leads_nowhere(struct check *check, const char *url, const char *fragment)
{
    const char *directive = fragment ? strstr(fragment, ":~:") : NULL;
    size_t length = !fragment ? 0 : directive ? (size_t)(directive - fragment) : strlen(fragment);
    if (length == 0 || !has_anchor(check, url, "", 0) || has_anchor(check, url, fragment, length) ||
        (length == 3 && strncasecmp(fragment, "top", 3) == 0))
        return false;
    char *name = strndup(fragment, length);
    bool found = !name || has_anchor(check, url, name, decode(name));
    free(name);
    return !found;
}

/* Why the link is broken; NULL: it is not. A redirect's fragment stands for the link's own. */
static const char *judge(struct check *check, const struct url_resolved *url)
{
    const struct end *passed[REDIRECTS_MAX + 1];
    const char *text = url->text;
    const char *fragment = url->fragment;
    for (int hops = 0; hops <= REDIRECTS_MAX; hops++) {
        struct end *end = ends_find(&check->ends, text);
        for (int i = 0; i < hops; i++)
            if (passed[i] == end)
                return "it redirects in a circle";
        passed[hops] = end;
        if (!end)
            return leads_nowhere(check, text, fragment) ? "the page has no such fragment" : NULL;
        end->told = true;
        if (!end->moved)
            return end->text;
        text = end->text;
        fragment = end->fragment ? end->fragment : fragment;
    }
    return "more than 20 redirects";
}

/* Memory that runs out shows it as it is written. */
static void write_line(const char *page, uint32_t line, const struct url_resolved *url,
                       const char *written, const char *reason)
{
    char *shown = url ? NULL : escape_text(written);
    printf("%s:%" PRIu32 ": %s%s%s: %s\n", page, line,
           url     ? url->text
           : shown ? shown
                   : written,
           url && url->fragment ? "#" : "", url && url->fragment ? url->fragment : "", reason);
    free(shown);
}

static int check_link(struct check *check, const char *page_url, const struct page_link *link)
{
    struct url_resolved url;
    const char *written = check->page->text + link->url;
    const char *reason = NULL;
    int result = url_resolve(&check->crawl->resolver, &url, written, link->length, &reason);
    if (result == -ENOMEM || result == URL_OTHER_SCHEME)
        return result == -ENOMEM ? result : 0;
    if (result == 0) {
        url_resolver_drop_login(&check->crawl->resolver, &url); /* it was asked for without */
        reason = judge(check, &url);
    }
    if (reason) {
        check->broken++;
        write_line(page_url, link->line, result ? NULL : &url, written, reason);
    }
    return 0;
}

static int check_page(void *ctx, const char *url, struct page *page)
{
    struct check *check = ctx;
    struct crawl *crawl = check->crawl;
    int error = follow_set_base(crawl, url, page);
    crawl->resolver.strip_query = crawl->options->scope.strip_query;
    for (size_t i = 0; i < page->count && !error; i++)
        if (!learn_word_against(crawl, page, i))
            error = check_link(check, url, &page->links[i]);
    return error;
}

/* A sitemap that robots.txt names, say. */
static void tell_rest(void *ctx, const struct end *end)
{
    struct check *check = ctx;
    char *line;
    if (end->told || end->moved || asprintf(&line, "%s: %s", end->url, end->text) < 0)
        return;
    report_problem(check->crawl->job.report, line);
    free(line);
}

int check_report(struct crawl *crawl, uint64_t *broken)
{
    struct check *check = crawl->check;
    check->crawl = crawl;
    check->page = page_take(&crawl->pool, PAGE_OTHER);
    if (!check->page)
        return -ENOMEM;
    report_make_way(crawl->job.report);
    int error = page_store_each_by_url(crawl->pages, check->page, check_page, check);
    page_give_back(&crawl->pool, check->page);
    ends_each(&check->ends, tell_rest, check);
    *broken = check->broken;
    if (error) {
        crawl_fail(crawl, error, strdup(page_store_problem(crawl->pages)));
        return error;
    }
    errno = EIO;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    error = -errno;
    crawl_fail(crawl, error, strdup("cannot write to standard output"));
    return error;
}
