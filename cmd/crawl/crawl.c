#include "cmd/crawl/crawl.h"

#include "cmd/crawl/core.h"
#include "cmd/crawl/redirects.h"
#include "cmd/crawl/stores.h"
#include "cmd/crawl/trip.h"
#include "cmd/exit_status.h"
#include "cmd/get/main_loop.h"
#include "cmd/mirror/finish.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct crawl *crawl_of(const struct job *job)
{
    return list_entry((struct job *)job, struct crawl, job);
}

void crawl_fail(struct crawl *crawl, int error, char *problem)
{
    if (crawl->error) {
        free(problem);
        return;
    }
    crawl->error = error;
    crawl->problem = problem;
}

int crawl_entry_new(struct crawl *crawl, const char *url, size_t length, struct entry **out)
{
    const char *why;
    struct entry *entry = calloc(1, sizeof *entry);
    int error = entry ? url_parser_parse(&crawl->parser, &entry->url, url, length, &why) : -ENOMEM;
    if (!error) {
        entry->number = ++crawl->entries;
        *out = entry;
        return 0;
    }
    entry_free(entry);
    return error == -ENOMEM ? error : -EINVAL;
}

int crawl_entry_sign(struct crawl *crawl, struct entry **entry, const struct site *site)
{
    if (!site->login)
        return 0;
    const char *url = (*entry)->url.text;
    const char *host = strstr(url, "://") + 3;
    struct entry *signed_entry;
    char *text;
    int length = asprintf(&text, "%.*s%s%s", (int)(host - url), url, site->login, host);
    if (length < 0)
        return -ENOMEM;
    int error = crawl_entry_new(crawl, text, (size_t)length, &signed_entry);
    free(text);
    if (error) /* the seed has passed */
        return -ENOMEM;
    entry_free(*entry);
    *entry = signed_entry;
    return 0;
}

/* What a page's answer has to tell in the log. Memory that runs out leaves it untold. */
static void tell_facts(struct trip *trip, struct entry *entry, const struct outcome *outcome)
{
    struct crawl *crawl = trip->crawl;
    const struct page *page = trip->page;
    const struct frontier_link *link = &trip->lease->link;
    bool body = (outcome->kind == OUTCOME_OK || outcome->resent) && !outcome->moved;
    char digest[PAGE_DIGEST_SIZE];
    static const char *const changes[] = {[OUTCOME_OK] = "changed",
                                          [OUTCOME_UNCHANGED] = "unchanged",
                                          [OUTCOME_SKIPPED] = "unchanged"};
    const char *change =
        outcome->kind < sizeof changes / sizeof *changes ? changes[outcome->kind] : NULL;
    if (outcome->kind == OUTCOME_OK && (!entry->known || entry->known->size < 0))
        change = "new";
    if (outcome->status == 404 || outcome->status == 410)
        change = "gone";
    entry->facts = facts_new(&(struct facts){
        .depth = link->depth,
        .links = (int64_t)page->met,
        .referrer = link->referrer ? referrers_find(&crawl->referrers, link->referrer) : NULL,
        .title = page_title(page),
        .content_type = *page->content_type ? page->content_type : NULL,
        .digest = body ? page_digest_text(&page->digest, digest) : NULL,
        .change = crawl->options->mirror && !outcome->moved ? change : NULL,
    });
}

/* --why: what became of it. */
static void tell_why(struct trip *trip, const struct outcome *outcome)
{
    static const char *const words[] = {[OUTCOME_OK] = "fetched",
                                        [OUTCOME_SKIPPED] = "its file was there",
                                        [OUTCOME_UNCHANGED] = "unchanged since the last run"};
    const char *word = outcome->moved                       ? "it has moved"
                       : outcome->error                     ? outcome->error
                       : outcome->kind == OUTCOME_NOT_TRIED ? NULL
                                                            : words[outcome->kind];
    if (word)
        why_end(&trip->crawl->why, trip->lease->link.text, word);
}

/* Of the user's URLs, and where strictness is asked for of all, a redirect that leads nowhere is a
 * failure. */
