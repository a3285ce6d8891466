/* wire.h: an entry arrives in a child as it was sent; a message that is cut is refused. */
#include "cmd/get/wire.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void must_parse(struct url *url, const char *text)
{
    const char *why;
    assert_int_equal(url_parse(url, text, strlen(text), &why), 0);
}

static void must_add_mirror(struct details *details, const char *text)
{
    struct url mirror;
    must_parse(&mirror, text);
    assert_int_equal(details_add_mirror(details, &mirror), 0);
}

static struct entry *full_entry(void)
{
    static const char checksum[] = "sha-1=a9993e364706816aba3e25717850c26c9cd0d89d";
    struct entry *entry = calloc(1, sizeof *entry);
    must_parse(&entry->url, "http://me:secret@a.example/f?x");
    entry->name = strdup("dir/f");
    entry->group = strdup("192.0.2.1");
    entry->number = 7;
    entry->leased = true;
    entry->twin = 2;
    entry->past = (struct past){.tries = 1, .attempts = 2, .started = 3, .first_start = 4};
    entry->details = details_new();
    must_add_mirror(entry->details, "http://b.example/f");
    must_add_mirror(entry->details, "ftp://me:other@c.example/f");
    assert_int_equal(details_add_header(entry->details, "A: b", 4), 0);
    assert_int_equal(details_set_header(entry->details, "Referer", "x", 1), 0);
    assert_null(checksum_parse(&entry->details->checksum, checksum, strlen(checksum)));
    return entry;
}

static void entry_arrives(void **state)
{
    (void)state;
    struct wire wire = {0};
    struct entry *sent = full_entry();
    struct entry *entry = calloc(1, sizeof *entry);
    wire_begin(&wire, WIRE_ENTRY);
    wire_put_entry(&wire, sent);
    assert_int_equal(wire_get_entry(&wire, entry), 0);
    assert_int_equal(wire.place, wire.length);
    assert_string_equal(entry->url.text, sent->url.text);
    assert_string_equal(entry->name, "dir/f");
    assert_string_equal(entry_gate(entry), "192.0.2.1");
    assert_int_equal(entry->number, 7);
    assert_true(entry->leased);
    assert_int_equal(entry->twin, 2);
    assert_memory_equal(&entry->past, &sent->past, sizeof entry->past);
    assert_int_equal(entry->details->mirror_count, 2);
    assert_string_equal(entry->details->mirrors[1].text, "ftp://me:other@c.example/f");
    assert_true(checksum_equal(&entry->details->checksum, &sent->details->checksum));
    assert_string_equal(entry->details->headers[0], "A: b");
    assert_string_equal(entry->details->headers[1], "Referer: x");
    assert_null(entry->details->headers[2]);
    wire_clear(&wire);
    entry_free(sent);
    entry_free(entry);
}

static void plain_entry_arrives(void **state)
{
    (void)state;
    struct wire wire = {0};
    struct entry sent = {0};
    struct entry *entry = calloc(1, sizeof *entry);
    must_parse(&sent.url, "http://a.example/");
    wire_begin(&wire, WIRE_ENTRY);
    wire_put_entry(&wire, &sent);
    assert_int_equal(wire_get_entry(&wire, entry), 0);
    assert_null(entry->name);
    assert_string_equal(entry_gate(entry), "a.example:80");
    assert_null(entry->details);
    wire_clear(&wire);
    url_clear(&sent.url);
    entry_free(entry);
}

static void cut_anywhere(void **state)
{
    (void)state;
    struct wire wire = {0};
    struct entry *sent = full_entry();
    wire_begin(&wire, WIRE_ENTRY);
    wire_put_entry(&wire, sent);
    for (size_t length = 0; length < wire.length; length++) {
        struct wire cut = {.body = malloc(length ? length : 1), .length = length};
        struct entry *entry = calloc(1, sizeof *entry);
        memcpy(cut.body, wire.body, length);
        assert_true(wire_get_entry(&cut, entry) < 0);
        entry_free(entry);
        wire_clear(&cut);
    }
    wire_clear(&wire);
    entry_free(sent);
}

/* The last of a kind that may be there once counts. */
static void headers_replace(void **state)
{
    (void)state;
    struct details *details = details_new();
    assert_int_equal(details_set_header(details, "Referer", "one", 3), 0);
    assert_int_equal(details_add_header(details, "X: y", 4), 0);
    assert_int_equal(details_set_header(details, "Referer", "two", 3), 0);
    assert_string_equal(details->headers[0], "X: y");
    assert_string_equal(details->headers[1], "Referer: two");
    assert_null(details->headers[2]);
    char *longest = calloc(1, DETAILS_HEADERS_MAX + 1);
    memset(longest, 'x', DETAILS_HEADERS_MAX);
    assert_int_equal(details_add_header(details, longest, DETAILS_HEADERS_MAX - 15), -E2BIG);
    assert_int_equal(details_add_header(details, longest, DETAILS_HEADERS_MAX - 16), 0);
    assert_int_equal(details_set_header(details, "Referer", "longer", 6), -E2BIG);
    free(longest);
    details_free(details);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entry_arrives),
        cmocka_unit_test(plain_entry_arrives),
        cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(headers_replace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
