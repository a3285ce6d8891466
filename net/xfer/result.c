#include "net/xfer/result.h"
#include "net/xfer/core.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct phrase phrase_count(int64_t value)
{
    struct phrase phrase;
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%lld", (long long)value);
    size_t used = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-')
            phrase.text[used++] = ',';
        phrase.text[used++] = digits[i];
    }
    phrase.text[used] = '\0';
    return phrase;
}

struct phrase phrase_duration(int64_t ns)
{
    struct phrase phrase;
    int64_t ms = ns / NSEC_PER_MSEC;
    if (ms < 1000)
        snprintf(phrase.text, sizeof phrase.text, "%lld ms", (long long)ms);
    else if (ms % 1000 == 0)
        snprintf(phrase.text, sizeof phrase.text, "%lld s", (long long)(ms / 1000));
    else
        snprintf(phrase.text, sizeof phrase.text, "%.1f s", (double)ms / 1e3);
    return phrase;
}

struct phrase phrase_place(const struct transfer *transfer)
{
    struct phrase phrase = {"while waiting for the answer"};
    if (transfer->result->body_begun)
        snprintf(phrase.text, sizeof phrase.text, "while receiving the body, after %.32s bytes",
                 phrase_count(transfer->result->bytes).text);
    else if (transfer->begun)
        phrase = (struct phrase){"before the body"};
    else if (transfer->first_byte)
        phrase = (struct phrase){"inside the headers"};
    return phrase;
}

