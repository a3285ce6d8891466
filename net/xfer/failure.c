/* failure.c - why libcurl failed: its codes as -errno, and in words for the user. */
#include "net/xfer/core.h"
#include "net/xfer/result.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* CURLE_TOO_LARGE, of libcurl 8.6. */
#define CODE_TOO_LARGE ((CURLcode)100)

/* Codes that need no more to be said. */
struct failure {
    CURLcode code;
    int error;
    const char *words;
};

static const struct failure plain_failures[] = {
    {CURLE_GOT_NOTHING, -ECONNRESET, "connection closed before any answer"},
    {CURLE_COULDNT_RESOLVE_HOST, -EDOM, "libcurl tried to resolve a name by itself"},
    {CURLE_COULDNT_RESOLVE_PROXY, -EDOM, "libcurl tried to resolve the proxy's name by itself"},
    /* The same since 8.20: the tripwire is the one callback of ours that ends a transfer so. */
    {CURLE_ABORTED_BY_CALLBACK, -EDOM, "libcurl tried to resolve a name by itself"},
    {CURLE_WEIRD_SERVER_REPLY, -EPROTO, "the answer is not valid HTTP"},
    /* What libcurl says of a header without a colon. */
    {CURLE_BAD_FUNCTION_ARGUMENT, -EPROTO, "the answer is not valid HTTP"},
    /* libcurl undoes no coding of a body, but counts them; newer ones also refuse a transfer coding
     * before they show us the line that names it. */
    {CURLE_BAD_CONTENT_ENCODING, -ENOTSUP, "the body's compression is broken or unknown"},
    {CURLE_SSL_CACERT_BADFILE, -EINVAL, "the CA certificates cannot be read"},
    {CURLE_LOGIN_DENIED, -EACCES, "the server refused the login"},
    {CURLE_REMOTE_ACCESS_DENIED, -EACCES, "the server refused access"},
    {CURLE_REMOTE_FILE_NOT_FOUND, -ENOENT, "no such file on the server"},
    {CURLE_FILESIZE_EXCEEDED, -EFBIG, "larger than allowed"},
};

static const char *errno_words(int number)
{
    switch (number) {
    case ECONNREFUSED:
        return "connection refused";
    case ECONNRESET:
        return "connection reset by peer";
    case EPIPE:
        return "connection closed by peer";
    case ETIMEDOUT:
        return "connection timed out";
    case ENETUNREACH:
        return "network unreachable";
    case EHOSTUNREACH:
        return "host unreachable";
    default:
        return strerror(number);
    }
}

static long info_long(const struct transfer *transfer, CURLINFO what)
{
    long value = 0;
    (void)curl_easy_getinfo(transfer->easy->handle, what, &value); /* on an error: not known */
    return value;
}

/* Whom libcurl connects to: "connect", "connect to the proxy 10.0.0.1:3128". */
static struct phrase phrase_connect(const struct transfer *transfer)
{
    struct phrase phrase = {"connect"};
    if (transfer->proxy)
        snprintf(phrase.text, sizeof phrase.text, "connect to the proxy %.70s",
                 transfer->proxy->key);
    return phrase;
}

static void fail_connect(struct transfer *transfer)
{
    int number = (int)info_long(transfer, CURLINFO_OS_ERRNO);
    if (transfer->denied)
        result_fail(transfer->result, -EACCES, "not a public address (--deny-private)");
    else if (transfer->socket_error)
        result_fail(transfer->result, transfer->socket_error, "cannot open a socket: %s",
                    strerror(-transfer->socket_error));
    else
        result_fail(transfer->result, number ? -number : -EHOSTUNREACH, "could not %s: %s",
                    phrase_connect(transfer).text, errno_words(number ? number : EHOSTUNREACH));
}

/* Of libcurl's own timeouts only the one for connecting is set; some of its protocols have others
 * built in. */
static void fail_timeout(struct transfer *transfer)
{
    int64_t limit = transfer->client->options->connect_timeout_ns;
    struct phrase within = {"in time"};
    if (limit)
        snprintf(within.text, sizeof within.text, "within %.32s", phrase_duration(limit).text);
    if (transfer->connected)
        result_fail(transfer->result, -ETIMEDOUT, "no reply %s", phrase_place(transfer).text);
    else if (info_long(transfer, CURLINFO_NUM_CONNECTS) > 0)
        result_fail(transfer->result, -ETIMEDOUT, "connected, but no handshake %s", within.text);
    else
        result_fail(transfer->result, -ETIMEDOUT, "could not %s %s", phrase_connect(transfer).text,
                    within.text);
}

/* A proxy that refuses a tunnel and chunks that are none are reported as failures to receive. */
static void fail_receive(struct transfer *transfer)
{
    long refused = info_long(transfer, CURLINFO_HTTP_CONNECTCODE);
    int number = (int)info_long(transfer, CURLINFO_OS_ERRNO);
    if (transfer->proxy && !transfer->first_byte && refused >= 300)
        result_fail(transfer->result, refused >= 500 ? -EAGAIN : -EACCES,
                    "the proxy %.100s refused the connection (HTTP %ld)", transfer->proxy->key,
                    refused);
    else if (number)
        result_fail(transfer->result, -number, "%s %s", errno_words(number),
                    phrase_place(transfer).text);
    else if (transfer->framed && strstr(transfer->easy->error, "chunk"))
        result_fail(transfer->result, -EPROTO, "broken chunks %s", phrase_place(transfer).text);
    else
        result_fail(transfer->result, -ECONNRESET, "connection broken %s",
                    phrase_place(transfer).text);
}