static void judge_redirect(const struct trip *trip, struct outcome *outcome)
{
    const struct crawl *crawl = trip->crawl;
    char *problem;
    if (!outcome->moved || !(link_is_seed(&trip->lease->link) || crawl->options->fail_on_broken))
        return;
    int error = redirects_judge(crawl, &trip->lease->link, outcome->moved, &problem);
    if (!error && !problem)
        return;
    outcome_fail(outcome, "%s", problem ? problem : strerror(-error));
    outcome->machine_error = error;
    free(problem);
    free(outcome->moved);
    outcome->moved = NULL;
}

/* A URL has ended. What it brought is learnt from by a task, which may wait; here nobody may. */
static void landed(struct job *job, struct entry *entry, struct outcome *outcome)
{
    struct crawl *crawl = crawl_of(job);
    struct trip *trip = entry->trip;
    if (!trip) { /* a line of a list that is wrong */
        entry->facts = facts_new(&(struct facts){0});
        return;
    }
    if (trip->robots) {
        robots_landed(trip, outcome);
        return;
    }
    page_finish(trip->page);
    judge_redirect(trip, outcome);
    tell_facts(trip, entry, outcome);
    tell_why(trip, outcome);
    trip->outcome = outcome->kind;
    trip->resent = outcome->resent;
    trip->status = outcome->status;
    trip->page->stamp = page_stamp(outcome->mtime_ns, outcome->etag);
    trip->error = crawl->check && outcome->error ? strdup(outcome->error) : NULL;
    trip->moved = outcome->moved;
    outcome->moved = NULL;
    trip->path = outcome->path ? strdup(outcome->path) : NULL;
    list_push_back(&crawl->landed, &trip->node);
    event_set(&crawl->news);
}

static int prepare(struct job *job, char **place)
{
    return url_list_open(&job->list, job->options, place);
}

static int open_files(struct crawl *crawl)
{
    const struct names_layout layout = {
        .no_host = crawl->options->no_host_directories,
        .cut_dirs = crawl->options->cut_dirs,
    };
    struct job *job = &crawl->job;
    if (job->options->out_null)
        return 0;
    int error = tree_new(&crawl->tree, &layout, job->history.reader);
    if (error)
        return error;
    job->namer = tree_namer(crawl->tree);
    crawl->naming = naming_new(true);
    if (!crawl->naming)
        return -ENOMEM;
    naming_use_journal(crawl->naming, job->history.reader, job->history.after_kill,
                       job->history.goes_on);
    return 0;
}

/* How it stands, for progress. */
static void look(void *ctx, struct crawl_state *state)
{
    struct crawl *crawl = ctx;
    struct frontier_counts urls = {0};
    struct hosts_counts hosts;
    if (crawl->frontier)
        frontier_count(crawl->frontier, &urls);
    hosts_count(crawl->job.hosts, &hosts);
    *state = (struct crawl_state){
        .found = urls.done + urls.failed + urls.left,
        .ended = urls.done + urls.failed,
        .queued = urls.left - urls.leased,
        .active = hosts.active,
        .waiting = urls.spaced,
        .paused = hosts.paused,
    };
}

static int recall_move(void *ctx, const char *url, const char *target, bool shown)
{
    struct tree *tree = ctx;
    return shown ? tree_replace(tree, url, target) : tree_redirect(tree, url, target);
}

/* What the run with which this one goes on has found out of links. */
static int recall_moves(struct crawl *crawl, char **place)
{
    if (!crawl->tree || !crawl->pages || !crawl->resumed)
        return 0;
    int error = page_store_each_move(crawl->pages, recall_move, crawl->tree);
    if (error && error != -ENOMEM)
        *place = strdup(page_store_problem(crawl->pages));
    return error;
}

/* The note that has the seed of the traps; no family is called so. */
#define NOTE_SEED 1

static void recall_seed(void *ctx, uint64_t note, int64_t number)
{
    if (note == NOTE_SEED)
        *(uint64_t *)ctx = (uint64_t)number;
}

static void recall_family(void *ctx, uint64_t note, int64_t number)
{
    if (note != NOTE_SEED && number > 0 && number <= UINT32_MAX)
        traps_recall(ctx, note, (uint32_t)number);
}

/* A crawl that goes on counts on, or a site without end would be as many crawls long as it is
 * broken off. */
