#include "tests/unit/net/unit.h"

#include "net/http/link_header.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The targets of all links with relation "next", each in brackets. */
static const struct {
    const char *field;
    const char *targets;
} cases[] = {
    {"", ""},
    {"<a>", ""},
    {"<a>; rel=next", "[a]"},
    {"<a>;rel=next", "[a]"},
    {"  <a> ; rel = next ", "[a]"},
    {"<a>; rel=\"next\"", "[a]"},
    {"<a>; REL=NeXt", "[a]"},
    {"<a>; rel=\"prev next\"", "[a]"},
    {"<a>; rel=\"  prev\tnext \"", "[a]"},
    {"<a>; rel=\"n\\ext\"", "[a]"},
    {"<a>; rel=nextt", ""},
    {"<a>; rel=nex", ""},
    {"<a>; rel=\"\"", ""},
    {"<a>; rel=", ""},
    {"<a>; rel", ""},
    {"<a>; xrel=next", ""},
    {"<>; rel=next", "[]"},
    {"<a b>; rel=next", "[a b]"},
    /* The first rel counts, and no link about another resource. */
    {"<a>; rel=prev; rel=next", ""},
    {"<a>; rel=next; rel=prev", "[a]"},
    {"<a>; rel=next; anchor=\"#x\"", ""},
    {"<a>; anchor; rel=next", ""},
    {"<a>; title=\"anchor\"; rel=next", "[a]"},
    /* Several. */
    {"<a>; rel=next, <b>; rel=next", "[a][b]"},
    {"<a>; rel=prev, <b>; rel=next", "[b]"},
    {"<a>; rel=next,,,<b>; rel=next,", "[a][b]"},
    {"<a>; rel=next,<b>,<c>; rel=next", "[a][c]"},
    {"<a,b>; rel=next, <c;d>; rel=next", "[a,b][c;d]"},
    {"<a>; title=\"x, <y>; rel=next\"; rel=prev, <b>; rel=next", "[b]"},
    {"<a>; title=\"x\\\", <y>; rel=next\"; rel=prev, <b>; rel=next", "[b]"},
    {"<a>; title*=UTF-8''x%2c; rel=next", "[a]"},
    /* What is no link. */
    {"a; rel=next", ""},
    {"a, <b>; rel=next", "[b]"},
    {"<a; rel=next", ""},
    {"<a; rel=next, <b>; rel=next", "[a; rel=next, <b]"},
    {"a>; rel=next", ""},
    {"<a> rel=next", ""},
    {"<a> junk; rel=next, <b>; rel=next", "[b]"},
    {"<a>; rel=\"next", "[a]"},
    {"<a>; rel=\"next\\", ""},
    {"<a>; rel=\"next\"junk; x=y, <b>; rel=next", "[a][b]"},
    {"<a>; ; ;;rel=next", "[a]"},
    {"<a>; =next; rel=next", "[a]"},
    {"<", ""},
    {"<>", ""},
    {";", ""},
    {",", ""},
    {"<a>;", ""},
    {"<a>; \"", ""},
};

static void test_relations(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct link_text field = {cases[i].field, strlen(cases[i].field)};
        struct link link;
        char targets[200] = "";
        while (link_next(&field, &link))
            if (link_relates(&link, "next"))
                snprintf(targets + strlen(targets), sizeof targets - strlen(targets), "[%.*s]",
                         (int)link.target.length, link.target.at);
        if (strcmp(targets, cases[i].targets) != 0)
            fail_msg("%s: %s", cases[i].field, targets);
    }
}

static struct link first_of(const char *text)
{
    struct link_text field = {text, strlen(text)};
    struct link link;
    assert_true(link_next(&field, &link));
    return link;
}

static void test_parameters(void **state)
{
    struct link link =
        first_of("<a>; pri=1; Title=\"x \\\"y\\\" z\"; empty=\"\"; bare; pri=2; geo=gb");
    char value[8];
    (void)state;
    assert_true(link_parameter(&link, "pri", value, sizeof value));
    assert_string_equal(value, "1");
    assert_true(link_parameter(&link, "GEO", value, sizeof value));
    assert_string_equal(value, "gb");
    assert_true(link_parameter(&link, "title", value, sizeof value));
    assert_string_equal(value, "x \"y\" z");
    assert_true(link_parameter(&link, "title", value, 4));
    assert_string_equal(value, "x \"");
    assert_true(link_parameter(&link, "title", value, 1));
    assert_string_equal(value, "");
    assert_true(link_parameter(&link, "empty", value, sizeof value));
    assert_string_equal(value, "");
    assert_false(link_parameter(&link, "bare", value, sizeof value));
    assert_false(link_parameter(&link, "other", value, sizeof value));
    assert_string_equal(value, "");
}

/* Time grows with the field's length, not with its square. */
static void test_many_links(void **state)
{
    static const char one[] = "<http://127.0.0.1/>; a=b; rel=x,";
    size_t step = sizeof one - 1, count = 100000, found = 0;
    char *text = malloc(step * count);
    (void)state;
    assert_non_null(text);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * step, one, step);
    struct link_text field = {text, step * count};
    struct link link;
    while (link_next(&field, &link))
        found += link_relates(&link, "x");
    assert_int_equal(found, count);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_relations),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_many_links),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
