/* request.h: what is a request, what is refused, and that no byte beyond the given ones is read. */
#include "tests/origin/request.h"
#include "tests/unit/net/unit.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Parses a copy in a block of exactly its size, where a sanitizer sees one byte too many. The
 * results must be used before the next call. */
static ssize_t parse_bytes(const char *data, size_t size, struct request *request)
{
    static char *block;
    free(block);
    block = NULL;
    if (!data)
        return 0;
    block = malloc(size ? size : 1);
    assert_non_null(block);
    memcpy(block, data, size);
    return request_parse(block, size, request);
}

static ssize_t parse(const char *text, struct request *request)
{
    return parse_bytes(text, strlen(text), request);
}

static int forget_block(void **state)
{
    struct request request;
    (void)state;
    return (int)parse_bytes(NULL, 0, &request);
}

static void assert_span(struct span span, const char *text)
{
    if (!span_is(span, text))
        fail_msg("\"%.*s\" is not \"%s\"", (int)span.size, span.data, text);
}

static void usual(void **state)
{
    static const char text[] = "GET /a/b.bin?x=1&y=2 HTTP/1.1\r\nHost: h:8081\r\nAccept:  */* \r\n"
                               "Empty:\r\n\r\nGET /next";
    struct request request;
    (void)state;
    assert_int_equal(parse(text, &request), strlen(text) - strlen("GET /next"));
    assert_span(request.method, "GET");
    assert_span(request.target, "/a/b.bin?x=1&y=2");
    assert_span(request.path, "/a/b.bin");
    assert_span(request.query, "x=1&y=2");
    assert_span(request.host, "h:8081");
    assert_span(request_header(&request, "ACCEPT"), "*/*");
    assert_span(request_header(&request, "empty"), "");
    assert_null(request_header(&request, "absent").data);
    assert_int_equal(request.header_count, 3);
    assert_int_equal(request.minor, 1);
    assert_true(request.keep_alive);
    assert_false(request.has_body);
}