static int open_traps(struct crawl *crawl)
{
    uint64_t seed = 0;
    int error = frontier_each_note(crawl->frontier, recall_seed, &seed);
    bool fresh = seed == 0;
    if (!error && fresh && getentropy(&seed, sizeof seed))
        error = -errno;
    seed |= 1;
    crawl->traps = error ? NULL : traps_new(&trap_limits_default, seed);
    if (!error && !crawl->traps)
        error = -ENOMEM;
    if (!error && !fresh)
        return frontier_each_note(crawl->frontier, recall_family, crawl->traps);
    return error ? error : frontier_note(crawl->frontier, NOTE_SEED, (int64_t)seed);
}

static int open_crawl(struct job *job, char **place)
{
    struct crawl *crawl = crawl_of(job);
    /* With --level what a page says may have to be learnt twice, so that it is kept. */
    bool measured = crawl->options->scope.level >= 0;
    int error = state_open(&crawl->state, job->options, &job->directory, place);
    if (!error)
        error =
            stores_open(crawl, crawl->options->check || measured || !job->options->out_null, place);
    if (!error)
        error = open_traps(crawl);
    if (!error && crawl->options->check)
        error = check_new(&crawl->check);
    if (!error)
        error = open_files(crawl);
    if (!error)
        error = recall_moves(crawl, place);
    if (!error)
        report_watch_crawl(job->report, look, crawl);
    crawl->sites = sites_new(PAGE_AGENT);
    crawl->slots = slots_new(job->options->jobs);
    crawl->met = met_new();
    list_init(&crawl->landed);
    list_init(&crawl->held);
    page_pool_init(&crawl->pool, crawl->check != NULL);
    crawl->pool.lines = crawl->check || crawl->options->why;
    if (!error && (!crawl->sites || !crawl->slots || !crawl->met))
        error = -ENOMEM;
    return error;
}

/* Only of a pass that has seen all there is something can be said to be gone. Why it has not; NULL:
 * it has. */
static const char *why_incomplete(const struct crawl *crawl)
{
    if (crawl->resumed)
        return "this run has gone on with an earlier one, and only a whole one sees what is gone";
    if (crawl->bound)
        return "the run ended before it had seen all";
    if (crawl->cut)
        return "a page was not read to its end";
    return crawl->incomplete ? "something could not be fetched" : NULL;
}

static int delete_gone(struct crawl *crawl)
{
    char line[160];
    const char *why = why_incomplete(crawl);
    if (!why)
        return mirror_delete(crawl);
    snprintf(line, sizeof line, "nothing was removed: %s", why);
    report_problem(crawl->job.report, line);
    return 0;
}

static int finish_mirror(struct crawl *crawl)
{
    int error = mirror_settle(crawl);
    if (!error && crawl->options->delete_gone)
        error = delete_gone(crawl);
    if (error)
        return error;
    error = crawl->options->no_convert ? mirror_restore(crawl) : mirror_convert(crawl);
    if (error && error != -ECANCELED && !crawl->problem &&
        asprintf(&crawl->problem, "cannot convert links in %s: %s", crawl->job.options->directory,
                 strerror(-error)) < 0)
        crawl->problem = NULL;
    return error;
}

static int run(struct job *job)
{
    struct crawl *crawl = crawl_of(job);
    int64_t time = crawl->options->job_time_ns;
    crawl->until = time ? deadline_clock() + time : DEADLINE_NEVER;
    int error = mirror_begin(crawl);
    if (!error)
        error = main_loop_run(job, walk_body, crawl);
    if (!error && crawl->options->mirror)
        error = finish_mirror(crawl);
    /* What an interrupted check has found, nobody else has told. */
    if (crawl->check && (!error || error == -ECANCELED)) {
        int reported = check_report(crawl, &crawl->broken);
        error = error ? error : reported;
    }
    return error;
}

/* Whoever has met the frontier's error first may have had no words for it. */
static void take_problem(struct crawl *crawl)
{
    const char *waiting = crawl->frontier ? frontier_problem(crawl->frontier) : "";
    if (!crawl->problem && *waiting)
        crawl->problem = strdup(waiting);
    else if (!crawl->problem && crawl->pages && page_store_is_damaged(crawl->pages))
        crawl->problem = strdup(page_store_problem(crawl->pages));
}

