/* The picture, for given facts and sizes. */
#include "unit.h"

#include "cmd/get/columns.h"
#include "cmd/get/entry.h"
#include "cmd/get/view.h"
#include "engine/deadline.h"
#include <locale.h>
#include <stdlib.h>
#include <string.h>

static char text[16384]; /* what was drawn last */

static const struct view_facts facts = {
    .done = 1234,
    .failed = 3,
    .in_flight = 50,
    .bytes = 1288490189,
    .bytes_rate = 36805017,
    .done_rate = 116,
    .total = 10000,
    .fraction = 0.1234,
    .left_ns = 76 * NSEC_PER_SEC,
};

static const char *numbers(const struct view_facts *of, size_t columns)
{
    *text = '\0';
    FILE *out = fmemopen(text, sizeof text, "w");
    view_numbers(out, of, columns, false);
    fclose(out);
    return text;
}

static const char *draw(const struct view_facts *of, const struct running *running, size_t columns,
                        size_t lines, bool utf8)
{
    struct view_frame frame = {.columns = columns, .lines = lines, .utf8 = utf8};
    *text = '\0';
    FILE *out = fmemopen(text, sizeof text, "w");
    view_draw(out, of, running, &frame);
    fclose(out);
    return text;
}

static const char *fit(const char *name, size_t columns, bool utf8)
{
    *text = '\0';
    FILE *out = fmemopen(text, sizeof text, "w");
    size_t used = columns_write(out, name, columns, utf8);
    fclose(out);
    assert_true(used <= columns);
    return text;
}

static void numbers_fit_the_terminal(void **state)
{
    (void)state;
    struct view_facts some = facts;
    assert_string_equal(
        numbers(&some, 79),
        "1234 of 10000 done, 50 in flight, 3 failed, 1.2 GiB, 35.1 MiB/s, 116 files/s");
    some.about = true;
    assert_string_equal(numbers(&some, 40), "1234 of ~10000 done, 50 in flight");
    some.total = 0;
    for (size_t columns = 0; columns < 90; columns++)
        assert_true(strlen(numbers(&some, columns)) <= columns);
    assert_string_equal(numbers(&some, 9), "1234 done");
    assert_string_equal(numbers(&some, 8), "");
}

static void names_fit_by_columns(void **state)
{
    (void)state;
    assert_string_equal(fit("linux-6.1.tar.xz", 16, true), "linux-6.1.tar.xz");
    assert_string_equal(fit("linux-6.1.tar.xz", 11, true), "linux\u2026ar.xz");
    assert_string_equal(fit("linux-6.1.tar.xz", 11, false), "linux..r.xz");
    assert_string_equal(fit("linux-6.1.tar.xz", 2, true), "li");
    assert_string_equal(fit("linux-6.1.tar.xz", 0, true), "");
    /* Wide ones are never halved. */
    assert_string_equal(fit("\u65e5\u672c\u8a9e.zip", 10, true), "\u65e5\u672c\u8a9e.zip");
    assert_string_equal(fit("\u65e5\u672c\u8a9e.zip", 9, true), "\u65e5\u672c\u2026.zip");
    assert_string_equal(fit("\u65e5\u672c\u8a9e.zip", 8, true), "\u65e5\u672c\u2026zip");
    assert_string_equal(fit("\u65e5\u672c\u8a9e.zip", 7, true), "\u65e5\u2026zip");
}

static void nothing_a_terminal_would_act_on(void **state)
{
    (void)state;
    assert_string_equal(fit("\x1b[2J", 40, true), "%1B[2J");
    assert_string_equal(fit("a\nb\tc\x7f", 40, true), "a%0Ab%09c%7F");
    assert_string_equal(fit("\xc2\x9b"
                            "[J",
                            40, true),
                        "%C2%9B[J");
    assert_string_equal(fit("\xff\xc0\x80", 40, true), "%FF%C0%80");
    /* Directions turned, characters that hide, marks in a heap or upon nothing. */
    assert_string_equal(fit("a\u202egpj", 40, true), "a%E2%80%AEgpj");
    assert_string_equal(fit("a\u200bb\u00ad", 40, true), "a%E2%80%8Bb%C2%AD");
    assert_string_equal(fit("e\u0301\u0302\u0303", 40, true), "e\u0301\u0302%CC%83");
    assert_string_equal(fit("\u0301", 40, true), "%CC%81");
    assert_string_equal(fit("\u05e9\u05dc.txt", 40, true), "\u05e9\u05dc.txt");
    assert_string_equal(fit("\u00e9", 40, false), "%C3%A9");
    /* Cut between marks and letters, never inside them. */
    assert_string_equal(fit("e\u0301e\u0301e\u0301e\u0301", 3, true), "e\u0301\u2026e\u0301");
    assert_string_equal(fit("\x1b\x1b\x1b", 8, true), "%1B\u2026%1B");
}

