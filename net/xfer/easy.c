#include "net/xfer/easy.h"
#include "net/xfer/core.h"
#include "net/xfer/login.h"
#include "net/xfer/own_headers.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* libcurl also caches each IP literal that it connects to, and FTP's data connections, under keys
 * that nobody takes back. After so many the cache is swept. */
#define SWEEP_INTERVAL 1024
#define SWEEP_AGE_S    1L

static void easy_free(struct easy *easy)
{
    if (!easy)
        return;
    curl_easy_cleanup(easy->handle);
    free(easy);
}

static int easy_new(struct easy **made, struct client *client, const char **why)
{
    struct easy *easy = calloc(1, sizeof *easy);
    if (!easy)
        return -ENOMEM;
    easy->handle = curl_easy_init();
    if (!easy->handle) {
        free(easy);
        return -ENOMEM;
    }

    CURLcode code = easy_set_up(easy, client, why);
    if (code != CURLE_OK) {
        easy_free(easy);
        return code == CURLE_OUT_OF_MEMORY ? -ENOMEM : -EINVAL;
    }
    *made = easy;
    return 0;
}

static int headers_build(struct easy_pool *pool, const char *const *lines, const char **why)
{
    for (; lines && *lines; lines++) {
        if (strpbrk(*lines, "\r\n")) {
            *why = "-H: a header cannot contain a line break";
            return -EINVAL;
        }
        struct curl_slist *longer = curl_slist_append(pool->headers, *lines);
        if (!longer)
            return -ENOMEM;
        pool->headers = longer;
        if (header_is_credential(*lines))
            continue;
        longer = curl_slist_append(pool->plain_headers, *lines);
        if (!longer)
            return -ENOMEM;
        pool->plain_headers = longer;
    }
    return 0;
}

int easy_pool_init(struct easy_pool *pool, struct client *client, const char **why)
{
    *pool = (struct easy_pool){0};
    int error = headers_build(pool, client->options->headers, why);
    if (!error)
        error = easy_new(&pool->free, client, why);
    if (error)
        easy_pool_free(pool);
    return error;
}

void easy_pool_free(struct easy_pool *pool)
{
    while (pool->free) {
        struct easy *easy = pool->free;
        pool->free = easy->next;
        easy_free(easy);
    }
    curl_slist_free_all(pool->headers);
    curl_slist_free_all(pool->plain_headers);
    *pool = (struct easy_pool){0};
}

/* The handle spares libcurl a parse, and the text beside it spares 7.88 to make one from the
 * handle; without, it would go on with the text of the previous transfer. */
static CURLcode easy_set_url(struct easy *easy, const struct transfer_request *request)
{
    CURL *handle = easy->handle;
    CURLU *parsed = request->url->parsed;
    const char *text = request->url->text;
    CURLcode code = CURLE_OK;

    if (request->url->has_credentials && !request->send_credentials && !request->send_own_login) {
        easy->stripped = curl_url_dup(parsed);
        if (!easy->stripped || curl_url_set(easy->stripped, CURLUPART_USER, NULL, 0) ||
            curl_url_set(easy->stripped, CURLUPART_PASSWORD, NULL, 0))
            return CURLE_OUT_OF_MEMORY;
        parsed = easy->stripped;
        text = NULL;
    }
    SET(CURLOPT_URL, text);
    SET(CURLOPT_CURLU, parsed);
    return code;
}

static struct curl_slist *easy_pool_headers(const struct easy_pool *pool, bool credentials)
{
    return credentials ? pool->headers : pool->plain_headers;
}

/* What only the first origin gets. A client certificate is shown to whoever asks for one, so it is
 * a credential too; libcurl keeps connections with it and without it apart. */
static CURLcode easy_set_credentials(struct easy *easy, struct client *client, bool wanted)
{
    const struct transfer_options *options = client->options;
    CURL *handle = easy->handle;
    CURLcode code = CURLE_OK;

    if (easy->credentials == wanted)
        return CURLE_OK;
    if (client->easies.headers)
        SET(CURLOPT_HTTPHEADER, easy_pool_headers(&client->easies, wanted));
    if (options->user)
        SET(CURLOPT_USERPWD, wanted ? options->user : NULL);
    if (options->cookie)
        SET(CURLOPT_COOKIE, wanted ? options->cookie : NULL);
    if (options->certificate) {
        SET(CURLOPT_SSLCERT, wanted ? options->certificate : NULL);
        SET(CURLOPT_SSLKEY, wanted ? options->key : NULL);
        SET(CURLOPT_KEYPASSWD, wanted ? options->key_password : NULL);
    }
    easy->credentials = wanted;
    return code;
}

static CURLcode easy_set_login(struct easy *easy, const struct transfer *transfer)
{
    const struct transfer_options *options = transfer->client->options;
    const struct netrc_login *login = login_choose(options, transfer->request);
    CURL *handle = easy->handle;
    CURLcode code = CURLE_OK;

    if (login) {
        SET(CURLOPT_USERNAME, login->user ? login->user : "");
        SET(CURLOPT_PASSWORD, login->password);
    } else if (easy->login) {
        SET(CURLOPT_USERPWD, easy->credentials ? options->user : NULL);
    }
    easy->login = login;
    return code;
}

