#include "tests/origin/answer.h"

#include "tests/origin/condition.h"
#include <openssl/evp.h>
#include <stdlib.h>

/* Up to this size gzip'ed bodies get a Content-Length, for which they are made twice. */
enum { GZIP_COUNTED_MAX = 8 << 20 };

/* Does the Authorization header carry exactly `auth`, "user:password"? */
static bool is_authorized(const struct request *request, struct span auth)
{
    struct span header = request_header(request, "authorization");
    unsigned char expected[BEHAVIOUR_TEXT_MAX / 3 * 4 + 8];
    if (!header.data || header.size < 6 || strncasecmp(header.data, "Basic ", 6) != 0)
        return false;
    int size = EVP_EncodeBlock(expected, (const unsigned char *)auth.data, (int)auth.size);
    header = span_trim(span_skip(header, 6));
    return header.size == (size_t)size && memcmp(header.data, expected, header.size) == 0;
}

static bool is_redirect(const struct behaviour *behaviour)
{
    return behaviour->redirect > 0 || behaviour->redirect == REDIRECT_LOOP ||
           behaviour->location.data;
}

static bool accepts_gzip(const struct request *request)
{
    struct span list = request_header(request, "accept-encoding");
    while (list.size) {
        struct span coding = span_cut(&list, ',');
        if (span_is_nocase(span_trim(span_cut(&coding, ';')), "gzip"))
            return true;
    }
    return false;
}

static enum body_coding decide_coding(const struct answer *answer)
{
    if (answer->text.data)
        return BODY_PLAIN;
    switch (answer->behaviour->gzip) {
    case GZIP_ALWAYS:
        return BODY_GZIP;
    case GZIP_NEGOTIATE:
        return accepts_gzip(answer->request) ? BODY_GZIP : BODY_PLAIN;
    case GZIP_BOMB:
        return BODY_GZIP_BOMB;
    case GZIP_CUT:
        return BODY_GZIP_CUT;
    case GZIP_DAMAGED:
        return BODY_GZIP_DAMAGED;
    default:
        return BODY_PLAIN;
    }
}

/* The status, and with it the part of the body that is sent. */
static int decide_status(struct answer *answer)
{
    const struct behaviour *behaviour = answer->behaviour;
    if (behaviour->auth.data && !is_authorized(answer->request, behaviour->auth))
        return 401;
    if (is_redirect(behaviour))
        return behaviour->status ? (int)behaviour->status : 302;
    if (behaviour->status)
        return (int)behaviour->status;
    if (condition_not_modified(answer->request, behaviour))
        return 304;
    int status =
        condition_range(answer->request, behaviour, answer->size, &answer->first, &answer->end);
    if (status == 206 && behaviour->ranges == RANGES_WRONG) {
        answer->end -= answer->first;
        answer->first = 0;
    }
    if (status == 206 && behaviour->ranges == RANGES_SHORT)
        answer->end -= (answer->end - answer->first) / 2;
    return status;
}

static int64_t decide_wire_size(const struct answer *answer)
{
    uint64_t hash = body_hash(answer->request->path, answer->behaviour->seed);
    if (answer->coding == BODY_PLAIN)
        return answer->end - answer->first;
    if (answer->coding == BODY_GZIP_BOMB || answer->end > GZIP_COUNTED_MAX)
        return -1;
    return body_wire_size(hash, answer->end, answer->coding);
}

static enum answer_framing decide_framing(const struct answer *answer)
{
    const struct behaviour *behaviour = answer->behaviour;
    bool is_chunked =
        behaviour->chunked || behaviour->chunks || (answer->wire_size < 0 && behaviour->length < 0);
    /* Cut inside its headers, an answer without a length looks most like a complete one. */
    if (behaviour->nolength || behaviour->close == CLOSE_HEADERS)
        return FRAMING_CLOSE;
    if (!is_chunked)
        return FRAMING_LENGTH;
    return answer->request->minor == 0 || behaviour->http10 ? FRAMING_CLOSE : FRAMING_CHUNKED;
}

void answer_decide(struct answer *answer, const struct request *request,
                   const struct behaviour *behaviour, const char *text)
{
    *answer = (struct answer){.request = request, .behaviour = behaviour, .size = behaviour->size};
    if (text) {
        answer->text = span_of(text);
        answer->size = (int64_t)answer->text.size;
    }
    answer->end = answer->size;
    answer->status = decide_status(answer);
    answer->has_body =
        span_is(request->method, "GET") && answer->status != 204 && answer->status != 304;
    if (answer->status == 416)
        answer->end = 0;
    answer->coding = decide_coding(answer);
    answer->wire_size = decide_wire_size(answer);
    answer->framing = decide_framing(answer);
    answer->content_length = behaviour->length >= 0 ? behaviour->length : answer->wire_size;
}

const char *answer_reason(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        {100, "Continue"},
        {103, "Early Hints"},
        {200, "OK"},
        {204, "No Content"},
        {206, "Partial Content"},
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
        {408, "Request Timeout"},
        {410, "Gone"},
        {416, "Range Not Satisfiable"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
    };
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Unknown";
}