static void fail_send(struct transfer *transfer)
{
    int number = (int)info_long(transfer, CURLINFO_OS_ERRNO);
    result_fail(transfer->result, number ? -number : -EPIPE, "%s while sending the request",
                number ? errno_words(number) : "connection broken");
}

static void fail_partial(struct transfer *transfer)
{
    struct transfer_result *result = transfer->result;
    if (result->content_length >= 0 && transfer->begun)
        result_fail(result, -ECONNRESET, "server announced %s bytes and closed after %s",
                    phrase_count(result->content_length).text,
                    phrase_count(result->wire_bytes).text);
    else
        result_fail(result, -ECONNRESET, "connection closed %s", phrase_place(transfer).text);
}

/* What OpenSSL and its like say behind libcurl's own words. */
static const char *tls_detail(const struct transfer *transfer)
{
    static const char *const prefixes[] = {
        "SSL certificate problem: ", "SSL: ", "server certificate verification failed. "};
    const char *detail = transfer->easy->error;
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        if (strncmp(detail, prefixes[i], strlen(prefixes[i])) == 0)
            detail += strlen(prefixes[i]);
    }
    /* "OpenSSL/3.0.2: error:0A00010B:SSL routines::wrong version number" */
    const char *last = strstr(detail, "error:") ? strrchr(detail, ':') : NULL;
    if (last && last[1])
        detail = last + 1;
    return *detail ? detail : curl_easy_strerror(transfer->result->code);
}

static void fail_handshake(struct transfer *transfer)
{
    int number = (int)info_long(transfer, CURLINFO_OS_ERRNO);
    if (number == ECONNRESET || number == EPIPE)
        result_fail(transfer->result, -number, "%s during the TLS handshake", errno_words(number));
    else
        result_fail(transfer->result, -EPROTO, "TLS handshake failed: %s", tls_detail(transfer));
}

/* libcurl has one code for a protocol that it may not speak and for an answer that it cannot
 * read. */
static void fail_protocol(struct transfer *transfer)
{
    if (transfer->connected)
        result_fail(transfer->result, -EPROTO, "the answer is not HTTP");
    else
        result_fail(transfer->result, -EPROTONOSUPPORT, "protocol not allowed or not supported");
}

/* Before 8.6 libcurl says that it has no memory when a header line is longer than it takes. */
static void fail_memory(struct transfer *transfer)
{
    if (transfer->is_http && transfer->first_byte && transfer->headers != HEADER_DONE)
        result_fail(transfer->result, -EMSGSIZE, "a header is too long");
    else
        result_fail(transfer->result, -ENOMEM, "out of memory");
}

/* A SOCKS proxy that does not let us through. libcurl's words end in the proxy's number. */
static void fail_proxy(struct transfer *transfer)
{
    const char *detail = transfer->easy->error;
    result_fail(transfer->result, -EPROTO, "the proxy %.100s refused the connection: %s",
                transfer->proxy ? transfer->proxy->key : "",
                *detail ? detail : curl_easy_strerror(CURLE_PROXY));
}

static void fail_otherwise(struct transfer *transfer, CURLcode code)
{
    for (size_t i = 0; i < sizeof plain_failures / sizeof plain_failures[0]; i++) {
        if (plain_failures[i].code == code) {
            result_fail(transfer->result, plain_failures[i].error, "%s", plain_failures[i].words);
            return;
        }
    }
    result_fail(transfer->result, -EPROTO, "%s", curl_easy_strerror(code));
}

void result_take_failure(struct transfer *transfer, CURLcode code)
{
    switch (code) {
    case CURLE_COULDNT_CONNECT:
        fail_connect(transfer);
        break;
    case CURLE_OPERATION_TIMEDOUT:
        fail_timeout(transfer);
        break;
    case CURLE_RECV_ERROR:
        fail_receive(transfer);
        break;
    case CURLE_SEND_ERROR:
        fail_send(transfer);
        break;
    case CURLE_PARTIAL_FILE:
        fail_partial(transfer);
        break;
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        result_fail(transfer->result, -ECONNRESET, "HTTP/2 stream reset %s",
                    phrase_place(transfer).text);
        break;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
        result_fail(transfer->result, -EACCES, "certificate not trusted: %s", tls_detail(transfer));
        break;
    case CURLE_SSL_CERTPROBLEM:
        result_fail(transfer->result, -EACCES, "the certificate to show (--cert) is no use: %s",
                    tls_detail(transfer));
        break;
    case CURLE_SSL_CONNECT_ERROR:
        fail_handshake(transfer);
        break;
    case CURLE_PROXY:
        fail_proxy(transfer);
        break;
    case CURLE_UNSUPPORTED_PROTOCOL:
        fail_protocol(transfer);
        break;
    case CURLE_OUT_OF_MEMORY:
    case CODE_TOO_LARGE:
        fail_memory(transfer);
        break;
    default:
        fail_otherwise(transfer, code);
        break;
    }
}
