#include "cmd/crawl/stores.h"

#include "cmd/crawl/aside.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRONTIER "frontier.db"
#define PAGES    "pages.db"

/* `why` it cannot be used; `then`: what that means. 0 or -errno. */
static int put_aside(struct crawl *crawl, const char *name, const char *why, const char *then)
{
    char *line;
    int error = aside_put(crawl->state.directory, name);
    if (error)
        return error;
    if (asprintf(&line, "%s; it is now %s.aside, and %s", why ? why : name, name, then) < 0)
        return -ENOMEM;
    report_problem(crawl->job.report, line);
    free(line);
    return 0;
}

/* One that can be replaced? */
static bool is_unusable(int error)
{
    return error == -EINVAL || error == -EBADMSG;
}

static int open_pages(struct crawl *crawl, char **place)
{
    const char *directory = crawl->state.directory;
    int error = page_store_open(&crawl->pages, directory, place);
    if (!is_unusable(error) ||
        put_aside(crawl, PAGES, *place, "pages are asked for and read again"))
        return error;
    free(*place);
    return page_store_open(&crawl->pages, directory, place);
}

static int open_frontier(struct crawl *crawl, bool fresh, char **place)
{
    const struct frontier_options options = {
        .directory = crawl->state.directory,
        .hosts = crawl->job.hosts,
        .synced = crawl->job.options->fsync,
        .fresh = fresh,
    };
    int error = frontier_open(&crawl->frontier, &options, place);
    if (!is_unusable(error) || put_aside(crawl, FRONTIER, *place, "the crawl begins anew"))
        return error;
    free(*place);
    return frontier_open(&crawl->frontier, &options, place);
}

static int begin_anew(struct crawl *crawl, char **place)
{
    int error = frontier_close(crawl->frontier);
    crawl->frontier = NULL;
    return error ? error : open_frontier(crawl, true, place);
}

/* It turns out to be damaged: another takes its place, in which nothing is. */
static int replace_pages(struct crawl *crawl, char **place)
{
    char *why = NULL;
    if (asprintf(&why, "cannot use %s", page_store_problem(crawl->pages)) < 0)
        return -ENOMEM;
    (void)page_store_close(crawl->pages); /* it is told */
    crawl->pages = NULL;
    crawl->resumed = false;
    int error = put_aside(crawl, PAGES, why, "pages are asked for and read again");
    free(why);
    return error ? error : page_store_open(&crawl->pages, crawl->state.directory, place);
}

static int recall_depth(void *ctx, const char *url, const struct depth *depth, const char *moved)
{
    struct crawl *crawl = ctx;
    struct depth least = *depth;
    return depths_learn(crawl->depths, url, &least, moved);
}

/* What the depths of the run were with which this one goes on. */
static int recall_depths(struct crawl *crawl, char **place)
{
    int error = page_store_each_depth(crawl->pages, recall_depth, crawl);
    if (!is_unusable(error))
        return error;
    depths_free(crawl->depths);
    crawl->depths = NULL;
    error = depths_new(&crawl->depths);
    return error ? error : replace_pages(crawl, place);
}

static int begin_pages(struct crawl *crawl, char **place)
{
    int error = page_store_begin(crawl->pages);
    if (!is_unusable(error))
        return error;
    error = replace_pages(crawl, place);
    return error ? error : page_store_begin(crawl->pages);
}

int stores_open(struct crawl *crawl, bool reads, char **place)
{
    struct frontier_counts counts;
    int error = reads ? open_pages(crawl, place) : 0;
    if (!error)
        error = open_frontier(crawl, false, place);
    if (error)
        return error;
    frontier_count(crawl->frontier, &counts);
    bool whole = !crawl->pages || page_store_is_whole(crawl->pages);
    crawl->resumed = counts.left > 0 && whole;
    if (crawl->options->scope.level >= 0)
        error = depths_new(&crawl->depths);
    if (!error && crawl->depths && crawl->resumed)
        error = recall_depths(crawl, place);
    if (!error && !crawl->resumed && counts.seen > 0)
        error = begin_anew(crawl, place);
    if (!error && !crawl->resumed && crawl->pages)
        error = begin_pages(crawl, place);
    if (error && !*place && crawl->pages)
        *place = strdup(page_store_problem(crawl->pages));
    return error;
}

static void put_aside_late(struct crawl *crawl, const char *name)
{
    char *line;
    int error = aside_put(crawl->state.directory, name);
    int length = error ? asprintf(&line, "cannot put %s/%s aside: %s", crawl->state.directory, name,
                                  strerror(-error))
                       : asprintf(&line,
                                  "%s/%s is damaged; it is now %s.aside, and the next run begins "
                                  "anew",
                                  crawl->state.directory, name, name);
    report_problem(crawl->job.report, length < 0 ? strerror(ENOMEM) : line);
    if (length >= 0)
        free(line);
}

void stores_end(struct crawl *crawl)
{
    if (crawl->pages && page_store_is_damaged(crawl->pages)) {
        (void)page_store_close(crawl->pages); /* it has been told */
        crawl->pages = NULL;
        put_aside_late(crawl, PAGES);
    }
    if (crawl->frontier && frontier_is_damaged(crawl->frontier)) {
        (void)frontier_close(crawl->frontier); /* likewise */
        crawl->frontier = NULL;
        put_aside_late(crawl, FRONTIER);
    }
}

void stores_close(struct crawl *crawl)
{
    (void)frontier_close(crawl->frontier); /* its error has been told, if it matters */
    (void)page_store_close(crawl->pages);
    crawl->frontier = NULL;
    crawl->pages = NULL;
}
