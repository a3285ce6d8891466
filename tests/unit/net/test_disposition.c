#include "tests/unit/net/unit.h"

#include "net/http/disposition.h"
#include <stdlib.h>
#include <string.h>

#define EURO     "\xe2\x82\xac"
#define A_UMLAUT "\xc3\xa4"

static const struct {
    const char *value;
    const char *name; /* NULL: none */
} cases[] = {
    {"", NULL},
    {"attachment", NULL},
    {"inline; filename=a.txt", "a.txt"},
    {"attachment; filename=a.txt", "a.txt"},
    {"attachment;filename=\"a.txt\"", "a.txt"},
    {"ATTACHMENT ; FileName = \"a.txt\" ; x=y", "a.txt"},
    {"attachment; filename=\"a b.txt\"", "a b.txt"},
    {"attachment; filename=a b.txt ; x", "a b.txt"},
    {"attachment; filename=\"a;b=c.txt\"; size=3", "a;b=c.txt"},
    {"attachment; filename=\"a\\\"b.txt\"", "a\"b.txt"},
    {"attachment; filename=\"a.txt", "a.txt"},
    {"attachment; filename=\"a.txt\\", NULL},
    {"attachment; filename=\"a.txt\"junk; filename=b", "a.txt"},
    {"attachment; filename=", NULL},
    {"attachment; filename=\"\"", NULL},
    {"attachment; filename", NULL},
    {"attachment; xfilename=a; filenamex=b", NULL},
    {"attachment; x=\"filename=a\"", NULL},
    {"filename=a.txt", NULL},
    {"; filename=a.txt", "a.txt"},
    {";;;filename=a.txt;;", "a.txt"},
    /* Several: the first of a kind. */
    {"attachment; filename=a; filename=b", "a"},
    {"attachment; filename=a; filename*=UTF-8''b", "b"},
    {"attachment; filename*=UTF-8''b; filename=a", "b"},
    /* RFC 8187 */
    {"attachment; filename*=UTF-8''%e2%82%ac%20rates", EURO " rates"},
    {"attachment; filename*=utf-8'en'%E2%82%AC", EURO},
    {"attachment; filename*=iso-8859-1''%e4.txt", A_UMLAUT ".txt"},
    {"attachment; filename*=\"UTF-8''a.txt\"", "a.txt"},
    {"attachment; filename=a; filename*=UTF-8''%e2%82", "a"},
    {"attachment; filename=a; filename*=UTF-8''%e", "a"},
    {"attachment; filename=a; filename*=UTF-8''%zz", "a"},
    {"attachment; filename=a; filename*=UTF-8'b", "a"},
    {"attachment; filename=a; filename*=b", "a"},
    {"attachment; filename=a; filename*=koi8-r''%c1", "a"},
    {"attachment; filename=a; filename*=''b", "a"},
    {"attachment; filename*=UTF-8''", NULL},
    {"attachment; filename=%41.txt", "%41.txt"},
    /* The bytes of the plain form. */
    {"attachment; filename=\"" A_UMLAUT ".txt\"", A_UMLAUT ".txt"},
    {"attachment; filename=\"\xe4.txt\"", A_UMLAUT ".txt"},
    /* Paths. */
    {"attachment; filename=\"../../etc/passwd\"", "passwd"},
    {"attachment; filename=\"/etc/passwd\"", "passwd"},
    {"attachment; filename=\"C:\\\\dir\\\\a.txt\"", "a.txt"},
    {"attachment; filename=..\\..\\a.txt", "a.txt"},
    {"attachment; filename*=UTF-8''..%2f..%2fa.txt", "a.txt"},
    {"attachment; filename*=UTF-8''a%5cb", "b"},
    {"attachment; filename=\"a/\"", NULL},
    {"attachment; filename=..", ".."},
    {"attachment; filename*=UTF-8''a%00b", "a_b"},
    {"attachment; filename*=UTF-8''a%0ab", "a\nb"},
};

static void test_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *name;
        assert_int_equal(disposition_file_name(cases[i].value, strlen(cases[i].value), &name), 0);
        if (!name != !cases[i].name || (name && strcmp(name, cases[i].name) != 0))
            fail_msg("%s: %s", cases[i].value, name ? name : "none");
        free(name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