/* -z. libcurl looks at the times of answers itself, where servers do not. */
static CURLcode easy_set_time_condition(struct easy *easy, const struct transfer *transfer)
{
    const struct transfer_options *options = transfer->client->options;
    bool timed = options->time_condition != TIME_ANY && !transfer->request->condition;
    bool since = options->time_condition == TIME_MODIFIED_SINCE;
    CURL *handle = easy->handle;
    CURLcode code = CURLE_OK;

    if (easy->timed == timed)
        return CURLE_OK;
    SET(CURLOPT_TIMEVALUE_LARGE, (curl_off_t)options->time_value);
    SET(CURLOPT_TIMECONDITION, !timed  ? (long)CURL_TIMECOND_NONE
                               : since ? (long)CURL_TIMECOND_IFMODSINCE
                                       : (long)CURL_TIMECOND_IFUNMODSINCE);
    easy->timed = timed;
    return code;
}

static CURLcode easy_set_own_headers(struct easy *easy, const struct transfer *transfer)
{
    const struct transfer_request *request = transfer->request;
    CURL *handle = easy->handle;
    CURLcode code = CURLE_OK;

    if ((!request->condition && !request->headers) || !transfer->is_http)
        return CURLE_OK;
    if (own_headers_make(request, easy_pool_headers(&transfer->client->easies, easy->credentials),
                         &easy->headers))
        return CURLE_OUT_OF_MEMORY;
    SET(CURLOPT_HTTPHEADER, easy->headers);
    return code;
}

/* The next transfer finds the handle as it was. */
static void easy_drop_own_headers(struct easy *easy, const struct easy_pool *pool)
{
    if (!easy->headers)
        return;
    /* Cannot fail: it only stores a pointer. */
    (void)curl_easy_setopt(easy->handle, CURLOPT_HTTPHEADER,
                           easy_pool_headers(pool, easy->credentials));
    curl_slist_free_all(easy->headers);
    easy->headers = NULL;
}

/* With HTTP/2 a busy connection may still take another transfer. */
static bool wants_fresh_connection(const struct transfer *transfer)
{
    const struct url *url = transfer->request->url;
    if (transfer->proxy || !transfer->is_http || !peer_all_busy(transfer->target))
        return false;
    if (strcmp(url->scheme, "http") == 0)
        return transfer->client->options->http_version != HTTP_VERSION_2;
    return transfer->target->serial || !client_multiplexes(transfer->client);
}

/* --http2: rather wait for a connection to be made than make one more. By default it is libcurl's
 * decision, which opens several where many transfers begin at once: several carry more. */
static bool wants_shared_connection(const struct transfer *transfer)
{
    return transfer->client->options->http_version >= HTTP_VERSION_2 && !transfer->proxy &&
           client_multiplexes(transfer->client) &&
           strcmp(transfer->request->url->scheme, "https") == 0;
}

static bool wants_sweep(struct easy_pool *pool, const struct transfer *transfer)
{
    if (transfer->is_http && !transfer->request->url->host_is_ip)
        return false;
    if (++pool->unnamed < SWEEP_INTERVAL)
        return false;
    pool->unnamed = 0;
    return true;
}

