/* split_places.h: who is asked for pieces, and whose answers are of the same file. */
#include "cmd/get/split_places.h"
#include "tests/unit/cmd/unit.h"
#include <stdlib.h>
#include <string.h>

#define DATE "Sun, 06 Nov 1994 08:49:37 GMT"

static struct url parsed(const char *text)
{
    struct url url;
    const char *why;
    assert_int_equal(url_parse(&url, text, strlen(text), &why), 0);
    return url;
}

/* A file and two mirrors, one of which has no ranges to compare. */
struct fixture {
    struct entry entry;
    struct split_places places;
};

static void open_fixture(struct fixture *fixture)
{
    static const char *const mirrors[] = {"http://b/", "ftp://c/", "https://d/"};
    struct validators validators = {.etag = "\"v1\"", .last_modified = DATE};
    *fixture = (struct fixture){.entry = {.url = parsed("http://a/"), .details = details_new()}};
    for (size_t i = 0; i < 3; i++) {
        struct url mirror = parsed(mirrors[i]);
        assert_int_equal(details_add_mirror(fixture->entry.details, &mirror), 0);
    }
    const struct url *first = &fixture->entry.url;
    assert_int_equal(split_places_init(&fixture->places, first, TRUST_ALL, &validators, 1000), 0);
    assert_int_equal(split_places_add(&fixture->places, &fixture->entry, first), 0);
}

static void close_fixture(struct fixture *fixture)
{
    split_places_clear(&fixture->places);
    details_free(fixture->entry.details);
    url_clear(&fixture->entry.url);
}

static struct transfer_result answer(const char *etag, const char *last_modified, int64_t total)
{
    struct transfer_result result = {.status = 206, .range = {100, 199, total}};
    strcpy(result.validators.etag, etag);
    strcpy(result.validators.last_modified, last_modified);
    return result;
}

static void by_turns(void **state)
{
    struct fixture fixture;
    (void)state;
    open_fixture(&fixture);
    assert_int_equal(fixture.places.count, 3);
    for (int i = 0; i < 8; i++)
        split_places_choose(&fixture.places)->users++;
    for (int i = 0; i < 3; i++)
        assert_int_equal(fixture.places.list[i].users, 3);
    fixture.places.list[0].dropped = true;
    fixture.places.list[1].dropped = true;
    assert_ptr_equal(split_places_choose(&fixture.places), &fixture.places.list[2]);
    fixture.places.list[2].dropped = true;
    assert_null(split_places_choose(&fixture.places));
    close_fixture(&fixture);
}

static void whom_to_trust(void **state)
{
    struct fixture fixture;
    struct url mirror = parsed("http://a/other");
    (void)state;
    open_fixture(&fixture);
    assert_int_equal(fixture.places.list[1].trust, TRUST_OWN_LOGIN);
    assert_int_equal(fixture.places.list[2].trust, TRUST_OWN_LOGIN);
    assert_int_equal(entry_trust(&fixture.entry, &mirror), TRUST_ALL);
    url_clear(&mirror);
    close_fixture(&fixture);
}

static void the_same_file(void **state)
{
    struct fixture fixture;
    (void)state;
    open_fixture(&fixture);
    struct split_place *mirror = &fixture.places.list[1];
    struct transfer_result result = answer("\"other\"", DATE, 1000);
    assert_true(split_place_fits(&fixture.places, mirror, &result));
    assert_string_equal(mirror->file.validators.etag, "\"other\"");
    result = answer("\"v1\"", "", 1000);
    assert_true(split_place_fits(&fixture.places, mirror, &result));
    close_fixture(&fixture);
}

static void another_file(void **state)
{
    struct fixture fixture;
    (void)state;
    open_fixture(&fixture);
    struct split_place *mirror = &fixture.places.list[1];
    struct transfer_result result = answer("\"other\"", "Mon, 07 Nov 1994 08:49:37 GMT", 1000);
    assert_false(split_place_fits(&fixture.places, mirror, &result));
    result = answer("", "", 1000);
    assert_false(split_place_fits(&fixture.places, mirror, &result));
    result = answer("\"v1\"", DATE, 1001);
    assert_false(split_place_fits(&fixture.places, mirror, &result));
    result.range.total = -1;
    assert_false(split_place_fits(&fixture.places, mirror, &result));
    result = answer("\"v1\"", DATE, 1000);
    result.status = 200;
    assert_false(split_place_fits(&fixture.places, &fixture.places.list[0], &result));
    result.status = 206;
    result.encoded = true;
    assert_false(split_place_fits(&fixture.places, &fixture.places.list[0], &result));
    close_fixture(&fixture);
}

/* Then the checksum will tell. */
static void a_checksum_makes_up_for_validators(void **state)
{
    struct fixture fixture;
    (void)state;
    open_fixture(&fixture);
    fixture.places.checked = true;
    struct transfer_result result = answer("\"other\"", "", 1000);
    assert_true(split_place_fits(&fixture.places, &fixture.places.list[1], &result));
    result.range.total = 999;
    assert_false(split_place_fits(&fixture.places, &fixture.places.list[1], &result));
    close_fixture(&fixture);
}

static void what_is_asked(void **state)
{
    struct fixture fixture;
    struct condition condition;
    (void)state;
    open_fixture(&fixture);
    split_place_condition(&fixture.places.list[0], &condition, 100, 200);
    assert_int_equal(condition.lines.first, 100);
    assert_int_equal(condition.lines.end, 200);
    assert_string_equal(condition.lines.if_range, "\"v1\"");
    split_place_condition(&fixture.places.list[1], &condition, 100, 200);
    assert_null(condition.lines.if_range);
    strcpy(fixture.places.list[0].file.validators.etag, "W/\"v1\"");
    split_place_condition(&fixture.places.list[0], &condition, 100, 200);
    assert_null(condition.lines.if_range);
    close_fixture(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_turns),
        cmocka_unit_test(whom_to_trust),
        cmocka_unit_test(the_same_file),
        cmocka_unit_test(another_file),
        cmocka_unit_test(a_checksum_makes_up_for_validators),
        cmocka_unit_test(what_is_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
