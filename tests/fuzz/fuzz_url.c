/* A URL, or a base and a reference with a newline between. */
#include "net/url/parser.h"
#include "net/url/url.h"
#include "tests/fuzz/fuzz.h"
#include <arpa/inet.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <string.h>

static void check_parts(const struct url *url)
{
    struct in_addr v4;
    MUST(strncmp(url->text, url->scheme, strlen(url->scheme)) == 0);
    MUST(url->host[0] != '\0');
    MUST(strpbrk(url->host, "/?#@[]\\ \t\r\n") == NULL);
    MUST(url->path[0] == '/');
    MUST(strpbrk(url->path, "?# \t\r\n") == NULL);
    MUST(!url->query || (url->query[0] && strpbrk(url->query, "# \t\r\n") == NULL));
    MUST(url->port >= 1 && url->port <= 65535);
    /* Nothing that is not written as an address is read as one by an old resolver. */
    MUST(url->host_is_ip || !inet_aton(url->host, &v4));
}

/* What we wrote is read as the same. */
static void check_again(const struct url *url)
{
    struct url again;
    const char *why = NULL;
    if (url_parse(&again, url->text, strlen(url->text), &why)) {
        MUST(strlen(url->text) > URL_LENGTH_MAX); /* encoding made it longer */
        return;
    }
    MUST(strcmp(again.host_key, url->host_key) == 0);
    MUST(url_same_origin(&again, url));
    url_clear(&again);
}

/* What the parser remembers of a URL makes no difference to it, nor to one with a plain path. */
static void check_parser(const char *text, size_t length, const struct url *expected)
{
    struct url_parser parser = {0};
    const char *why = NULL;
    for (int i = 0; i < 2; i++) {
        struct url url;
        MUST(url_parser_parse(&parser, &url, text, length, &why) == 0);
        MUST(strcmp(url.text, expected->text) == 0);
        MUST(strcmp(url.path, expected->path) == 0);
        MUST(strcmp(url.host_key, expected->host_key) == 0);
        MUST(!url.query == !expected->query);
        MUST(url.has_credentials == expected->has_credentials);
        url_clear(&url);
    }
    url_parser_clear(&parser);
}

static void check(struct url *url)
{
    check_parts(url);
    check_again(url);
    char *redacted = url_redacted(url);
    MUST(redacted);
    free(redacted);
    url_clear(url);
}

/* So that international names are converted. */
static void use_utf8(void)
{
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct url base;
    struct url url;
    const char *why = NULL;
    const uint8_t *newline = size ? memchr(data, '\n', size) : NULL;
    size_t first = newline ? (size_t)(newline - data) : size;
    use_utf8();
    int error = url_parse(&base, (const char *)data, first, &why);
    MUST(error == 0 || ((error == -EINVAL || error == -EPROTONOSUPPORT) && why));
    if (error)
        return 0;
    check_parser((const char *)data, first, &base);
    if (newline) {
        char *reference = strndup((const char *)newline + 1, size - first - 1);
        if (!url_join(&url, &base, reference, &why))
            check(&url);
        free(reference);
    }
    check(&base);
    return 0;
}