static void targets(void **state)
{
    static const struct {
        const char *line;
        const char *path;
        const char *query;
    } cases[] = {
        {"GET / HTTP/1.0", "/", ""},
        {"GET /? HTTP/1.0", "/", ""},
        {"GET /a?b?c HTTP/1.0", "/a", "b?c"},
        {"GET //a HTTP/1.0", "//a", ""},
        {"GET http://h/ HTTP/1.0", "/", ""},
        {"GET http://h:1/a/b?c HTTP/1.0", "/a/b", "c"},
        {"GET /caf\xc3\xa9 HTTP/1.0", "/caf\xc3\xa9", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct request request;
        char text[100];
        snprintf(text, sizeof(text), "%s\r\n\r\n", cases[i].line);
        assert_int_equal(parse(text, &request), strlen(text));
        assert_span(request.path, cases[i].path);
        assert_span(request.query, cases[i].query);
    }
}

static void connections(void **state)
{
    static const struct {
        const char *text;
        bool keep_alive;
        bool has_body;
    } cases[] = {
        {"GET / HTTP/1.1\r\nHost:\r\n\r\n", true, false},
        {"GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n", false, false},
        {"GET / HTTP/1.1\r\nHost:\r\nConnection: TE , Close\r\n\r\n", false, false},
        {"GET / HTTP/1.1\r\nHost:\r\nConnection: closed\r\n\r\n", true, false},
        {"GET / HTTP/1.0\r\n\r\n", false, false},
        {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true, false},
        {"GET / HTTP/1.1\r\nHost:\r\nContent-Length: 0\r\n\r\n", true, false},
        {"GET / HTTP/1.1\r\nHost:\r\nContent-Length: 5\r\n\r\n", true, true},
        {"GET / HTTP/1.1\r\nHost:\r\nTransfer-Encoding: chunked\r\n\r\n", true, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct request request;
        assert_int_equal(parse(cases[i].text, &request), strlen(cases[i].text));
        assert_int_equal(request.keep_alive, cases[i].keep_alive);
        assert_int_equal(request.has_body, cases[i].has_body);
    }
}

static void every_beginning_waits(void **state)
{
    static const char text[] = "GET /a?b HTTP/1.1\r\nHost: h\r\nA: b\r\n\r\n";
    struct request request;
    (void)state;
    for (size_t size = 0; size < sizeof(text) - 1; size++)
        assert_int_equal(parse_bytes(text, size, &request), -EAGAIN);
    assert_int_equal(parse_bytes(text, sizeof(text) - 1, &request), sizeof(text) - 1);
}

static void nonsense(void **state)
{
    static const char *const cases[] = {
        "\r\n\r\n",
        "GET\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n", /* no Host */
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.2\r\nHost: h\r\n\r\n",
        "GET / HTTP/2.0\r\nHost: h\r\n\r\n",
        "GET / http/1.1\r\nHost: h\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1 \r\nHost: h\r\n\r\n",
        "G(T / HTTP/1.1\r\nHost: h\r\n\r\n",
        " GET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET a HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET http://h HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET https://h/ HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /\x01 HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET /\x7f HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\n: no name\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nA : blank before the colon\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nA: \x01\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nA: b\rc\r\n\r\n",
        "GET / HTTP/1.1\nHost: h\n\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\nA: b\r\n\r\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct request request;
        ssize_t result = parse(cases[i], &request);
        if (result != -EBADMSG)
            fail_msg("%zd for \"%s\"", result, cases[i]);
    }
}

static void zero_bytes(void **state)
{
    static const char path[] = "GET /a\0b HTTP/1.1\r\nHost: h\r\n\r\n";
    static const char value[] = "GET / HTTP/1.1\r\nHost: h\r\nA: b\0c\r\n\r\n";
    struct request request;
    (void)state;
    assert_int_equal(parse_bytes(path, sizeof(path) - 1, &request), -EBADMSG);
    assert_int_equal(parse_bytes(value, sizeof(value) - 1, &request), -EBADMSG);
}

static void too_many_headers(void **state)
{
    char text[4096];
    struct request request;
    (void)state;
    size_t size = (size_t)snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: h\r\n");
    for (int i = 1; i < REQUEST_HEADERS_MAX; i++)
        size += (size_t)snprintf(text + size, sizeof(text) - size, "A: b\r\n");
    snprintf(text + size, sizeof(text) - size, "\r\n");
    assert_int_equal(parse(text, &request), strlen(text));
    snprintf(text + size, sizeof(text) - size, "A: b\r\n\r\n");
    assert_int_equal(parse(text, &request), -EMSGSIZE);
}

static void too_large(void **state)
{
    static char text[REQUEST_SIZE_MAX + 100] = "GET /";
    struct request request;
    (void)state;
    memset(text + 5, 'a', sizeof(text) - 5);
    assert_int_equal(parse_bytes(text, REQUEST_SIZE_MAX - 1, &request), -EAGAIN);
    assert_int_equal(parse_bytes(text, REQUEST_SIZE_MAX, &request), -EMSGSIZE);
    /* A blank line that comes too late does not help. */
    snprintf(text + REQUEST_SIZE_MAX, sizeof(text) - REQUEST_SIZE_MAX, "\r\n\r\n");
    assert_int_equal(parse_bytes(text, sizeof(text), &request), -EMSGSIZE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual),
        cmocka_unit_test(targets),
        cmocka_unit_test(connections),
        cmocka_unit_test(every_beginning_waits),
        cmocka_unit_test(nonsense),
        cmocka_unit_test(zero_bytes),
        cmocka_unit_test(too_many_headers),
        cmocka_unit_test(too_large),
    };
    int (*teardown)(void **) = forget_block;
    return cmocka_run_group_tests(tests, NULL, teardown);
}
