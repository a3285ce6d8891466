#include "cmd/get/progress.h"

#include "cmd/get/screen.h"
#include "engine/deadline.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BAR_INTERVAL   (100 * NSEC_PER_MSEC)
#define PLAIN_INTERVAL (5 * NSEC_PER_SEC)

/* A job that is over by then needs no picture. */
#define BAR_DELAY (300 * NSEC_PER_MSEC)

/* Rates follow changes within about so long: short enough to show a stall, long enough to be
 * read. */
#define RATE_MEMORY (2 * NSEC_PER_SEC)

/* A forecast that jumps is none. */
#define PACE_MEMORY (20 * NSEC_PER_SEC)

/* A terminal that takes nothing more: so much waits for it, then we do. */
#define SAID_MAX ((size_t)64 * 1024)

static enum progress_kind choose_kind(enum progress_kind kind, bool shared)
{
    const char *term = getenv("TERM");
    if (kind != PROGRESS_AUTO)
        return kind;
    if (!isatty(STDERR_FILENO) || shared)
        return PROGRESS_PLAIN;
    return term && strcmp(term, "dumb") != 0 ? PROGRESS_BAR : PROGRESS_PLAIN;
}

void progress_init(struct progress *progress, enum progress_kind kind, bool shared, int64_t now)
{
    *progress = (struct progress){.kind = choose_kind(kind, shared)};
    gauge_init(&progress->bytes, RATE_MEMORY, now, 0);
    gauge_init(&progress->done, RATE_MEMORY, now, 0);
    gauge_init(&progress->pace, PACE_MEMORY, now, 0);
    progress->next = now + (progress->kind == PROGRESS_BAR ? BAR_DELAY : PLAIN_INTERVAL);
    if (progress->kind != PROGRESS_BAR)
        return;
    progress->colour = screen_has_colour();
    progress->utf8 = screen_has_utf8();
    screen_open();
}

/* What is under way counts as far as it is seen, or one large file would show nothing. */
static double fraction_done(const struct progress *progress, const struct progress_state *state)
{
    double done = (double)state->done;
    for (unsigned i = 0; i < progress->running.count; i++) {
        const struct running_row *row = &progress->running.rows[i];
        if (row->expected > 0 && row->received < row->expected)
            done += (double)row->received / (double)row->expected;
    }
    double fraction = state->total ? done / (double)state->total : 0;
    return fraction < 1 ? fraction : 1;
}

/* Seconds until the slowest of those that are seen is done, as far as it can be told. */
static double time_of_slowest(const struct running *running, bool *all)
{
    double longest = 0;
    *all = true;
    for (unsigned i = 0; i < running->count; i++) {
        const struct running_row *row = &running->rows[i];
        bool told = row->expected >= row->received && row->gauge.rate >= 1;
        double seconds = told ? (double)(row->expected - row->received) / row->gauge.rate : 0;
        longest = seconds > longest ? seconds : longest;
        *all = *all && told;
    }
    return longest;
}

/* At the pace of the files so far, but not before the slowest is done. Once all that is left is
 * under way, that alone counts. */
static int64_t time_left(const struct progress *progress, const struct progress_state *state)
{
    bool all;
    double slowest = time_of_slowest(&progress->running, &all);
    if (state->crawl)
        return forecast_left(&progress->forecast);
    if (state->total <= state->done)
        return FORECAST_NONE;
    uint64_t left = state->total - state->done;
    bool tail = !state->about && left <= progress->running.count;
    if (tail ? !all : progress->pace.rate <= 0)
        return FORECAST_NONE;
    double seconds = tail ? 0 : (double)left / progress->pace.rate;
    seconds = slowest > seconds ? slowest : seconds;
    return forecast_seconds(seconds);
}

static struct view_facts read_gauges(struct progress *progress, const struct progress_state *state,
                                     int64_t now)
{
    gauge_read(&progress->bytes, now, (int64_t)state->bytes);
    gauge_read(&progress->done, now, (int64_t)state->done);
    gauge_read(&progress->pace, now, (int64_t)state->done);
    return (struct view_facts){
        .done = state->done,
        .failed = state->failed,
        .in_flight = state->in_flight,
        .bytes = state->bytes,
        .bytes_rate = progress->bytes.rate,
        .done_rate = progress->done.rate,
    };
}