/* As many lines as fit, and what is left is whole. */
static void a_picture_begins_and_ends_at_one_place(void **state)
{
    (void)state;
    static char name[] = "linux-6.1.tar.xz", young[] = "young";
    struct running running = {
        .count = 2,
        .rows = {{.name = name,
                  .age = 39 * NSEC_PER_SEC,
                  .received = 12897485,
                  .expected = 37933192,
                  .gauge.rate = 1258291},
                 {.name = young, .age = NSEC_PER_SEC / 2, .expected = -1}},
    };
    assert_string_equal(
        draw(&facts, &running, 60, 9, false),
        "\r\x1b[?7l #####--------------------------------------  12%  1:16 left\x1b[K\r\n"
        " 1234 of 10000 done, 50 in flight, 3 failed, 1.2 GiB\x1b[K\r\n"
        "    0:39   12.3 MiB    1.2 MiB/s  34%  linux-6.1.tar.xz"
        "\x1b[J\x1b[?7h\r\x1b[2A");
    assert_string_equal(draw(&facts, &running, 60, 1, false),
                        "\r\x1b[?7l 1234 of 10000 done, 50 in flight, 3 failed, 1.2 GiB"
                        "\x1b[J\x1b[?7h\r");
    struct view_facts endless = facts;
    endless.total = 0;
    assert_string_equal(draw(&endless, &running, 16, 9, true), "\r\x1b[?7l 1234 done\x1b[K\r\n"
                                                               "  linux-6\u2026tar.xz"
                                                               "\x1b[J\x1b[?7h\r\x1b[1A");
}

static const struct view_crawl crawl = {
    .queued = 6786,
    .active = 48,
    .waiting = 951,
    .paused = 1,
    .failed = {[FAILURE_4XX] = 14, [FAILURE_TIMEOUT] = 5, [FAILURE_DNS] = 4},
};

/* Of a view: lines of their own, as far as there is room for them. */
static void a_crawl_tells_of_its_hosts(void **state)
{
    (void)state;
    struct view_facts some = facts;
    some.crawl = &crawl;
    some.failed = 23;
    some.about = true;
    assert_string_equal(
        draw(&some, &(struct running){0}, 79, 9, false),
        "\r\x1b[?7l #######------------------------------------------------------"
        "  12%  ~1:16 left\x1b[K\r\n"
        " 1234 done, 6786 queued, 50 in flight, 116 pages/s, 1.2 GiB, 35.1 MiB/s\x1b[K\r\n"
        " hosts: 48 active, 951 waiting, 1 paused\x1b[K\r\n"
        " 23 failed: 14 4xx, 5 timeout, 4 dns\x1b[J\x1b[?7h\r\x1b[3A");
    assert_string_equal(draw(&some, &(struct running){0}, 30, 3, false),
                        "\r\x1b[?7l #-----------  12%  ~1:16 left\x1b[K\r\n"
                        " 1234 done, 6786 queued\x1b[K\r\n"
                        " hosts: 48 active, 951 waiting\x1b[J\x1b[?7h\r\x1b[2A");
    some.left_ns = FORECAST_GROWING;
    assert_non_null(strstr(draw(&some, &(struct running){0}, 79, 9, false), "---  12%  growing"));
    some.left_ns = FORECAST_NONE;
    assert_non_null(strstr(draw(&some, &(struct running){0}, 79, 9, false), "---  12%\x1b[K"));
    some.failed = 0;
    assert_null(strstr(draw(&some, &(struct running){0}, 79, 9, false), "failed"));
    some.total = 0;
    assert_string_equal(draw(&some, &(struct running){0}, 30, 1, false),
                        "\r\x1b[?7l 1234 done, 6786 queued\x1b[J\x1b[?7h\r");
    /* Elsewhere than on a terminal all is as ever. */
    assert_string_equal(numbers(&some, 79),
                        "1234 done, 50 in flight, 1.2 GiB, 35.1 MiB/s, 116 files/s");
}

/* What a transfer is about, where its rate would stand. */
static void what_waits_is_told(void **state)
{
    (void)state;
    static char name[] = "a";
    struct running running = {.count = 1, .rows = {{.name = name, .expected = -1}}};
    struct running_row *row = &running.rows[0];
    row->age = 75 * NSEC_PER_SEC;
    const char *shown = draw(&facts, &running, 60, 3, false);
    assert_non_null(strstr(shown, "    1:15                 waiting       a\x1b[J"));
    row->received = 1536;
    row->silent = 2 * NSEC_PER_SEC;
    row->gauge.rate = 512;
    shown = draw(&facts, &running, 60, 3, false);
    assert_non_null(strstr(shown, "    1:15    1.5 KiB      512 B/s       a\x1b[J"));
    row->silent = 6 * NSEC_PER_SEC;
    shown = draw(&facts, &running, 60, 3, false);
    assert_non_null(strstr(shown, "    1:15    1.5 KiB      stalled       a\x1b[J"));
    row->rest = 28 * NSEC_PER_SEC;
    shown = draw(&facts, &running, 60, 3, false);
    assert_non_null(strstr(shown, "    1:15    1.5 KiB   retry 0:28       a\x1b[J"));
    row->name = NULL; /* no memory for it */
    assert_non_null(strstr(draw(&facts, &running, 60, 3, false), "       ?\x1b[J"));
}