/* ftps: the data too, or nothing; libcurl would take what the server offers. */
static CURLcode easy_set_privacy(struct easy *easy, const struct transfer *transfer)
{
    bool private = strcmp(transfer->request->url->scheme, "ftps") == 0;
    CURL *handle = easy->handle;
    CURLcode code = CURLE_OK;

    if (easy->private != private)
        SET(CURLOPT_USE_SSL, private ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
    easy->private = private;
    return code;
}

static CURLcode easy_set_method(struct easy *easy, const struct transfer *transfer)
{
    bool head = transfer->request->head && transfer->is_http;
    CURL *handle = easy->handle;
    CURLcode code = CURLE_OK;

    if (easy->head == head)
        return CURLE_OK;
    SET(CURLOPT_NOBODY, (long)head); /* since libcurl 7.71 it is GET again afterwards */
    easy->head = head;
    return code;
}

static CURLcode easy_set_connection(struct easy *easy, const struct transfer *transfer)
{
    CURL *handle = easy->handle;
    CURLcode code = CURLE_OK;
    bool fresh = wants_fresh_connection(transfer);
    bool sharing = wants_shared_connection(transfer);
    bool passing = !transfer->proxy && peer_is_passing(&transfer->client->peers, transfer->target);
    bool sweeping = wants_sweep(&transfer->client->easies, transfer);
    bool filetime = !transfer->is_http;

    if (easy->proxy != transfer->proxy) {
        SET(CURLOPT_PROXY, transfer->proxy ? transfer->proxy->text : "");
        /* Through a tunnel, libcurl 7.88 gives transfers to an HTTP/2 connection before its
         * handshake is over, and they fail. */
        if (transfer->client->options->http_version == HTTP_VERSION_ANY)
            SET(CURLOPT_HTTP_VERSION,
                transfer->proxy ? (long)CURL_HTTP_VERSION_1_1 : (long)CURL_HTTP_VERSION_NONE);
    }
    if (easy->fresh != fresh)
        SET(CURLOPT_FRESH_CONNECT, (long)fresh);
    if (easy->sharing != sharing)
        SET(CURLOPT_PIPEWAIT, (long)sharing);
    if (easy->passing != passing)
        SET(CURLOPT_FORBID_REUSE, (long)passing);
    if (easy->sweeping != sweeping)
        SET(CURLOPT_DNS_CACHE_TIMEOUT, sweeping ? SWEEP_AGE_S : NEVER_SWEEP);
    if (easy->filetime != filetime)
        SET(CURLOPT_FILETIME, (long)filetime);
    easy->proxy = transfer->proxy;
    easy->fresh = fresh;
    easy->sharing = sharing;
    easy->passing = passing;
    easy->sweeping = sweeping;
    easy->filetime = filetime;
    return code;
}

static int easy_send_elsewhere(struct easy *easy, const struct transfer *transfer)
{
    char *line;
    if (!transfer->alternative)
        return 0;
    if (asprintf(&line, "%s:%s", transfer->request->url->host_key, transfer->alternative->key) < 0)
        return -ENOMEM;
    easy->elsewhere = curl_slist_append(NULL, line);
    free(line);
    if (!easy->elsewhere ||
        curl_easy_setopt(easy->handle, CURLOPT_CONNECT_TO, easy->elsewhere) != CURLE_OK)
        return -ENOMEM;
    return 0;
}

static int easy_hand_over_names(struct easy *easy, const struct transfer *transfer)
{
    struct peer_table *peers = &transfer->client->peers;
    int error = 0;

    if (peer_has_news(transfer->target))
        error = peer_introduce(peers, transfer->target, &easy->resolve);
    if (!error && transfer->via && peer_has_news(transfer->via))
        error = peer_introduce(peers, transfer->via, &easy->resolve);
    if (!error && easy->resolve && curl_easy_setopt(easy->handle, CURLOPT_RESOLVE, easy->resolve))
        error = -ENOMEM;
    return error;
}

int easy_take(struct easy **taken, struct transfer *transfer)
{
    struct client *client = transfer->client;
    struct easy *easy = client->easies.free;
    const char *why;
    int error = easy ? 0 : easy_new(&easy, client, &why);
    if (error)
        return error;
    client->easies.free = easy->next;
    easy->next = NULL;
    easy->transfer = transfer;
    easy->attempt_v4 = -1;
    easy->attempt_v6 = -1;
    transfer->easy = easy;

    CURLcode code = easy_set_url(easy, transfer->request);
    if (code == CURLE_OK)
        code = easy_set_credentials(easy, client, transfer->request->send_credentials);
    if (code == CURLE_OK && client->options->netrc)
        code = easy_set_login(easy, transfer);
    if (code == CURLE_OK)
        code = easy_set_time_condition(easy, transfer);
    if (code == CURLE_OK)
        code = easy_set_own_headers(easy, transfer);
    if (code == CURLE_OK)
        code = easy_set_method(easy, transfer);
    if (code == CURLE_OK && !transfer->is_http)
        code = easy_set_privacy(easy, transfer);
    if (code == CURLE_OK)
        code = easy_set_connection(easy, transfer);
    error = code == CURLE_OK ? easy_hand_over_names(easy, transfer) : -ENOMEM;
    if (!error)
        error = easy_send_elsewhere(easy, transfer);
    *taken = easy;
    return error;
}

/* libcurl 7.88 does not forget the errno of a failure: it would be told as the reason of the
 * handle's next one. */
static bool easy_has_old_errno(const struct easy *easy)
{
    long number = 0;
    (void)curl_easy_getinfo(easy->handle, CURLINFO_OS_ERRNO, &number); /* on an error: none */
    return number != 0;
}

void easy_release(struct easy *easy)
{
    struct easy_pool *pool = &easy->transfer->client->easies;

    if (easy->resolve) {
        /* Cannot fail: it only stores a pointer. */
        (void)curl_easy_setopt(easy->handle, CURLOPT_RESOLVE, NULL);
        curl_slist_free_all(easy->resolve);
        easy->resolve = NULL;
    }
    if (easy->elsewhere) {
        (void)curl_easy_setopt(easy->handle, CURLOPT_CONNECT_TO, NULL); /* likewise */
        curl_slist_free_all(easy->elsewhere);
        easy->elsewhere = NULL;
    }
    easy_drop_own_headers(easy, pool);
    curl_url_cleanup(easy->stripped);
    easy->stripped = NULL;
    easy->transfer->easy = NULL;
    easy->transfer = NULL;
    if (easy_has_old_errno(easy)) {
        easy_free(easy);
        return;
    }
    easy->next = pool->free;
    pool->free = easy;
}
