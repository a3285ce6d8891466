#include "cmd/get/view.h"

#include "cmd/get/columns.h"
#include "cmd/get/quantity.h"
#include "engine/deadline.h"
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

/* ECMA-48: select graphic rendition. */
#define PLAIN  "\x1b[0m"
#define RED    "\x1b[31m"
#define YELLOW "\x1b[33m"
#define CYAN   "\x1b[36m"
#define GREY   "\x1b[90m"

/* A name that would get fewer columns gets those of a number before it. */
#define NAME_MIN 16

/* Transfers that do not take longer than this are none to look at. */
#define ROW_AGE NSEC_PER_SEC

/* A pause of less is nothing to worry about. */
#define STALLED_AFTER (5 * NSEC_PER_SEC)

#define CLOCK_SIZE    32
#define LEFT_SIZE     64

/* A line, growing field by field. */
struct line {
    FILE *out;
    size_t left;         /* columns */
    const char *between; /* what was before and what comes next; NULL: a comma, or nothing */
    bool begun;
    bool full; /* no room for the next field, nor for those behind it */
    bool colour;
};

static void add_field(struct line *line, const char *colour, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Appends a field of ASCII if the line has room for all of it. */
static void add_field(struct line *line, const char *colour, const char *format, ...)
{
    char field[64];
    va_list args;
    va_start(args, format);
    vsnprintf(field, sizeof field, format, args);
    va_end(args);
    const char *between = !line->begun ? "" : line->between ? line->between : ", ";
    size_t width = strlen(between) + strlen(field);
    if (width > line->left)
        line->full = true;
    if (line->full)
        return;
    bool coloured = line->colour && colour;
    fprintf(line->out, "%s%s%s%s", between, coloured ? colour : "", field, coloured ? PLAIN : "");
    line->left -= width;
    line->begun = true;
    line->between = NULL;
}

static void add_bytes(struct line *line, const struct view_facts *facts)
{
    char number[QUANTITY_SIZE];
    add_field(line, NULL, "%s", quantity_bytes(number, (double)facts->bytes));
    add_field(line, NULL, "%s/s", quantity_bytes(number, facts->bytes_rate));
}

static void draw_crawl_numbers(struct line *line, const struct view_facts *facts)
{
    char number[QUANTITY_SIZE];
    add_field(line, NULL, "%" PRIu64 " done", facts->done);
    add_field(line, NULL, "%" PRIu64 " queued", facts->crawl->queued);
    add_field(line, NULL, "%u in flight", facts->in_flight);
    add_field(line, NULL, "%s pages/s", quantity_rate(number, facts->done_rate));
    add_bytes(line, facts);
}

/* "hosts: 48 active, 951 waiting, 1 paused" */
static void draw_hosts(struct line *line, const struct view_crawl *crawl)
{
    add_field(line, NULL, "hosts: %" PRIu64 " active", crawl->active);
    add_field(line, NULL, "%" PRIu64 " waiting", crawl->waiting);
    add_field(line, crawl->paused ? YELLOW : NULL, "%" PRIu64 " paused", crawl->paused);
}

/* "23 failed: 14 4xx, 5 timeout, 4 dns" */
static void draw_failures(struct line *line, const struct view_facts *facts)
{
    static const enum failure_kind order[] = {
        FAILURE_4XX, FAILURE_5XX,    FAILURE_TIMEOUT, FAILURE_DNS,   FAILURE_CONNECT,
        FAILURE_TLS, FAILURE_BROKEN, FAILURE_ROBOTS,  FAILURE_OTHER,
    };
    const uint64_t *failed = facts->crawl->failed;
    add_field(line, RED, "%" PRIu64 " failed", facts->failed);
    line->between = ": ";
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (failed[order[i]])
            add_field(line, NULL, "%" PRIu64 " %s", failed[order[i]], failure_word(order[i]));
}

void view_numbers(FILE *out, const struct view_facts *facts, size_t columns, bool colour)
{
    char number[QUANTITY_SIZE];
    struct line line = {.out = out, .left = columns, .colour = colour};
    if (facts->total)
        add_field(&line, NULL, "%" PRIu64 " of %s%" PRIu64 " done", facts->done,
                  facts->about ? "~" : "", facts->total);
    else
        add_field(&line, NULL, "%" PRIu64 " done", facts->done);
    add_field(&line, NULL, "%u in flight", facts->in_flight);
    if (facts->failed)
        add_field(&line, RED, "%" PRIu64 " failed", facts->failed);
    add_bytes(&line, facts);
    if (facts->done)
        add_field(&line, NULL, "%s files/s", quantity_rate(number, facts->done_rate));
}

/* "0:41", "1:02:03". */
static void write_clock(char text[CLOCK_SIZE], int64_t ns)
{
    int64_t seconds = ns / NSEC_PER_SEC, hours = seconds / 3600;
    if (hours)
        snprintf(text, CLOCK_SIZE, "%" PRId64 ":%02d:%02d", hours, (int)(seconds / 60 % 60),
                 (int)(seconds % 60));
    else
        snprintf(text, CLOCK_SIZE, "%d:%02d", (int)(seconds / 60), (int)(seconds % 60));
}

/* "  32%  0:41 left", "  32%  growing" */
static void write_forecast(char text[LEFT_SIZE], const struct view_facts *facts)
{
    char clock[CLOCK_SIZE] = "";
    bool told = facts->left_ns >= 0, growing = facts->left_ns == FORECAST_GROWING;
    if (told)
        write_clock(clock, facts->left_ns);
    snprintf(text, LEFT_SIZE, "  %2d%%%s%s%s%s", (int)(facts->fraction * 100),
             told || growing ? "  " : "", told && facts->about ? "~" : "",
             growing ? "growing" : clock, told ? " left" : "");
}

static void repeat(FILE *out, const char *text, size_t count)
{
    while (count-- > 0)
        fputs(text, out);
}

/* `width` columns of which a part is filled, with half columns where there is UTF-8. */
static void draw_bar(FILE *out, double fraction, size_t width, const struct view_frame *frame)
{
    size_t halves = (size_t)(fraction * 2 * (double)width);
    size_t whole = halves / 2;
    bool half = frame->utf8 && halves % 2;
    fputs(frame->colour ? CYAN : "", out);
    repeat(out, frame->utf8 ? "━" : "#", whole);
    fputs(half ? "╸" : "", out);
    fputs(frame->colour ? GREY : "", out);
    repeat(out, frame->utf8 ? "─" : "-", width - whole - half);
    fputs(frame->colour ? PLAIN : "", out);
}

/* The line of the bar. What comes behind it gives way first. */
static void draw_overall(FILE *out, const struct view_facts *facts, const struct view_frame *frame)
{
    char forecast[LEFT_SIZE];
    size_t columns = frame->columns;
    write_forecast(forecast, facts);
    if (strlen(forecast) + 10 > columns)
        forecast[strlen("  32%")] = '\0';
    if (strlen(forecast) + 4 > columns)
        *forecast = '\0';
    fputc(' ', out);
    if (columns > strlen(forecast) + 1)
        draw_bar(out, facts->fraction, columns - 1 - strlen(forecast), frame);
    fputs(forecast, out);
}

/* A right-aligned number of a row and the space behind it, unless the name needs its columns. */
static void draw_cell(FILE *out, size_t *left, size_t width, const char *text, const char *colour)
{
    if (width < strlen(text))
        width = strlen(text);
    if (*left < NAME_MIN + width + 1)
        return;
    fprintf(out, "%s%*s%s ", colour, (int)width, text, *colour ? PLAIN : "");
    *left -= width + 1;
}

/* What the transfer is about just now. */
static void draw_pace(FILE *out, size_t *left, const struct running_row *row, bool colour)
{
    char number[QUANTITY_SIZE], clock[CLOCK_SIZE], rate[CLOCK_SIZE + 8];
    const char *shade = "";
    if (row->rest) {
        write_clock(clock, row->rest);
        snprintf(rate, sizeof rate, "retry %s", clock);
        shade = YELLOW;
    } else if (row->received == 0) {
        strcpy(rate, "waiting");
        shade = GREY;
    } else if (row->silent >= STALLED_AFTER) {
        strcpy(rate, "stalled");
        shade = YELLOW;
    } else {
        snprintf(rate, sizeof rate, "%s/s", quantity_bytes(number, row->gauge.rate));
    }
    draw_cell(out, left, 12, rate, colour ? shade : "");
}

/* One transfer. */
static void draw_row(FILE *out, const struct running_row *row, const struct view_frame *frame)
{
    char age[CLOCK_SIZE], bytes[QUANTITY_SIZE] = "", share[8] = "";
    size_t left = frame->columns - 1;
    write_clock(age, row->age);
    if (row->received)
        quantity_bytes(bytes, (double)row->received);
    if (row->expected > 0 && row->received <= row->expected)
        snprintf(share, sizeof share, "%d%%",
                 (int)(100 * (double)row->received / (double)row->expected));
    fputc(' ', out);
    draw_cell(out, &left, 7, age, "");
    draw_cell(out, &left, 10, bytes, "");
    draw_pace(out, &left, row, frame->colour);
    draw_cell(out, &left, 4, share, "");
    if (left > 2) {
        fputc(' ', out);
        left--;
    }
    columns_write(out, row->name ? row->name : "?", left, frame->utf8);
}

static void end_line(FILE *out)
{
    fputs("\x1b[K\r\n", out);
}

/* A line for itself below the others, if there is room. */
static struct line begin_line(FILE *out, const struct view_frame *frame, size_t *above)
{
    bool fits = *above + 1 < frame->lines;
    if (fits) {
        end_line(out);
        fputc(' ', out);
        ++*above;
    }
    return (struct line){
        .out = out, .left = frame->columns - 1, .full = !fits, .colour = frame->colour};
}

/* The line of numbers, and those that only a crawl has. */
static void draw_numbers(FILE *out, const struct view_facts *facts, const struct view_frame *frame,
                         size_t *above)
{
    struct line line = {.out = out, .left = frame->columns - 1, .colour = frame->colour};
    fputc(' ', out);
    if (!facts->crawl) {
        view_numbers(out, facts, frame->columns - 1, frame->colour);
        return;
    }
    draw_crawl_numbers(&line, facts);
    line = begin_line(out, frame, above);
    draw_hosts(&line, facts->crawl);
    if (!facts->failed)
        return;
    line = begin_line(out, frame, above);
    draw_failures(&line, facts);
}

void view_draw(FILE *out, const struct view_facts *facts, const struct running *running,
               const struct view_frame *frame)
{
    size_t above = 0; /* lines that have ended */
    /* A terminal that thinks something wider than we do, or has become narrower meanwhile, is to
     * cut it, not to go on with the next line. */
    fputs("\r\x1b[?7l", out);
    if (facts->total && frame->lines > 1) {
        draw_overall(out, facts, frame);
        end_line(out);
        above++;
    }
    draw_numbers(out, facts, frame, &above);
    for (unsigned i = 0; i < running->count && above + 1 < frame->lines; i++) {
        if (running->rows[i].age < ROW_AGE)
            break;
        end_line(out);
        above++;
        draw_row(out, &running->rows[i], frame);
    }
    fputs("\x1b[J\x1b[?7h\r", out);
    if (above)
        fprintf(out, "\x1b[%zuA", above);
}
