#include "cmd/get/progress.h"

#include "cmd/get/quantity.h"
#include "engine/deadline.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BAR_INTERVAL   (100 * NSEC_PER_MSEC)
#define PLAIN_INTERVAL (5 * NSEC_PER_SEC)

/* A job that is over by then needs no bar. */
#define BAR_DELAY (300 * NSEC_PER_MSEC)

/* Rates follow changes within about so long: short enough to show a stall, long enough to be
 * read. */
#define RATE_MEMORY     (2 * NSEC_PER_SEC)

#define LINE_SIZE       160
#define COLUMNS_DEFAULT 80

static enum progress_kind choose_kind(enum progress_kind kind)
{
    const char *term = getenv("TERM");
    if (kind != PROGRESS_AUTO)
        return kind;
    if (!isatty(STDERR_FILENO))
        return PROGRESS_PLAIN;
    return term && strcmp(term, "dumb") != 0 ? PROGRESS_BAR : PROGRESS_PLAIN;
}

void progress_init(struct progress *progress, enum progress_kind kind, int64_t now)
{
    *progress = (struct progress){.kind = choose_kind(kind), .measured = now};
    progress->next = now + (progress->kind == PROGRESS_BAR ? BAR_DELAY : PLAIN_INTERVAL);
}

static double smooth(double rate, double amount, int64_t ns)
{
    double now = amount * (double)NSEC_PER_SEC / (double)ns;
    double weight = (double)ns / (double)(ns + RATE_MEMORY);
    return rate == 0 ? now : rate + (now - rate) * weight;
}

static void measure(struct progress *progress, const struct progress_state *state, int64_t now)
{
    int64_t passed = now - progress->measured;
    if (passed <= 0)
        return;
    progress->bytes_rate =
        smooth(progress->bytes_rate, (double)(state->bytes - progress->before.bytes), passed);
    progress->done_rate =
        smooth(progress->done_rate, (double)(state->done - progress->before.done), passed);
    progress->before = *state;
    progress->measured = now;
}

/* The line, growing field by field. */
struct fields {
    char *text;
    size_t size;
    bool full; /* no room for the next field, nor for those behind it */
};

static void add_field(struct fields *fields, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends a field if the line has room for all of it. */
static void add_field(struct fields *fields, const char *format, ...)
{
    char field[48];
    va_list args;
    va_start(args, format);
    vsnprintf(field, sizeof field, format, args);
    va_end(args);
    size_t length = strlen(fields->text);
    const char *between = length ? ", " : "";
    if (length + strlen(between) + strlen(field) >= fields->size)
        fields->full = true;
    if (!fields->full)
        snprintf(fields->text + length, fields->size - length, "%s%s", between, field);
}

char *progress_line(const struct progress *progress, const struct progress_state *state,
                    size_t columns, char *text, size_t size)
{
    char number[QUANTITY_SIZE];
    struct fields fields = {.text = text, .size = columns + 1 < size ? columns + 1 : size};
    *text = '\0';
    add_field(&fields, "%" PRIu64 " done", state->done);
    add_field(&fields, "%u in flight", state->in_flight);
    if (state->failed)
        add_field(&fields, "%" PRIu64 " failed", state->failed);
    add_field(&fields, "%s", quantity_bytes(number, (double)state->bytes));
    add_field(&fields, "%s/s", quantity_bytes(number, progress->bytes_rate));
    if (state->done)
        add_field(&fields, "%s files/s", quantity_rate(number, progress->done_rate));
    return text;
}

/* Columns of the terminal; the last one stays free, or some would begin a new line. */
static size_t terminal_columns(void)
{
    struct winsize window;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &window) || window.ws_col < 2)
        return COLUMNS_DEFAULT - 1;
    return window.ws_col - 1U;
}

/* A job in the background keeps quiet: the line belongs to the shell. */
static bool in_foreground(void)
{
    pid_t group = tcgetpgrp(STDERR_FILENO);
    return group < 0 || group == getpgrp();
}

int64_t progress_tick(struct progress *progress, const struct progress_state *state, int64_t now)
{
    char text[LINE_SIZE];
    if (progress->kind == PROGRESS_NONE)
        return DEADLINE_NEVER;
    if (now < progress->next)
        return progress->next;
    measure(progress, state, now);
    if (progress->kind == PROGRESS_PLAIN) {
        progress_line(progress, state, sizeof text, text, sizeof text);
        fprintf(stderr, "%s\n", text);
        progress->next = now + PLAIN_INTERVAL;
    } else {
        if (in_foreground()) {
            progress_line(progress, state, terminal_columns(), text, sizeof text);
            fprintf(stderr, "\r%s\x1b[K", text);
            progress->drawn = true;
        }
        progress->next = now + BAR_INTERVAL;
    }
    return progress->next;
}

void progress_clear(struct progress *progress)
{
    if (progress->drawn)
        fputs("\r\x1b[K", stderr);
    progress->drawn = false;
}
