#include "cmd/get/report.h"

#include "cmd/exit_status.h"
#include "cmd/get/escape.h"
#include "cmd/get/progress.h"
#include "cmd/get/quantity.h"
#include "cmd/get/stats.h"
#include "cmd/report/records.h"
#include "engine/deadline.h"
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of a wrong line so much is shown. */
#define TEXT_SHOWN_MAX 200

struct report {
    const struct get_options *options;
    struct report_counts counts;
    const _Atomic uint64_t *received; /* NULL: counts.bytes has to do */
    struct url_list *list;            /* NULL: how many there are shall not be told */
    void (*look)(void *ctx, struct crawl_state *state); /* NULL: it is no crawl */
    void *look_ctx;
    uint64_t failed_by[FAILURE_KINDS]; /* counts.failed */
    unsigned in_flight;
    struct list
        running; /* entries under way, in the order in which they began; only for a picture */
    struct progress progress;
    struct records *records; /* NULL: none */
    int records_error;       /* first -errno of a file that was given up */
    int64_t started;         /* monotonic */
    bool more_not_tried;     /* counts.not_tried is not all of them */
    bool failed;             /* some URL that had to be there */
    bool machine_failed;     /* some outcome was not the URL's fault */
};

static void record_failed(void *ctx, const char *path, int error);

/* Will standard output write to the terminal, too? */
static bool shares_terminal(const struct get_options *options)
{
    bool log = options->log && strcmp(options->log, "-") == 0;
    bool har = options->har && strcmp(options->har, "-") == 0;
    return (options->to_stdout || log || har) && isatty(STDOUT_FILENO);
}

int report_new(struct report **report, const struct get_options *options, char **place)
{
    struct report *made = calloc(1, sizeof *made);
    if (!made)
        return -ENOMEM;
    made->options = options;
    made->started = deadline_clock();
    int error = records_open(&made->records, options, record_failed, made, place);
    if (error) {
        free(made);
        return error;
    }
    list_init(&made->running);
    progress_init(&made->progress, options->quiet ? PROGRESS_NONE : options->progress,
                  shares_terminal(options), made->started);
    *report = made;
    return 0;
}

void report_free(struct report *report)
{
    if (!report)
        return;
    progress_end(&report->progress);
    /* Without report_finish() the job ended before it began: there is nothing in it to lose. */
    (void)records_close(report->records, NULL);
    free(report);
}

