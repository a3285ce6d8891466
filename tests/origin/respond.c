#include "tests/origin/respond.h"

#include "tests/origin/answer.h"
#include "tests/origin/json.h"
#include <errno.h>
#include <stdlib.h>

static const char noise[] = "\x16\x03\x01 this is not HTTP \xff\xfe\x80\r\n\r\n\r\n";

/* An answer that no query has a say in. */
static enum respond_after respond_text(struct connection *connection, int status, const char *type,
                                       const char *text, bool keep)
{
    struct output output;
    if (output_open(&output, connection))
        return RESPOND_RESET;
    output_print(&output,
                 "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
                 "Cache-Control: no-store\r\n%s\r\n",
                 status, answer_reason(status), type, strlen(text),
                 keep ? "" : "Connection: close\r\n");
    output_add(&output, span_of(text));
    int error = output_flush(&output);
    output_close(&output);
    return keep && !error ? RESPOND_KEEP : RESPOND_CLOSE;
}

enum respond_after respond_malformed(struct connection *connection, int error)
{
    int status = error == -EMSGSIZE ? 431 : 400;
    return respond_text(connection, status, "text/plain", "this is no request\n", false);
}

bool respond_is_about_stats(const struct request *request)
{
    return span_is(request->path, "/stats") || span_is(request->path, "/reset-stats");
}

enum respond_after respond_stats(struct connection *connection, const struct request *request)
{
    if (span_is(request->path, "/reset-stats"))
        stats_reset(connection->stats);
    char *json = stats_to_json(connection->stats);
    if (!json)
        return RESPOND_RESET;
    bool keep = request->keep_alive && !request->has_body && span_is(request->method, "GET");
    enum respond_after after = respond_text(connection, 200, "application/json", json, keep);
    free(json);
    return after;
}

/* The request as JSON, to show what a client sends. NULL when memory runs out. */
static char *echo_request(const struct request *request)
{
    json_t *headers = json_array();
    for (size_t i = 0; i < request->header_count; i++)
        json_array_append_new(headers,
                              json_pack("[o, o]", json_latin1_string(request->headers[i].name),
                                        json_latin1_string(request->headers[i].value)));
    json_t *echo = json_pack(
        "{s:o, s:o, s:o, s:o, s:i, s:o}", "method", json_latin1_string(request->method), "target",
        json_latin1_string(request->target), "path", json_latin1_string(request->path), "query",
        json_latin1_string(request->query), "http_minor", request->minor, "headers", headers);
    char *text = echo ? json_dumps(echo, JSON_INDENT(1)) : NULL;
    json_decref(echo);
    return text;
}

/* With `text` as body, or a generated one when that is NULL. */
static enum respond_after send_answer(struct connection *connection, const struct request *request,
                                      const struct behaviour *behaviour, const char *text)
{
    struct answer answer;
    struct output output;
    if (output_open(&output, connection))
        return RESPOND_RESET;
    answer_decide(&answer, request, behaviour, text);
    stats_request_answered(connection->stats, &connection->running, answer.status);
    enum respond_after after = answer_send(&answer, &output);
    output_close(&output);
    return after;
}

static enum respond_after send_echo(struct connection *connection, const struct request *request,
                                    const struct behaviour *behaviour)
{
    char *echo = echo_request(request);
    enum respond_after after =
        echo ? send_answer(connection, request, behaviour, echo) : RESPOND_RESET;
    free(echo);
    return after;
}

static enum respond_after send_noise(struct connection *connection)
{
    struct output output;
    if (output_open(&output, connection))
        return RESPOND_RESET;
    output_add(&output, (struct span){noise, sizeof(noise) - 1});
    (void)output_flush(&output); /* the connection is closed in any case */
    output_close(&output);
    return RESPOND_CLOSE;
}

/* As `behaviour` says, with the body `text`; NULL: a generated one. */
static enum respond_after behave(struct connection *connection, const struct request *request,
                                 struct behaviour *behaviour, const char *text)
{
    if (behaviour->times >= 0 &&
        stats_count_url(connection->stats, request) >= (uint64_t)behaviour->times)
        behaviour_calm(behaviour);
    if (behaviour->reset == RESET_ACCEPT)
        return RESPOND_RESET;
    if (behaviour->delay_ns && connection_pause(connection, behaviour->delay_ns))
        return RESPOND_CLOSE;
    if (behaviour->reset == RESET_REQUEST)
        return RESPOND_RESET;
    if (behaviour->close == CLOSE_SILENT)
        return RESPOND_CLOSE;
    if (behaviour->noise)
        return send_noise(connection);
    if (behaviour->echo)
        return send_echo(connection, request, behaviour);
    return send_answer(connection, request, behaviour, text);
}

enum respond_after respond(struct connection *connection, const struct request *request)
{
    struct behaviour behaviour;
    char why[160];
    char *text = NULL;
    if (!span_is(request->method, "GET") && !span_is(request->method, "HEAD"))
        return respond_text(connection, 405, "text/plain", "only GET and HEAD\n", false);
    if (behaviour_parse(request->query, &behaviour, why, sizeof(why)))
        return respond_text(connection, 400, "text/plain", why, false);
    if (web_answer(connection->web, request, &behaviour, &text) < 0)
        return RESPOND_RESET;
    enum respond_after after = behave(connection, request, &behaviour, text);
    free(text);
    return after;
}