void result_init(struct transfer_result *result)
{
    struct timespec now;
    *result = (struct transfer_result){
        .content_length = -1,
        .retry_after_ns = -1,
        .last_modified = -1,
        .range = CONTENT_RANGE_NONE,
    };
    clock_gettime(CLOCK_REALTIME, &now); /* cannot fail: the clock exists, the memory is ours */
    result->times.start = now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

void transfer_result_clear(struct transfer_result *result)
{
    free(result->location);
    result->location = NULL;
    free(result->refresh);
    free(result->file_name);
    result->file_name = NULL;
    free(result->links);
    result->links = NULL;
}

void result_fail(struct transfer_result *result, int error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(result->message, sizeof result->message, format, args); /* may be cut short */
    va_end(args);
    result->error = error;
    /* Some of the words are the server's. */
    for (char *p = result->message; *p; p++) {
        if ((unsigned char)*p < ' ' || (unsigned char)*p > '~')
            *p = '?';
    }
}

void result_unresolved(struct transfer_result *result, const char *host, int error)
{
    result->unresolved = true;
    if (error == -ECANCELED)
        result_fail(result, error, "canceled");
    else if (error == -ETIMEDOUT)
        result_fail(result, error, "could not resolve host %s in time", host);
    else
        result_fail(result, error, "could not resolve host %s: %s", host,
                    resolver_error_text(error));
}

/* libcurl counts microseconds. */
static int64_t info_ns(CURL *handle, CURLINFO what)
{
    curl_off_t value = 0;
    (void)curl_easy_getinfo(handle, what, &value); /* on an error: not known */
    return value * NSEC_PER_USEC;
}

/* A connection that was there before took no time. */
static void take_connection(struct transfer *transfer)
{
    CURL *handle = transfer->easy->handle;
    struct transfer_times *times = &transfer->result->times;
    const char *ip = NULL;
    long connects = 0;

    if (curl_easy_getinfo(handle, CURLINFO_PRIMARY_IP, &ip) == CURLE_OK && ip)
        snprintf(transfer->result->remote_ip, sizeof transfer->result->remote_ip, "%s", ip);
    (void)curl_easy_getinfo(handle, CURLINFO_NUM_CONNECTS, &connects);
    if (connects == 0)
        return;
    int64_t connected = info_ns(handle, CURLINFO_CONNECT_TIME_T);
    int64_t shaken = info_ns(handle, CURLINFO_APPCONNECT_TIME_T);
    times->connect = connected - info_ns(handle, CURLINFO_NAMELOOKUP_TIME_T);
    if (times->connect < 0)
        times->connect = 0;
    times->tls = shaken > connected ? shaken - connected : 0;
}

/* libcurl 7.88 calls a connection that was closed inside the headers a success. */
static void judge_success(struct transfer *transfer)
{
    struct transfer_result *result = transfer->result;
    if (transfer->is_http && !result->headers_complete) {
        if (transfer->first_byte)
            result_fail(result, -ECONNRESET, "connection closed inside the headers");
        else
            result_fail(result, -ECONNRESET, "connection closed before any answer");
        return;
    }
    const char *coding = transfer->decoder ? decoder_unfinished(transfer->decoder) : NULL;
    if (coding) {
        result_fail(result, -EBADMSG, "the %s body ends too early", coding);
        return;
    }
    /* An empty file over FTP: no callback was called. Its error is found by result_conclude(). */
    (void)transfer_begin(transfer);
}

static void take_file_time(struct transfer *transfer)
{
    curl_off_t when = -1;
    if (curl_easy_getinfo(transfer->easy->handle, CURLINFO_FILETIME_T, &when) == CURLE_OK)
        transfer->result->last_modified = when;
}

static bool is_unmet(const struct transfer *transfer)
{
    long unmet = 0;
    if (!transfer->easy->timed)
        return false;
    (void)curl_easy_getinfo(transfer->easy->handle, CURLINFO_CONDITION_UNMET, &unmet); /* or 0 */
    return unmet != 0 || transfer->result->status == 412;
}

void result_take(struct transfer *transfer, CURLcode code)
{
    struct transfer_result *result = transfer->result;
    curl_off_t bytes = 0;

    result->code = code;
    if (curl_easy_getinfo(transfer->easy->handle, CURLINFO_SIZE_DOWNLOAD_T, &bytes) == CURLE_OK)
        result->wire_bytes = bytes;
    take_connection(transfer);
    if (!transfer->is_http)
        take_file_time(transfer);
    /* Over TLS a host that has spoken HTTP/1 once needs a connection for each transfer. */
    if (result->http_version && result->http_version < 20)
        transfer->target->serial = true;
    if (transfer->stop != STOP_NONE)
        return;
    result->unmet = code == CURLE_OK && is_unmet(transfer);
    if (code == CURLE_OK)
        judge_success(transfer);
    else
        result_take_failure(transfer, code);
}

static void explain_timeout(struct transfer *transfer)
{
    struct transfer_result *result = transfer->result;
    const struct transfer_options *options = transfer->client->options;
    int64_t stall = options->stall_timeout_ns;
    if (transfer->stop == STOP_STALLED)
        result_fail(result, -ETIMEDOUT, "no byte received for %s, %s", phrase_duration(stall).text,
                    phrase_place(transfer).text);
    else if (transfer->stop == STOP_SLOW)
        result_fail(result, -ETIMEDOUT, "slower than %s bytes a second for %s",
                    phrase_count(options->speed_limit).text,
                    phrase_duration(options->speed_time_ns).text);
    else
        result_fail(result, -ETIMEDOUT, "time is up %s", phrase_place(transfer).text);
}

static void explain_size(struct transfer *transfer)
{
    struct transfer_result *result = transfer->result;
    struct phrase limit = phrase_count(transfer->client->options->max_filesize);
    if (result->body_begun || result->content_length < 0)
        result_fail(result, -EFBIG, "larger than the %s bytes allowed", limit.text);
    else
        result_fail(result, -EFBIG, "server announced %s bytes, only %s are allowed",
                    phrase_count(result->content_length).text, limit.text);
}

static void explain_stop(struct transfer *transfer)
{
    struct transfer_result *result = transfer->result;
    switch (transfer->stop) {
    case STOP_NONE:
        break;
    case STOP_CANCELED:
        result_fail(result, -ECANCELED, "canceled");
        break;
    case STOP_DEADLINE:
    case STOP_STALLED:
    case STOP_SLOW:
        explain_timeout(transfer);
        break;
    case STOP_SINK:
        result_fail(result, result->sink_error, "cannot take the body: %s",
                    strerror(-result->sink_error));
        break;
    case STOP_TOO_LARGE:
        explain_size(transfer);
        break;
    case STOP_BROKEN_CODING:
    case STOP_UNKNOWN_CODING:
        result_fail(result, transfer->stop == STOP_BROKEN_CODING ? -EBADMSG : -ENOTSUP,
                    "the body's compression is broken or unknown");
        break;
    case STOP_TRANSFER_CODING:
        result_fail(result, -ENOTSUP, "the server used a transfer coding that nobody asked for");
        break;
    case STOP_HEADERS_TOO_BIG:
        result_fail(result, -EMSGSIZE, "more than %zu KiB of headers", HEADER_BYTES_MAX / 1024);
        break;
    case STOP_PAUSED_BLOCKING:
        result_fail(result, -ENOTSUP, "a sink paused where nothing can resume it");
        break;
    case STOP_LOOP_BROKEN:
        result_fail(result, -EAGAIN, "libcurl lost track of its transfers");
        break;
    case STOP_NO_MEMORY:
        result_fail(result, -ENOMEM, "out of memory");
        break;
    }
}

void result_conclude(struct transfer *transfer)
{
    struct transfer_times *times = &transfer->result->times;
    times->total = deadline_clock() - transfer->started;
    if (transfer->first_byte)
        times->first_byte = transfer->first_byte - transfer->started;
    explain_stop(transfer);
}

bool transfer_error_is_transient(const struct transfer_result *result)
{
    if (result->sink_error)
        return false;
    switch (-result->error) {
    case ETIMEDOUT:
    case EBADMSG: /* a compressed body, damaged or cut off */
    case ECONNRESET:
    case ECONNABORTED:
    case EPIPE:
    case EAGAIN:
    case ENETDOWN:
    case ENETUNREACH:
    case ENETRESET:
    case EHOSTUNREACH:
    case EHOSTDOWN:
        return true;
    default:
        return false;
    }
}
