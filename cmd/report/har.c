#include "cmd/report/har.h"

#include "cmd/report/phases.h"
#include <string.h>

static const char *version_text(int version)
{
    switch (version) {
    case 10:
        return "HTTP/1.0";
    case 11:
        return "HTTP/1.1";
    case 20:
        return "HTTP/2";
    case 30:
        return "HTTP/3";
    default:
        return "";
    }
}

/* ,{"name":"a","value":"b"} for each a=b of the query, as it stands in the URL. */
static void put_query(struct json_text *text, const char *url)
{
    const char *end = url + strcspn(url, "#");
    const char *query = memchr(url, '?', (size_t)(end - url));
    for (const char *pair = query; pair && pair < end;) {
        pair++;
        const char *next = pair + strcspn(pair, "&#");
        const char *equals = memchr(pair, '=', (size_t)(next - pair));
        const char *name_end = equals ? equals : next;
        const char *value = equals ? equals + 1 : next;
        json_text_raw(text, pair == query + 1 ? "{\"name\":" : ",{\"name\":");
        json_text_part(text, pair, (size_t)(name_end - pair));
        json_text_raw(text, ",\"value\":");
        json_text_part(text, value, (size_t)(next - value));
        json_text_raw(text, "}");
        pair = next;
    }
}

static void put_request(struct json_text *text, const char *url, const char *version)
{
    json_text_raw(text, ",\"request\":{\"method\":\"GET\",\"url\":");
    json_text_string(text, url);
    json_text_raw(text, ",\"httpVersion\":");
    json_text_string(text, version);
    json_text_raw(text, ",\"cookies\":[],\"headers\":[],\"queryString\":[");
    put_query(text, url);
    json_text_raw(text, "],\"headersSize\":-1,\"bodySize\":0}");
}

static void put_header(struct json_text *text, const char *name, const char *value, bool *first)
{
    if (!value)
        return;
    json_text_raw(text, *first ? "{\"name\":" : ",{\"name\":");
    json_text_string(text, name);
    json_text_raw(text, ",\"value\":");
    json_text_string(text, value);
    json_text_raw(text, "}");
    *first = false;
}

static void put_response(struct json_text *text, const struct outcome *outcome)
{
    bool first = true;
    json_text_raw(text, ",\"response\":{\"status\":");
    json_text_integer(text, outcome->status);
    json_text_raw(text, ",\"statusText\":\"\",\"httpVersion\":");
    json_text_string(text, version_text(outcome->http_version));
    json_text_raw(text, ",\"cookies\":[],\"headers\":[");
    put_header(text, "ETag", outcome->etag, &first);
    put_header(text, "Last-Modified", outcome->last_modified, &first);
    json_text_raw(text, "],\"content\":{\"size\":");
    json_text_integer(text, outcome->bytes);
    /* What came over the wire is not known: these are decoded bytes. */
    json_text_raw(text, ",\"mimeType\":\"x-unknown\"},\"redirectURL\":\"\",\"headersSize\":-1,"
                        "\"bodySize\":-1");
    if (outcome->error) {
        json_text_raw(text, ",\"_error\":");
        json_text_string(text, outcome->error);
    }
    json_text_raw(text, "}");
}

/* What did not happen is -1. */
static void put_timing(struct json_text *text, const char *key, int64_t ns)
{
    json_text_raw(text, key);
    if (ns > 0)
        json_text_milliseconds(text, ns);
    else
        json_text_raw(text, "-1");
}

/* In a HAR the handshake is part of connecting. Sending takes no time that we could measure. */
static void put_timings(struct json_text *text, const struct phases *phases)
{
    const int64_t *ns = phases->ns;
    json_text_raw(text, ",\"cache\":{},\"timings\":{");
    put_timing(text, "\"blocked\":", ns[PHASE_QUEUE] + ns[PHASE_EARLIER]);
    put_timing(text, ",\"dns\":", ns[PHASE_DNS]);
    put_timing(text, ",\"connect\":", ns[PHASE_CONNECT] + ns[PHASE_TLS]);
    put_timing(text, ",\"ssl\":", ns[PHASE_TLS]);
    json_text_raw(text, ",\"send\":0,\"wait\":");
    json_text_milliseconds(text, ns[PHASE_WAIT]);
    json_text_raw(text, ",\"receive\":");
    json_text_milliseconds(text, ns[PHASE_BODY]);
    json_text_raw(text, "}");
}

static void har_begin(struct json_text *text, const struct get_options *options, int64_t started)
{
    (void)options; /* nothing of the command line: it may hold secrets */
    (void)started; /* every entry has its own */
    json_text_raw(text, "{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"fetch\","
                        "\"version\":\"" FETCH_VERSION "\"},\"entries\":[");
}

static bool har_put(struct json_text *text, const struct record *record, bool first)
{
    const struct outcome *outcome = record->outcome;
    struct phases phases = phases_of(record->taken_up, outcome);
    const char *url = outcome->final_url ? outcome->final_url : record->url;
    int64_t total = 0;
    if (!phases.begin)
        return false;
    for (unsigned i = 0; i < PHASE_COUNT; i++)
        total += phases.ns[i];
    json_text_raw(text, first ? "\n{\"startedDateTime\":" : ",\n{\"startedDateTime\":");
    json_text_date(text, phases.begin);
    json_text_raw(text, ",\"time\":");
    json_text_milliseconds(text, total);
    put_request(text, url, version_text(outcome->http_version));
    put_response(text, outcome);
    put_timings(text, &phases);
    if (*outcome->remote_ip) {
        json_text_raw(text, ",\"serverIPAddress\":");
        json_text_string(text, outcome->remote_ip);
    }
    if (outcome->final_url) {
        json_text_raw(text, ",\"_redirectedFrom\":");
        json_text_string(text, record->url);
    }
    json_text_raw(text, ",\"_attempts\":");
    json_text_integer(text, outcome->attempts);
    json_text_raw(text, "}");
    return true;
}

static void har_end(struct json_text *text, const struct record_end *end)
{
    (void)end; /* a HAR has no place for it */
    json_text_raw(text, "\n]}}\n");
}

const struct record_format har_format = {.begin = har_begin, .put = har_put, .end = har_end};