/* A line on standard error, above the picture. */
static void say(struct report *report, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void say(struct report *report, const char *format, ...)
{
    char *line;
    va_list args;
    va_start(args, format);
    if (vasprintf(&line, format, args) < 0)
        line = NULL;
    va_end(args);
    char *safe = line ? escape_text(line) : NULL;
    progress_say(&report->progress, safe ? safe : "fetch: out of memory");
    free(safe);
    free(line);
}

/* The URL without credentials; of a wrong line what it says. A new string or NULL. */
static char *entry_text(const struct entry *entry)
{
    if (!entry->text)
        return url_redacted(&entry->url);
    char *text = strdup(entry->text);
    if (!text)
        return NULL;
    /* Before it is cut: behind the cut nobody would see the '@'. */
    escape_credentials(text);
    if (strlen(text) > TEXT_SHOWN_MAX)
        text[TEXT_SHOWN_MAX] = '\0';
    return text;
}

/* "fetch: urls.txt:17: URL: what". */
static void say_of_entry(struct report *report, const struct entry *entry, const char *text,
                         const char *what)
{
    /* What was typed as an argument needs no line number. */
    bool typed = !entry->source || strcmp(entry->source, "command line") == 0;
    char line[32] = "";
    if (!typed)
        snprintf(line, sizeof line, ":%" PRIu64 ": ", entry->line);
    say(report, "fetch: %s%s%s: %s", typed ? "" : entry->source, line, text, what);
}

/* Why it failed, and what helps to understand it. */
static void say_failure(struct report *report, const struct entry *entry, const char *text,
                        const struct outcome *outcome)
{
    const char *at = outcome->final_url;
    char attempts[32] = "";
    char *what;
    if (outcome->attempts > 1)
        snprintf(attempts, sizeof attempts, " (%u attempts)", outcome->attempts);
    if (asprintf(&what, "%s%s%s%s", outcome->error ? outcome->error : "failed", at ? ", at " : "",
                 at ? at : "", attempts) < 0)
        what = NULL;
    say_of_entry(report, entry, text, what ? what : "failed");
    free(what);
}

static void say_remarks(struct report *report, const struct entry *entry, const char *text,
                        const char *remarks)
{
    char *lines = strdup(remarks);
    char *rest = lines;
    for (char *line; (line = strsep(&rest, "\n"));)
        say_of_entry(report, entry, text, line);
    free(lines);
}

/* -v: a line for what went well, too. */
static void say_success(struct report *report, const char *text, const struct outcome *outcome)
{
    char bytes[QUANTITY_SIZE], time[QUANTITY_SIZE];
    quantity_bytes(bytes, (double)outcome->bytes);
    quantity_seconds(time, (double)outcome->times.total / (double)NSEC_PER_SEC);
    const char *path = outcome->path;
    if (outcome->kind == OUTCOME_SKIPPED)
        say(report, "skipped: %s", text);
    else if (outcome->kind == OUTCOME_UNCHANGED)
        say(report, "unchanged: %s", text);
    else
        say(report, "ok: %s%s%s (%d, %s, %s)", text, path ? " -> " : "", path ? path : "",
            outcome->status, bytes, time);
}

/* A log, say, that is given up. */
static void record_failed(void *ctx, const char *path, int error)
{
    struct report *report = ctx;
    if (!report->records_error)
        report->records_error = error;
    say(report, "fetch: cannot write %s: %s", strcmp(path, "-") != 0 ? path : "standard output",
        error == -ECANCELED ? "interrupted, and nobody reads it" : strerror(-error));
}

/* That it is not there, and nobody minds. */
static bool forgives(const struct entry *entry, const struct outcome *outcome)
{
    return entry->lenient && (outcome->status == 404 || outcome->status == 410);
}

static void count(struct report *report, const struct entry *entry, const struct outcome *outcome)
{
    struct report_counts *counts = &report->counts;
    switch (outcome->kind) {
    case OUTCOME_NOT_TRIED:
        counts->not_tried++;
        break;
    case OUTCOME_OK:
        counts->ok++;
        counts->bytes += (uint64_t)outcome->bytes;
        break;
    case OUTCOME_UNCHANGED:
        counts->unchanged++;
        counts->bytes += outcome->resent ? (uint64_t)outcome->bytes : 0;
        break;
    case OUTCOME_SKIPPED:
        counts->skipped++;
        break;
    case OUTCOME_FAILED:
        counts->failed++;
        report->failed_by[outcome->failure]++;
        report->failed = report->failed || !forgives(entry, outcome);
        break;
    }
    if (outcome->machine_error)
        report->machine_failed = true;
}

int report_outcome(struct report *report, const struct entry *entry, const struct outcome *outcome)
{
    bool failed = outcome->kind == OUTCOME_FAILED;
    bool told = (failed && !entry->untold) || report->options->verbose || outcome->remarks;
    count(report, entry, outcome);
    if (outcome->kind == OUTCOME_NOT_TRIED || (!told && !report->records))
        return 0;
    char *text = entry_text(entry);
    if (outcome->remarks)
        say_remarks(report, entry, text ? text : "(out of memory)", outcome->remarks);
    if (failed && (!entry->untold || report->options->verbose))
        say_failure(report, entry, text ? text : "(out of memory)", outcome);
    else if (!failed && report->options->verbose)
        say_success(report, text ? text : "(out of memory)", outcome);
    struct record record = {
        .url = text, .taken_up = entry->taken_up, .outcome = outcome, .facts = entry->facts};
    int error = text ? 0 : -ENOMEM;
    if (error)
        records_give_up(report->records, error);
    else
        error = records_put(report->records, &record);
    free(text);
    return error;
}

int report_keep_pace(struct report *report)
{
    return records_keep_pace(report->records);
}

void report_trouble(struct report *report, const char *what)
{
    say(report, "fetch: %s", what);
    report->machine_failed = true;
}

void report_not_tried(struct report *report, uint64_t count, bool more)
{
    report->counts.not_tried += count;
    report->more_not_tried = more;
}

void report_duplicates(struct report *report, uint64_t count)
{
    report->counts.skipped += count;
}

void report_flight(struct report *report, unsigned in_flight)
{
    report->in_flight = in_flight;
}

void report_started(struct report *report, struct entry *entry, struct meter *meter)
{
    if (report->progress.kind != PROGRESS_BAR)
        return;
    meter_begin(meter, 0, -1);
    meter_rest(meter, 0);
    entry->meter = meter;
    entry->started = deadline_now();
    list_push_back(&report->running, &entry->node);
}

void report_landed(struct report *report, struct entry *entry)
{
    (void)report; /* its list */
    if (entry->meter)
        list_remove(&entry->node);
}

void report_watch_bytes(struct report *report, const _Atomic uint64_t *received)
{
    report->received = received;
}

static void on_list_warning(void *ctx, const char *text)
{
    report_problem(ctx, text);
}

void report_watch_crawl(struct report *report, void (*look)(void *ctx, struct crawl_state *state),
                        void *ctx)
{
    report->look = look;
    report->look_ctx = ctx;
}

void report_watch_list(struct report *report, struct url_list *list)
{
    report->list = list;
    url_list_on_warning(list, on_list_warning, report);
}

/* What a crawl has found so far counts as its total; pages bring more. What its report never hears
 * of, as what robots.txt keeps out, is neither found nor done here. */
static void look_at_crawl(const struct report *report, struct progress_state *state,
                          struct view_crawl *crawl)
{
    struct crawl_state now;
    report->look(report->look_ctx, &now);
    *crawl = (struct view_crawl){
        .queued = now.queued,
        .active = now.active,
        .waiting = now.waiting,
        .paused = now.paused,
    };
    memcpy(crawl->failed, report->failed_by, sizeof crawl->failed);
    state->crawl = crawl;
    state->found = now.found;
    state->ended = now.ended;
    state->total = state->done + (now.found - now.ended);
    state->about = true;
}

/* How much there is to do, for a picture. */
static void look_ahead(const struct report *report, struct progress_state *state,
                       struct view_crawl *crawl)
{
    if (report->look)
        look_at_crawl(report, state, crawl);
    else if (report->list)
        state->total = url_list_total(report->list, &state->about);
}

int64_t report_tick(struct report *report, int64_t now)
{
    const struct report_counts *counts = &report->counts;
    struct progress_state state = {
        .done = counts->ok + counts->unchanged + counts->skipped + counts->failed,
        .failed = counts->failed,
        .bytes = report->received ? atomic_load(report->received) : counts->bytes,
        .in_flight = report->in_flight,
        .running = &report->running,
    };
    struct view_crawl crawl;
    if (report->progress.kind == PROGRESS_BAR && now >= report->progress.next)
        look_ahead(report, &state, &crawl);
    int64_t next = progress_tick(&report->progress, &state, now);
    return deadline_min(next, records_tick(report->records, now));
}

static void say_summary(struct report *report, double wall_s, bool interrupted)
{
    const struct report_counts *counts = &report->counts;
    char bytes[QUANTITY_SIZE], time[QUANTITY_SIZE], files[QUANTITY_SIZE], rate[QUANTITY_SIZE];
    char not_tried[64] = "";
    if (interrupted || counts->not_tried)
        snprintf(not_tried, sizeof not_tried, "%s%" PRIu64 " not tried, ",
                 report->more_not_tried ? "at least " : "", counts->not_tried);
    say(report,
        "%" PRIu64 " ok, %" PRIu64 " unchanged, %" PRIu64 " skipped, %" PRIu64
        " failed, %s%s in %s (%s files/s, %s/s)",
        counts->ok, counts->unchanged, counts->skipped, counts->failed, not_tried,
        quantity_bytes(bytes, (double)counts->bytes), quantity_seconds(time, wall_s),
        quantity_rate(files, (double)(counts->ok + counts->unchanged) / wall_s),
        quantity_bytes(rate, (double)counts->bytes / wall_s));
}

void report_problem(struct report *report, const char *why)
{
    say(report, "fetch: %s", why);
}

void report_make_way(struct report *report)
{
    progress_clear(&report->progress);
}

int report_finish(struct report *report, bool interrupted)
{
    int64_t wall = deadline_clock() - report->started;
    double wall_s = (double)(wall > 0 ? wall : 1) / (double)NSEC_PER_SEC;
    const struct get_options *options = report->options;
    int stats_error = 0;
    progress_clear(&report->progress);
    struct record_end end = {
        .counts = &report->counts,
        .wall_s = wall_s,
        .interrupted = interrupted,
        .more_not_tried = report->more_not_tried,
    };
    (void)records_close(report->records, &end); /* told, and kept in records_error */
    report->records = NULL;
    if (!options->quiet)
        say_summary(report, wall_s, interrupted);
    if (options->stats_fd >= 0)
        stats_error = stats_write(options->stats_fd, &report->counts, options->jobs, wall_s);
    if (stats_error)
        say(report, "fetch: cannot write the statistics: %s", strerror(-stats_error));
    return report->records_error ? report->records_error : stats_error;
}

const struct report_counts *report_counts(const struct report *report)
{
    return &report->counts;
}

int report_exit_status(const struct report *report)
{
    if (report->machine_failed || report->records_error)
        return EXIT_MACHINE;
    return report->failed ? EXIT_FAILED : EXIT_SUCCESS;
}
