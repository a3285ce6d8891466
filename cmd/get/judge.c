#include "cmd/get/judge.h"

#include "cmd/get/store.h"
#include "engine/deadline.h"
#include "net/http/redirect.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    int status;
    const char *phrase; /* RFC 9110 section 15, RFC 6585 */
} status_phrases[] = {
    {204, "No Content"},
    {206, "Partial Content"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {410, "Gone"},
    {416, "Range Not Satisfiable"},
    {429, "Too Many Requests"},
    {451, "Unavailable For Legal Reasons"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
};

static const char *status_phrase(int status)
{
    for (size_t i = 0; i < sizeof status_phrases / sizeof *status_phrases; i++)
        if (status_phrases[i].status == status)
            return status_phrases[i].phrase;
    return "";
}

static bool status_is_transient(int status)
{
    switch (status) {
    case 408:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
        return true;
    default:
        return false;
    }
}

/* An answer that is no success is judged by its headers alone: a 404 whose page was cut off is
 * still a 404. */
static enum verdict judge_status(const struct transfer_result *result, char *text, size_t size)
{
    int status = result->status;
    if (redirect_wanted(result))
        return VERDICT_REDIRECT;
    const char *phrase = status_phrase(status);
    const char *remark = "";
    if (status == 304)
        remark = ", though nothing was asked conditionally";
    else if (status == 206)
        remark = ", though no range was asked for";
    else if (status >= 300 && status < 400)
        remark = " without a usable Location";
    snprintf(text, size, "server answered %d%s%s%s", status, *phrase ? " " : "", phrase, remark);
    return status_is_transient(status) ? VERDICT_RETRY : VERDICT_FAILED;
}

static bool is_success(enum answer answer, const struct transfer_result *result)
{
    /* Protocols without a status (FTP) have succeeded when nothing went wrong. */
    if (result->status == 0)
        return true;
    if (result->status == 206)
        return answer == ANSWER_REST;
    return result->status >= 200 && result->status < 300;
}

enum verdict judge(const struct condition *condition, const struct transfer_result *result,
                   char *text, size_t size)
{
    enum answer answer = condition_answer(condition, result);
    text[0] = '\0';
    if (result->error == -ECANCELED)
        return VERDICT_CANCELED;
    if (result->unmet || (result->headers_complete && answer == ANSWER_UNCHANGED))
        return VERDICT_UNCHANGED;
    if (result->headers_complete && (answer == ANSWER_MISFIT || answer == ANSWER_WHOLE))
        return VERDICT_AGAIN;
    if (!is_success(answer, result) && result->headers_complete)
        return judge_status(result, text, size);
    if (result->sink_error == SINK_ENOUGH)
        return VERDICT_OK;
    if (result->sink_error) {
        snprintf(text, size, "cannot save it: %s", strerror(-result->sink_error));
        return VERDICT_FAILED;
    }
    if (result->error) {
        snprintf(text, size, "%s", result->message);
        return transfer_error_is_transient(result) ? VERDICT_RETRY : VERDICT_FAILED;
    }
    return VERDICT_OK;
}

static enum failure_kind failure_on_the_way(const struct transfer_result *result)
{
    switch (result->code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
        return FAILURE_CONNECT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CERTPROBLEM:
        return FAILURE_TLS;
    default:
        return transfer_error_is_transient(result) ? FAILURE_BROKEN : FAILURE_OTHER;
    }
}

enum failure_kind judge_failure(const struct transfer_result *result)
{
    if (result->sink_error)
        return FAILURE_OTHER;
    if (result->headers_complete && result->status >= 400)
        return result->status >= 500 ? FAILURE_5XX : FAILURE_4XX;
    if (result->unresolved)
        return FAILURE_DNS;
    if (result->error == -ETIMEDOUT)
        return FAILURE_TIMEOUT;
    return result->error ? failure_on_the_way(result) : FAILURE_OTHER;
}

/* A random part of `span`, so that a crowd that failed together does not come back together. */
static int64_t jitter(int64_t span)
{
    return span > 0 ? (int64_t)((double)span * ((double)random() / (double)RAND_MAX)) : 0;
}

int64_t judge_backoff(const struct get_options *options, unsigned tries,
                      const struct transfer_result *result)
{
    unsigned doublings = tries > 1 ? tries - 1 : 0;
    if (doublings > 10)
        doublings = 10;
    int64_t base = options->retry_delay_ns;
    int64_t wait = base > INT64_MAX / 4096 ? base : base << doublings;
    /* Upwards only: what the server or the user asked for is the least. */
    wait += jitter(wait / 4);
    if (result->retry_after_ns >= 0 && judge_pauses_host(result))
        wait = result->retry_after_ns + jitter(result->retry_after_ns / 16);
    return wait;
}

bool judge_pauses_host(const struct transfer_result *result)
{
    if (result->status == 429)
        return true;
    return result->status == 503 && result->retry_after_ns >= 0;
}

static enum visit_end visit_end(const struct transfer_result *result, int64_t deadline)
{
    if (judge_pauses_host(result))
        return VISIT_REFUSED;
    if (result->status == 503)
        return VISIT_STRAINED;
    if (result->error == -ETIMEDOUT && deadline_clock() < deadline)
        return VISIT_TIMED_OUT;
    /* 500, 502 and 504 may mean either, and so do resets. */
    return result->error || result->status >= 500 ? VISIT_NOTHING : VISIT_SERVED;
}

struct visit judge_visit(const struct transfer_result *result, int64_t deadline)
{
    return (struct visit){visit_end(result, deadline), result->times.total};
}