/* Columns of each line are counted: no escape sequences, one column a character. */
static void fits(const char *picture, size_t columns, int lines)
{
    const char *line = picture + strlen("\r\x1b[?7l");
    for (int i = 0; i < lines; i++) {
        size_t width = strcspn(line, "\x1b");
        assert_true(width <= columns);
        line += width;
        line += i < lines - 1 ? strlen("\x1b[K\r\n") : 0;
    }
    assert_int_equal(strncmp(line, "\x1b[J", 3), 0);
}

static void never_wider_than_the_terminal(void **state)
{
    (void)state;
    static char name[] = "a-name-that-is-rather-long-and-goes-on-and-on-and-on.tar.gz";
    struct running running = {.count = 1};
    running.rows[0] = (struct running_row){
        .name = name,
        .age = 12 * 3600 * NSEC_PER_SEC,
        .received = INT64_MAX / 2,
        .expected = INT64_MAX,
        .gauge.rate = 1e12,
    };
    struct view_facts much = facts;
    much.left_ns = 999 * 3600 * NSEC_PER_SEC;
    much.fraction = 1;
    struct view_crawl all = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, {0}};
    for (int i = 0; i < FAILURE_KINDS; i++)
        all.failed[i] = UINT64_MAX / FAILURE_KINDS;
    struct view_facts most = much;
    most.crawl = &all;
    most.about = true;
    most.failed = UINT64_MAX;
    for (size_t columns = 2; columns < 200; columns++) {
        fits(draw(&much, &running, columns, 10, false), columns, 3);
        fits(draw(&most, &running, columns, 10, false), columns, 5);
    }
}

static void colours_only_where_wanted(void **state)
{
    (void)state;
    struct view_frame frame = {.columns = 79, .lines = 2, .colour = true, .utf8 = true};
    *text = '\0';
    FILE *out = fmemopen(text, sizeof text, "w");
    view_draw(out, &facts, &(struct running){0}, &frame);
    fclose(out);
    assert_non_null(strstr(text, "\x1b[31m3 failed\x1b[0m"));
    assert_non_null(strstr(text, "\u2501\u2578\x1b[90m\u2500"));
    draw(&facts, &(struct running){0}, 79, 2, true);
    assert_null(strstr(text, "\x1b[3"));
    assert_null(strstr(text, "\x1b[9"));
}

/* An entry under way, on the list. */
static void start(struct list *list, struct entry *entry, struct meter *meter, uint64_t number)
{
    static char name[] = "name";
    meter_begin(meter, 0, -1);
    *entry = (struct entry){.number = number, .name = name, .meter = meter, .started = 0};
    list_push_back(list, &entry->node);
}

static void only_the_oldest_are_looked_at(void **state)
{
    (void)state;
    enum { MANY = 20 };
    struct list list;
    struct entry entries[MANY];
    struct meter meters[MANY];
    struct running running = {0};
    list_init(&list);
    for (unsigned i = 0; i < MANY; i++)
        start(&list, &entries[i], &meters[i], MANY - i);
    running_sample(&running, &list, NSEC_PER_SEC);
    assert_int_equal(running.count, RUNNING_MAX);
    for (unsigned i = 0; i < RUNNING_MAX; i++)
        assert_int_equal(running.rows[i].number, MANY - i);

    meter_begin(&meters[3], 0, 5000);
    meter_add(&meters[3], 1000);
    list_remove(&entries[0].node);
    list_remove(&entries[2].node);
    running_sample(&running, &list, 2 * NSEC_PER_SEC);
    assert_int_equal(running.rows[1].number, MANY - 3);
    assert_int_equal(running.rows[1].received, 1000);
    assert_int_equal(running.rows[1].expected, 5000);
    assert_true(running.rows[1].gauge.rate > 499);
    assert_int_equal(running.rows[1].age, 2 * NSEC_PER_SEC);
    assert_int_equal(running.rows[1].silent, 0);
    assert_int_equal(running.rows[0].silent, 2 * NSEC_PER_SEC);
    assert_int_equal(running.rows[RUNNING_MAX - 1].number, MANY - 9);
    for (unsigned i = 5; i < MANY; i++)
        list_remove(&entries[i].node);
    running_sample(&running, &list, 3 * NSEC_PER_SEC);
    assert_int_equal(running.count, 3);
    running_clear(&running);
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_fit_the_terminal),
        cmocka_unit_test(names_fit_by_columns),
        cmocka_unit_test(nothing_a_terminal_would_act_on),
        cmocka_unit_test(a_picture_begins_and_ends_at_one_place),
        cmocka_unit_test(a_crawl_tells_of_its_hosts),
        cmocka_unit_test(what_waits_is_told),
        cmocka_unit_test(never_wider_than_the_terminal),
        cmocka_unit_test(colours_only_where_wanted),
        cmocka_unit_test(only_the_oldest_are_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
