/* lane.h: whatever comes, goes and is read in between, each URL of a host is leased once, in order,
 * and with few in memory. A model plays the disk. */
#include "cmd/crawl/lane.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 4, URLS = 300, ROUNDS = 300, IN_FLIGHT = 3 };

/* What is on disk: in order of coming. */
struct model {
    struct url_row rows[URLS];
    bool there[URLS];
    unsigned leased[URLS];
    unsigned count;
};

static unsigned random_state;

static unsigned chance(unsigned below)
{
    random_state = random_state * 1103515245 + 12345;
    return (random_state >> 16) % below;
}

static void offer(struct lane *lane, struct model *model, unsigned ranks)
{
    char text[16];
    struct url_row row = {
        .place = {.rank = chance(ranks), .number = model->count + 1},
        .referrer = model->count,
    };
    row.length = (uint32_t)snprintf(text, sizeof text, "/%u", model->count);
    model->rows[model->count] = row;
    model->there[model->count++] = true;
    assert_true(lane_offer(lane, &row, text, MOST) >= 0);
    assert_in_range(lane->waiting, 0, MOST + 2 * IN_FLIGHT);
}

/* As the database: up to `limit` behind `after`, in order. */
static void read_rows(const struct model *model, struct url_place after, unsigned limit,
                      struct url_rows *rows)
{
    struct url_rows all = {0};
    for (unsigned i = 0; i < model->count; i++) {
        char text[16];
        struct url_row row = model->rows[i];
        row.length = (uint32_t)snprintf(text, sizeof text, "/%u", i);
        if (model->there[i] && place_before(after, row.place))
            assert_int_equal(url_rows_add(&all, &row, text), 0);
    }
    url_rows_sort(&all);
    for (size_t i = 0; i < all.count && i < limit; i++)
        assert_int_equal(url_rows_add(rows, &all.rows[i], url_rows_text(&all, &all.rows[i])), 0);
    url_rows_free(&all);
}

struct play {
    struct model model;
    struct lane *lane;
    struct lane_url *leased[IN_FLIGHT];
    unsigned leased_count;
    struct url_rows rows; /* what was read */
    unsigned asked;
    unsigned done;
};

static void take(struct play *play)
{
    char expected[32];
    struct lane_url *url = lane_take(play->lane);
    unsigned number = (unsigned)url->lease.link.referrer;
    snprintf(expected, sizeof expected, "https://h.test/%u", number);
    assert_string_equal(url->lease.link.text, expected);
    assert_int_equal(url->lease.link.length, strlen(expected));
    assert_true(play->model.there[number]);
    assert_int_equal(play->model.leased[number]++, 0);
    /* Nothing that waits is to be done before it. */
    for (unsigned i = 0; i < play->model.count; i++)
        if (play->model.there[i] && !play->model.leased[i])
            assert_true(place_before(url->place, play->model.rows[i].place));
    play->leased[play->leased_count++] = url;
}

static void end(struct play *play)
{
    unsigned which = chance(play->leased_count);
    struct lane_url *url = play->leased[which];
    unsigned number = (unsigned)url->lease.link.referrer;
    play->leased[which] = play->leased[--play->leased_count];
    if (chance(5) == 0) {
        play->model.leased[number] = 0;
        lane_return(url);
        return;
    }
    play->model.there[number] = false;
    play->done++;
    lane_end(url);
}

static void begin_reading(struct play *play)
{
    struct lane *lane = play->lane;
    url_rows_empty(&play->rows);
    play->asked = lane_read_count(lane, MOST);
    read_rows(&play->model, lane->until, play->asked, &play->rows);
    lane->reading = true;
}

static void step(struct play *play, unsigned ranks, unsigned pushes)
{
    struct lane *lane = play->lane;
    unsigned what = chance(10);
    if (what < pushes && play->model.count < URLS)
        offer(lane, &play->model, ranks);
    else if (what < 6 && lane->waiting > 0 && play->leased_count < IN_FLIGHT)
        take(play);
    else if (what < 8 && play->leased_count > 0)
        end(play);
    else if (lane->reading)
        assert_true(lane_fill(lane, &play->rows, 0, play->rows.count, play->asked) >= 0);
    else if (lane->more && (lane_wants_more(lane, MOST) || lane->waiting < MOST))
        begin_reading(play);
}

static void test_any_order_of_things(void **state)
{
    (void)state;
    for (unsigned round = 1; round <= ROUNDS; round++) {
        struct play play = {.lane = lane_new(1, "h.test:443")};
        assert_non_null(play.lane);
        random_state = round;
        for (unsigned i = 0; play.done < URLS; i++) {
            step(&play, 1 + round % 4, 1 + round % 5);
            assert_true(i < 100 * URLS);
        }
        while (play.lane->reading || play.lane->more)
            step(&play, 1, 0);
        assert_true(lane_is_empty(play.lane));
        url_rows_free(&play.rows);
        lane_free(play.lane);
    }
}

static void expect_origin(const char *key, const char *expected)
{
    char origin[HOST_KEY_SIZE + 16];
    size_t length = lane_origin(key, origin);
    assert_int_equal(length, strlen(expected));
    assert_memory_equal(origin, expected, length);
}

static void test_origins(void **state)
{
    (void)state;
    expect_origin("h.test:443", "https://h.test");
    expect_origin("h.test:80", "http://h.test");
    expect_origin("h.test:21", "ftp://h.test");
    expect_origin("h.test:8080", "http://h.test:8080");
    expect_origin("[::1]:80", "http://[::1]");
    expect_origin("[::1]:81", "http://[::1]:81");
}

/* What does not begin with the origin is kept whole. */
static void test_texts(void **state)
{
    (void)state;
    static const char *const urls[] = {"http://h.test/", "http://h.test/a?b", "https://h.test:80/",
                                       "http://user@h.test/", "http://h.testament/"};
    static const char *const kept[] = {"/", "/a?b", "https://h.test:80/", "http://user@h.test/",
                                       "http://h.testament/"};
    struct lane *lane = lane_new(1, "h.test:80");
    for (unsigned i = 0; i < sizeof urls / sizeof *urls; i++) {
        char origin[HOST_KEY_SIZE + 16];
        struct url_row row = {.place.number = i + 1, .tries = i};
        size_t length = lane_origin("h.test:80", origin);
        const char *text = lane_shorten(origin, length, urls[i], strlen(urls[i]), &row);
        assert_int_equal(row.length, strlen(kept[i]));
        assert_string_equal(text, kept[i]);
        assert_int_equal(lane_offer(lane, &row, text, 64), 1);
        struct lane_url *url = lane_take(lane);
        assert_string_equal(url->lease.link.text, urls[i]);
        assert_int_equal(url->lease.tries, i);
        assert_string_equal(url->lease.host_key, "h.test:80");
        lane_end(url);
    }
    lane_free(lane);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_order_of_things),
        cmocka_unit_test(test_origins),
        cmocka_unit_test(test_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
