/* pieces.h: how a file is cut, who takes what when, and what is written down of it. No clock is
 * looked at: the tests say what time it is. */
#include "cmd/get/pieces.h"
#include "engine/deadline.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MEGA ((int64_t)10 * 100000) /* a million: rates are cut in tenths */

static void check_text(const struct pieces *pieces, const char *expected)
{
    char *text = pieces_text(pieces);
    assert_non_null(text);
    assert_string_equal(text, expected);
    free(text);
}

/* All that arrives is on the disk at once. */
static int64_t bring(struct piece *piece, int64_t size, int64_t now)
{
    int64_t taken = piece_arrive(piece, size, now);
    piece->written = piece->arrived;
    return taken;
}

static void even_shares(void **state)
{
    (void)state;
    for (size_t wanted = 1; wanted <= 16; wanted++) {
        struct pieces pieces;
        struct piece *piece;
        size_t count = 0;
        assert_int_equal(pieces_init(&pieces, 640 * MEGA + 5), 0);
        assert_int_equal(pieces_divide(&pieces, wanted, 20 * MEGA), 0);
        while ((piece = pieces_take(&pieces, 0, 1))) {
            int64_t size = piece->end - piece->first;
            assert_in_range(size - 640 * MEGA / (int64_t)wanted + 16, 0, 32);
            count++;
        }
        assert_int_equal(count, wanted);
        pieces_clear(&pieces);
    }
}

static void no_small_shares(void **state)
{
    struct pieces pieces;
    (void)state;
    assert_int_equal(pieces_init(&pieces, 59 * MEGA), 0);
    assert_int_equal(pieces_divide(&pieces, 8, 20 * MEGA), 0);
    assert_int_equal(pieces.count, 2);
    pieces_clear(&pieces);
    assert_int_equal(pieces_init(&pieces, 39 * MEGA), 0);
    assert_int_equal(pieces_divide(&pieces, 8, 20 * MEGA), 0);
    assert_int_equal(pieces.count, 1);
    pieces_clear(&pieces);
}

/* What a killed run left is cut again: the long gap in several, the short one not at all. */
static void gaps_are_cut(void **state)
{
    static const char there[] = "0-99,500-599,620-699";
    struct pieces pieces;
    (void)state;
    assert_int_equal(pieces_parse(&pieces, 1000, there, strlen(there)), 0);
    check_text(&pieces, there);
    assert_int_equal(pieces_missing(&pieces), 400 + 20 + 300);
    assert_int_equal(pieces_divide(&pieces, 7, 10), 0);
    assert_int_equal(pieces.count, 4 + 1 + 3);
    struct piece *first = pieces_take(&pieces, 0, 1);
    assert_int_equal(first->arrived, 100);
    assert_int_equal(first->end, 200);
    check_text(&pieces, there);
    pieces_clear(&pieces);
}

static void neighbours_become_one(void **state)
{
    struct pieces pieces;
    struct piece *taken[4];
    (void)state;
    assert_int_equal(pieces_init(&pieces, 400), 0);
    assert_int_equal(pieces_divide(&pieces, 4, 1), 0);
    for (int i = 0; i < 4; i++)
        assert_non_null(taken[i] = pieces_take(&pieces, 0, 1));
    assert_null(pieces_take(&pieces, 0, 2));
    assert_int_equal(bring(taken[1], 1000, 2), taken[2]->first - taken[1]->first);
    bring(taken[3], 10, 2);
    check_text(&pieces, "100-199,300-309");
    pieces_release(&pieces, taken[1]);
    bring(taken[0], 1000, 2);
    pieces_release(&pieces, taken[0]);
    check_text(&pieces, "0-199,300-309");
    assert_int_equal(pieces.count, 3);
    bring(taken[2], 1000, 2);
    pieces_release(&pieces, taken[2]);
    check_text(&pieces, "0-309");
    bring(taken[3], 1000, 2);
    pieces_release(&pieces, taken[3]);
    assert_int_equal(pieces.count, 1);
    check_text(&pieces, "0-399");
    assert_int_equal(pieces_missing(&pieces), 0);
    pieces_clear(&pieces);
}

/* What had arrived but not been written when its owner failed is brought again. */
static void a_failed_piece_is_taken_again(void **state)
{
    struct pieces pieces;
    (void)state;
    assert_int_equal(pieces_init(&pieces, 1000), 0);
    struct piece *piece = pieces_take(&pieces, 0, 1);
    assert_int_equal(piece_arrive(piece, 300, 2), 300);
    piece->written = 200;
    pieces_release(&pieces, piece);
    piece = pieces_take(&pieces, 0, 3);
    assert_int_equal(piece->arrived, 200);
    pieces_clear(&pieces);
}

