/* A base and a reference with a NUL between. */
#include "net/url/resolve.h"
#include "net/url/url.h"
#include "tests/fuzz/fuzz.h"
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <string.h>

/* url_parse() and url_resolve() have nothing to change in what url_resolve() made. */
static void check_canonical(const struct url_resolved *result)
{
    struct url_resolver fresh = {0};
    struct url_resolved again;
    struct url url;
    const char *why = NULL;
    MUST(url_parse(&url, result->text, result->length, &why) == 0);
    MUST(strcmp(url.text, result->text) == 0);
    MUST(url.port == result->port && strlen(url.path) == result->path_length);
    url_clear(&url);
    MUST(url_resolve(&fresh, &again, result->text, result->length, &why) == 0);
    MUST(strcmp(again.text, result->text) == 0);
    MUST(!again.fragment && again.port == result->port && again.host == result->host &&
         again.host_length == result->host_length && again.path == result->path &&
         again.path_length == result->path_length && again.query == result->query &&
         again.authority == result->authority && again.scheme_length == result->scheme_length);
    url_resolver_clear(&fresh);
}

static void check_resolve(struct url_resolver *resolver, const char *text, size_t size)
{
    struct url_resolved result;
    const char *why = NULL;
    int error = url_resolve(resolver, &result, text, size, &why);
    MUST(error == 0 || error == URL_OTHER_SCHEME || (error == -EINVAL && why));
    if (error)
        return;
    MUST(strlen(result.text) == result.length && result.length <= URL_LENGTH_MAX);
    check_canonical(&result);
    /* Against itself as the base it is itself. */
    char *own = strdup(result.text);
    MUST(url_resolve(resolver, &result, own, strlen(own), &why) == 0 || strchr(own, '%'));
    free(own);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct url_resolver resolver = {0};
    const char *why = NULL;
    const uint8_t *nul = size ? memchr(data, '\0', size) : NULL;
    size_t first = nul ? (size_t)(nul - data) : size;
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8"); /* so that international names are converted */
    check_resolve(&resolver, (const char *)data, first);
    if (nul && !url_resolver_set_base(&resolver, (const char *)data, first, &why))
        check_resolve(&resolver, (const char *)nul + 1, size - first - 1);
    url_resolver_clear(&resolver);
    return 0;
}
