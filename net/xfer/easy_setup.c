/* easy_setup.c - what is the same for all transfers of a client: set once, when a handle is made.
 */
#include "net/xfer/core.h"
#include "net/xfer/limiter.h"
#include <errno.h>
#include <limits.h>
#include <stdatomic.h>

/* A connection that nobody has used for so long makes room for others. */
#define IDLE_AGE_S    30L

#define PROTOCOLS     "http,https,ftp,ftps"
#define KEEPALIVE_S   60L
#define UPLOAD_BUFFER (16 * 1024L) /* requests are small; TLS copies them through it */

static atomic_uint_fast64_t tripwire_count;

uint64_t client_tripwire_count(void)
{
    return atomic_load_explicit(&tripwire_count, memory_order_relaxed);
}

/* libcurl is about to look up a name: it should have found it in its cache. It calls this for IP
 * literals too, and FTP's data connections go to one. */
static int easy_tripwire(void *resolver, void *reserved, void *ctx)
{
    const struct easy *easy = ctx;
    const struct transfer *transfer = easy->transfer;
    bool is_ip = transfer->request->url->host_is_ip || transfer->alternative ||
                 (transfer->proxy && transfer->proxy->host_is_ip);
    (void)resolver;
    (void)reserved;
    if (is_ip || (!transfer->is_http && transfer->header_bytes > 0))
        return 0;
    atomic_fetch_add_explicit(&tripwire_count, 1, memory_order_relaxed);
    return 1;
}

/* Before libcurl 8.7 each running transfer has a buffer of its own. */
static long buffer_size(const struct transfer_options *options)
{
    unsigned jobs = options->jobs;
    if (options->limiter)
        return (long)limiter_piece(options->limiter);
    if (jobs <= 4)
        return 512 * 1024L;
    if (jobs <= 128)
        return 64 * 1024L;
    return jobs <= 1024 ? 32 * 1024L : 16 * 1024L;
}

static long milliseconds(int64_t ns)
{
    int64_t ms = (ns + NSEC_PER_MSEC - 1) / NSEC_PER_MSEC;
    return ms < LONG_MAX ? (long)ms : LONG_MAX;
}

static CURLcode easy_set_callbacks(struct easy *easy, struct client *client)
{
    CURL *handle = easy->handle;
    CURLcode code = CURLE_OK;

    SET(CURLOPT_PRIVATE, easy);
    SET(CURLOPT_ERRORBUFFER, easy->error);
    SET(CURLOPT_HEADERFUNCTION, header_receive);
    SET(CURLOPT_HEADERDATA, easy);
    SET(CURLOPT_WRITEFUNCTION, body_receive);
    SET(CURLOPT_WRITEDATA, easy);
    SET(CURLOPT_RESOLVER_START_FUNCTION, easy_tripwire);
    SET(CURLOPT_RESOLVER_START_DATA, easy);
    SET(CURLOPT_PREREQFUNCTION, socket_connected);
    SET(CURLOPT_PREREQDATA, easy);
    SET(CURLOPT_OPENSOCKETFUNCTION, socket_open);
    SET(CURLOPT_OPENSOCKETDATA, easy);
    /* libcurl keeps this one with the connection, which outlives the handle's transfer. */
    SET(CURLOPT_CLOSESOCKETFUNCTION, socket_close);
    SET(CURLOPT_CLOSESOCKETDATA, client);
    return code;
}

static CURLcode easy_set_behaviour(CURL *handle, const struct transfer_options *options)
{
    CURLcode code = CURLE_OK;

    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_DNS_CACHE_TIMEOUT, NEVER_SWEEP);
    SET(CURLOPT_HTTP09_ALLOWED, 0L);
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(CURLOPT_BUFFERSIZE, buffer_size(options));
    SET(CURLOPT_UPLOAD_BUFFERSIZE, UPLOAD_BUFFER);
    SET(CURLOPT_MAXAGE_CONN, IDLE_AGE_S);
    if (options->connect_timeout_ns)
        SET(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(options->connect_timeout_ns));
    /* With a stall timeout silence is noticed anyway. */
    if (!options->stall_timeout_ns) {
        SET(CURLOPT_TCP_KEEPALIVE, 1L);
        SET(CURLOPT_TCP_KEEPIDLE, KEEPALIVE_S);
    }
    if (options->ip_version != IP_ANY)
        SET(CURLOPT_IPRESOLVE,
            options->ip_version == IP_V4 ? (long)CURL_IPRESOLVE_V4 : (long)CURL_IPRESOLVE_V6);
    return code;
}

