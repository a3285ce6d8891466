#include "cmd/get/log.h"

static const char *outcome_word(enum outcome_kind kind)
{
    switch (kind) {
    case OUTCOME_OK:
        return "ok";
    case OUTCOME_UNCHANGED:
        return "unchanged";
    case OUTCOME_SKIPPED:
        return "skipped";
    case OUTCOME_FAILED:
    case OUTCOME_NOT_TRIED:
        break;
    }
    return "failed";
}

static const char *http_version_word(int version)
{
    switch (version) {
    case 10:
        return "1.0";
    case 11:
        return "1.1";
    case 20:
        return "2";
    case 30:
        return "3";
    default:
        return NULL;
    }
}

static void print_times(struct json_text *text, const struct transfer_times *times)
{
    json_text_raw(text, "{\"start\":");
    json_text_seconds(text, times->start);
    json_text_raw(text, ",\"dns\":");
    json_text_seconds(text, times->dns);
    json_text_raw(text, ",\"connect\":");
    json_text_seconds(text, times->connect);
    json_text_raw(text, ",\"tls\":");
    json_text_seconds(text, times->tls);
    json_text_raw(text, ",\"first_byte\":");
    json_text_seconds(text, times->first_byte);
    json_text_raw(text, ",\"total\":");
    json_text_seconds(text, times->total);
    json_text_raw(text, "}");
}

static void print_facts(struct json_text *text, const struct facts *facts)
{
    json_text_raw(text, ",\"depth\":");
    json_text_integer(text, facts->depth);
    json_text_raw(text, ",\"referrer\":");
    json_text_string(text, facts->referrer);
    json_text_raw(text, ",\"links\":");
    json_text_integer(text, facts->links);
    json_text_raw(text, ",\"title\":");
    json_text_string(text, facts->title);
    json_text_raw(text, ",\"content_type\":");
    json_text_string(text, facts->content_type);
    json_text_raw(text, ",\"digest\":");
    json_text_string(text, facts->digest);
    if (!facts->change)
        return;
    json_text_raw(text, ",\"change\":");
    json_text_string(text, facts->change);
}

void log_line(struct json_text *text, const char *url, const struct outcome *outcome,
              const struct facts *facts)
{
    json_text_raw(text, "{\"url\":");
    json_text_string(text, url);
    json_text_raw(text, ",\"final_url\":");
    json_text_string(text, outcome->final_url ? outcome->final_url : url);
    json_text_raw(text, ",\"status\":");
    json_text_integer(text, outcome->status);
    json_text_raw(text, ",\"outcome\":");
    json_text_string(text, outcome_word(outcome->kind));
    json_text_raw(text, ",\"error\":");
    json_text_string(text, outcome->error);
    json_text_raw(text, ",\"path\":");
    json_text_string(text, outcome->path);
    json_text_raw(text, ",\"bytes\":");
    json_text_integer(text, outcome->bytes);
    json_text_raw(text, ",\"attempts\":");
    json_text_integer(text, outcome->attempts);
    json_text_raw(text, ",\"time\":");
    print_times(text, &outcome->times);
    json_text_raw(text, ",\"remote_ip\":");
    json_text_string(text, *outcome->remote_ip ? outcome->remote_ip : NULL);
    json_text_raw(text, ",\"http_version\":");
    json_text_string(text, http_version_word(outcome->http_version));
    json_text_raw(text, ",\"checksum\":");
    json_text_string(text, outcome->checksum);
    if (facts)
        print_facts(text, facts);
    json_text_raw(text, "}\n");
}