/* What belongs before the summary. */
static void end(struct job *job, int error)
{
    struct crawl *crawl = crawl_of(job);
    struct frontier_counts counts = {0};
    char line[192];
    char *text = tally_text(&crawl->tally);
    if (crawl->frontier)
        frontier_count(crawl->frontier, &counts);
    /* What was broken off is counted already, and left, too. */
    uint64_t broken_off = report_counts(job->report)->not_tried;
    if ((error || crawl->bound) && counts.left > broken_off)
        report_not_tried(job->report, counts.left - broken_off, false);
    if (crawl->bound) {
        snprintf(line, sizeof line, "%s has ended it: %" PRIu64 " URL%s left", crawl->bound,
                 counts.left, counts.left == 1 ? " is" : "s are");
        report_problem(job->report, line);
    }
    if (crawl->cut) {
        snprintf(line, sizeof line,
                 "%" PRIu64 " page%s not read to the end: more than %d links, longer ones than"
                 " are read, or a feed that is broken",
                 crawl->cut, crawl->cut == 1 ? " was" : "s were", PAGE_LINKS_MAX);
        report_problem(job->report, line);
    }
    if (!job->options->quiet && text)
        report_problem(job->report, text);
    if (!job->options->quiet && crawl->options->no_robots)
        report_problem(job->report, "robots.txt was not asked for (--no-robots)");
    free(text);
    text = why_text(&crawl->why, crawl->bound);
    if (text)
        report_problem(job->report, text);
    free(text);
    take_problem(crawl);
    stores_end(crawl);
}

static const char *problem(const struct job *job)
{
    return crawl_of(job)->problem;
}

static void close_crawl(struct job *job)
{
    struct crawl *crawl = crawl_of(job);
    stores_close(crawl);
    depths_free(crawl->depths);
    url_list_close(job->list);
    naming_free(crawl->naming);
    tree_free(crawl->tree);
    sites_free(crawl->sites);
    traps_free(crawl->traps);
    scope_free(crawl->scope);
    check_free(crawl->check);
    slots_free(crawl->slots);
    met_free(crawl->met);
    page_pool_clear(&crawl->pool);
    referrers_clear(&crawl->referrers);
    url_parser_clear(&crawl->parser);
    state_close(&crawl->state);
    free(crawl->problem);
}

/* 0, or the exit status after a complaint. */
static int make_scope(struct crawl *crawl)
{
    const struct scope_options *options = &crawl->options->scope;
    const char *option = !options->reject_regex   ? "--accept-regex"
                         : !options->accept_regex ? "--reject-regex"
                                                  : "--accept-regex or --reject-regex";
    char *why = NULL;
    int error = scope_new(&crawl->scope, options, &why);
    if (error == -EINVAL)
        fprintf(stderr, "fetch: option %s: %s\n", option, why ? why : "it is no expression");
    else if (error)
        fprintf(stderr, "fetch: %s\n", strerror(-error));
    free(why);
    return error == -EINVAL ? EXIT_USAGE : error ? EXIT_MACHINE : EXIT_SUCCESS;
}

int crawl_run(const struct get_options *given, const struct crawl_options *crawl_options)
{
    static const struct work work = {
        .prepare = prepare,
        .open = open_crawl,
        .run = run,
        .end = end,
        .problem = problem,
        .close = close_crawl,
    };
    struct get_options options = *given;
    struct crawl *crawl = calloc(1, sizeof *crawl);
    if (!crawl)
        return EXIT_MACHINE;
    crawl->job = (struct job){.work = &work, .landed = landed};
    crawl->options = crawl_options;
    crawl->state.lock = -1;
    crawl->resolver.strip_query = crawl_options->scope.strip_query;
    int status = why_open(&crawl->why, &crawl->resolver, crawl_options->why) ? EXIT_MACHINE : 0;
    if (!status)
        status = make_scope(crawl);
    if (!status)
        status = job_do(&crawl->job, &options);
    if (!status && crawl->broken)
        status = EXIT_FAILED;
    why_close(&crawl->why);
    url_resolver_clear(&crawl->resolver);
    free(crawl);
    return status;
}