static CURLcode easy_set_request(CURL *handle, const struct client *client)
{
    const struct transfer_options *options = client->options;
    const struct easy_pool *pool = &client->easies;
    CURLcode code = CURLE_OK;

    SET(CURLOPT_USERAGENT, options->user_agent ? options->user_agent : "fetch/" FETCH_VERSION);
    if (options->referer)
        SET(CURLOPT_REFERER, options->referer);
    if (pool->plain_headers)
        SET(CURLOPT_HTTPHEADER, pool->plain_headers);
    if (options->compressed)
        SET(CURLOPT_ACCEPT_ENCODING, DECODER_CODINGS);
    /* libcurl would not notice that a compressed stream ends in the middle. */
    SET(CURLOPT_HTTP_CONTENT_DECODING, 0L);
    if (client->cookies.share) {
        SET(CURLOPT_SHARE, client->cookies.share);
        SET(CURLOPT_COOKIEFILE, ""); /* turns the engine on for this handle */
    }
    if (options->digest)
        SET(CURLOPT_HTTPAUTH, CURLAUTH_DIGEST);
    return code;
}

/* Whom we believe. */
static CURLcode easy_set_trust(CURL *handle, const struct transfer_options *options)
{
    CURLcode code = CURLE_OK;

    if (options->insecure) {
        SET(CURLOPT_SSL_VERIFYPEER, 0L);
        SET(CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (options->cacert)
        SET(CURLOPT_CAINFO, options->cacert);
    return code;
}

static CURLcode easy_set_proxy(CURL *handle, const struct transfer_options *options)
{
    CURLcode code = CURLE_OK;

    /* Whether there is one we decide ourselves; libcurl need not look at the environment. */
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NOPROXY, "");
    if (options->proxy_user)
        SET(CURLOPT_PROXYUSERPWD, options->proxy_user);
    if (options->proxy_insecure) {
        SET(CURLOPT_PROXY_SSL_VERIFYPEER, 0L);
        SET(CURLOPT_PROXY_SSL_VERIFYHOST, 0L);
    }
    if (options->proxy_cacert)
        SET(CURLOPT_PROXY_CAINFO, options->proxy_cacert);
    return code;
}

/* Those that a libcurl may have been built without. */
static CURLcode easy_set_protocols(CURL *handle, const struct transfer_options *options,
                                   const char **why)
{
    CURLcode code = CURLE_OK;

    SET(CURLOPT_PROTOCOLS_STR, options->protocols ? options->protocols : PROTOCOLS);
    if (code != CURLE_OK && !options->protocols)
        code = curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    if (code != CURLE_OK) {
        *why = "--proto names a protocol that this libcurl does not have";
        return code;
    }
    static const struct {
        long value;
        const char *lacking;
    } versions[] = {
        [HTTP_VERSION_ANY] = {CURL_HTTP_VERSION_NONE, ""},
        [HTTP_VERSION_1_1] = {CURL_HTTP_VERSION_1_1, ""},
        [HTTP_VERSION_2] = {CURL_HTTP_VERSION_2, "--http2: this libcurl has no HTTP/2"},
        [HTTP_VERSION_3] = {CURL_HTTP_VERSION_3, "--http3: this libcurl has no HTTP/3"},
    };
    *why = versions[options->http_version].lacking;
    SET(CURLOPT_HTTP_VERSION, versions[options->http_version].value);
    return code;
}

CURLcode easy_set_up(struct easy *easy, struct client *client, const char **why)
{
    const struct transfer_options *options = client->options;
    CURL *handle = easy->handle;
    CURLcode code = easy_set_protocols(handle, options, why);

    if (code != CURLE_OK)
        return code;
    *why = "libcurl refuses the options";
    code = easy_set_callbacks(easy, client);
    if (code == CURLE_OK)
        code = easy_set_behaviour(handle, options);
    if (code == CURLE_OK)
        code = easy_set_request(handle, client);
    if (code == CURLE_OK)
        code = easy_set_trust(handle, options);
    if (code == CURLE_OK)
        code = easy_set_proxy(handle, options);
    return code;
}