/* Two seconds of a piece at `rate` bytes a second. */
static void run(struct piece *piece, int64_t rate, int64_t *now)
{
    for (int i = 0; i < 20; i++) {
        *now += NSEC_PER_SEC / 10;
        if (rate)
            bring(piece, rate / 10, *now);
    }
}

static void the_slow_end_is_divided(void **state)
{
    struct pieces pieces;
    int64_t now = 1;
    (void)state;
    assert_int_equal(pieces_init(&pieces, 100 * MEGA), 0);
    struct piece *slow = pieces_take(&pieces, 0, now);
    run(slow, MEGA, &now);
    /* Three times as fast: three quarters of what is left. */
    struct piece *end = pieces_take(&pieces, 3.0 * MEGA, now);
    assert_non_null(end);
    int64_t left = 100 * MEGA - slow->arrived;
    assert_in_range((slow->end - slow->arrived) * 100 / left, 24, 26);
    assert_int_equal(end->first, slow->end);
    assert_int_equal(end->end, 100 * MEGA);
    /* Its owner meets the new end. */
    assert_int_equal(bring(slow, 200 * MEGA, now), end->first - 2 * MEGA);
    pieces_clear(&pieces);
}

static void one_that_stands_still_loses_all(void **state)
{
    struct pieces pieces;
    int64_t now = 1;
    (void)state;
    assert_int_equal(pieces_init(&pieces, 10 * MEGA), 0);
    struct piece *dead = pieces_take(&pieces, 0, now);
    bring(dead, MEGA, now);
    assert_null(pieces_take(&pieces, MEGA, now));
    run(dead, 0, &now);
    run(dead, 0, &now);
    run(dead, 0, &now);
    run(dead, 0, &now);
    struct piece *rest = pieces_take(&pieces, MEGA, now);
    assert_non_null(rest);
    assert_int_equal(rest->first, MEGA);
    assert_int_equal(dead->end, MEGA);
    assert_int_equal(bring(dead, 5, now), 0);
    bring(rest, 10 * MEGA, now);
    pieces_release(&pieces, rest);
    pieces_release(&pieces, dead);
    check_text(&pieces, "0-9999999");
    pieces_clear(&pieces);
}

/* What ends within a second, or is hardly more than a request, is left alone. */
static void not_worth_it(void **state)
{
    struct pieces pieces;
    int64_t now = 1;
    (void)state;
    assert_int_equal(pieces_init(&pieces, 20 * MEGA), 0);
    struct piece *piece = pieces_take(&pieces, 0, now);
    run(piece, 9 * MEGA, &now);
    assert_int_equal(pieces_missing(&pieces), 2 * MEGA);
    assert_null(pieces_take(&pieces, 9.0 * MEGA, now));
    run(piece, MEGA - 40000, &now);
    run(piece, 0, &now);
    assert_in_range(pieces_missing(&pieces), 1, 2 * PIECE_WORTH_BYTES - 1);
    assert_null(pieces_take(&pieces, 9.0 * MEGA, now));
    pieces_clear(&pieces);
}

static void records_that_are_wrong(void **state)
{
    static const char *const wrong[] = {
        "0",
        "0-",
        "-1",
        "1-0",
        "0-1,",
        "0-1,1-2",
        "0-1,0-3",
        "5-6,2-3",
        "0-1000",
        "0-1,9-1000",
        "0-1;3-4",
        " 0-1",
        "0-99999999999999999999",
        "0-1,2-3",
        "a",
    };
    struct pieces pieces;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (pieces_parse(&pieces, 1000, wrong[i], strlen(wrong[i])) != -EINVAL)
            fail_msg("taken: %s", wrong[i]);
    assert_int_equal(pieces_parse(&pieces, 1000, "", 0), 0);
    assert_int_equal(pieces.count, 1);
    pieces_clear(&pieces);
    assert_int_equal(pieces_parse(&pieces, 1000, "990-999", 7), 0);
    check_text(&pieces, "990-999");
    pieces_clear(&pieces);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(even_shares),
        cmocka_unit_test(no_small_shares),
        cmocka_unit_test(gaps_are_cut),
        cmocka_unit_test(neighbours_become_one),
        cmocka_unit_test(a_failed_piece_is_taken_again),
        cmocka_unit_test(the_slow_end_is_divided),
        cmocka_unit_test(one_that_stands_still_loses_all),
        cmocka_unit_test(not_worth_it),
        cmocka_unit_test(records_that_are_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