/* Without memory, or while nobody reads, the numbers are not shown this time. */
static void tell_plainly(const struct view_facts *facts)
{
    char *line = NULL;
    size_t size;
    FILE *out = screen_is_ready() ? open_memstream(&line, &size) : NULL;
    if (!out)
        return;
    view_numbers(out, facts, SIZE_MAX, false);
    fputc('\n', out);
    if (fclose(out) == 0)
        screen_write(line, size, false);
    free(line);
}

/* The picture of this moment, as large as the terminal is now; its last column stays free, or some
 * would begin a new line, and its last line too. */
static void draw_picture(struct progress *progress, const struct view_facts *facts)
{
    struct screen_size screen = screen_size();
    struct view_frame frame = {
        .columns = screen.columns > 2 ? screen.columns - 1 : 2,
        .lines = screen.lines > 2 ? screen.lines - 1 : 1,
        .colour = progress->colour,
        .utf8 = progress->utf8,
    };
    progress->wipes = progress->columns != screen.columns;
    progress->columns = screen.columns;
    char *picture = NULL;
    size_t size;
    FILE *out = open_memstream(&picture, &size);
    if (!out)
        return; /* the one before has to do */
    view_draw(out, facts, &progress->running, &frame);
    if (fclose(out)) {
        free(picture);
        return;
    }
    free(progress->picture);
    progress->picture = picture;
}

static void write_said(struct progress *progress)
{
    screen_write(progress->said, progress->said_size, false);
    free(progress->said);
    progress->said = NULL;
    progress->said_size = 0;
}

/* Shows what was said, and the picture below it, in one go: nothing flickers. */
static void show_picture(struct progress *progress)
{
    char *text = NULL;
    bool wipes = progress->said || progress->wipes;
    int size = asprintf(&text, "%s%s%s", wipes ? VIEW_WIPE : "",
                        progress->said ? progress->said : "", progress->picture);
    if (size < 0) {
        progress_clear(progress);
        return;
    }
    screen_write(text, (size_t)size, true);
    free(text);
    free(progress->said);
    progress->said = NULL;
    progress->said_size = 0;
}

static void tick_picture(struct progress *progress, const struct progress_state *state,
                         struct view_facts *facts, int64_t now)
{
    if (!screen_is_ours()) {
        progress_clear(progress);
        return;
    }
    if (!screen_is_ready())
        return;
    if (state->running)
        running_sample(&progress->running, state->running, now);
    facts->total = state->total;
    facts->about = state->about;
    facts->fraction = fraction_done(progress, state);
    facts->crawl = state->crawl;
    if (state->crawl)
        forecast_read(&progress->forecast, now, state->found, state->ended);
    facts->left_ns = time_left(progress, state);
    draw_picture(progress, facts);
    if (progress->picture)
        show_picture(progress);
}

int64_t progress_tick(struct progress *progress, const struct progress_state *state, int64_t now)
{
    if (progress->kind == PROGRESS_NONE)
        return DEADLINE_NEVER;
    if (now < progress->next)
        return progress->next;
    struct view_facts facts = read_gauges(progress, state, now);
    if (progress->kind == PROGRESS_PLAIN)
        tell_plainly(&facts);
    else
        tick_picture(progress, state, &facts, now);
    progress->next = now + (progress->kind == PROGRESS_PLAIN ? PLAIN_INTERVAL : BAR_INTERVAL);
    return progress->next;
}

/* 0, or -1 when memory runs out. */
static int keep_said(struct progress *progress, const char *line)
{
    char *longer = realloc(progress->said, progress->said_size + strlen(line) + sizeof "\n");
    if (!longer)
        return -1;
    char *end = stpcpy(stpcpy(longer + progress->said_size, line), "\n");
    progress->said = longer;
    progress->said_size = (size_t)(end - longer);
    return 0;
}

void progress_say(struct progress *progress, const char *line)
{
    if (keep_said(progress, line)) {
        progress_clear(progress);
        screen_write(line, strlen(line), false);
        screen_write("\n", 1, false);
    } else if (!screen_is_drawn() || progress->said_size > SAID_MAX || !screen_is_ours()) {
        progress_clear(progress);
    }
}

void progress_clear(struct progress *progress)
{
    screen_wipe();
    if (progress->said)
        write_said(progress);
}

void progress_end(struct progress *progress)
{
    progress_clear(progress);
    running_clear(&progress->running);
    free(progress->picture);
    progress->picture = NULL;
}
