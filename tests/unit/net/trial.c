#include "tests/unit/net/trial.h"
#include "engine/engine.h"
#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct job {
    struct client *client;
    void (*fn)(struct client *client, void *ctx);
    void *ctx;
};

static void *job_run(void *arg)
{
    struct job *job = arg;
    job->fn(job->client, job->ctx);
    return NULL;
}

/* A name server that never answers: tests ask none outside this machine, and a port without anybody
 * would refuse at once, which newer versions of c-ares take for an answer. */
static int mute_server_open(char *name, size_t size)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) != 0)
        abort();
    snprintf(name, size, "127.0.0.1:%u", ntohs(address.sin_port));
    return fd;
}

void with_client(enum runtime runtime, const struct transfer_options *options,
                 const char *hosts_path, void (*fn)(struct client *client, void *ctx), void *ctx)
{
    struct transfer_options filled = *options;
    char servers[32];
    int mute = mute_server_open(servers, sizeof servers);
    struct resolver_options resolver = {.hosts_path = hosts_path, .servers = servers};
    struct client_options client_options = {&filled, &resolver};
    struct job job = {.fn = fn, .ctx = ctx};
    const char *why = "";

    if (!filled.jobs)
        filled.jobs = 8;
    struct sched *sched = runtime == RUNTIME_SCHEDULED ? sched_new(NULL) : NULL;
    assert(sched || runtime == RUNTIME_BLOCKING);
    int error = client_new(&job.client, &client_options, &why);
    if (error) {
        fprintf(stderr, "client_new: %d, %s\n", error, why);
        abort();
    }
    if (sched) {
        struct task *task = task_spawn(NULL, job_run, &job);
        assert(task);
        error = sched_run(sched);
        assert(!error);
    } else {
        job_run(&job);
    }
    client_free(job.client);
    sched_free(sched);
    close(mute);
}

struct collector {
    struct sink sink;
    struct trial *trial;
};

static int collector_begin(struct sink *sink, struct transfer *transfer,
                           const struct transfer_result *result)
{
    struct collector *collector = list_entry(sink, struct collector, sink);
    assert(transfer && result == &collector->trial->result);
    collector->trial->begun++;
    return 0;
}

static int collector_write(struct sink *sink, const void *data, size_t size)
{
    struct trial *trial = list_entry(sink, struct collector, sink)->trial;
    char *body = realloc(trial->body, trial->body_length + size + 1);
    assert(body);
    memcpy(body + trial->body_length, data, size);
    trial->body = body;
    trial->body_length += size;
    trial->body[trial->body_length] = '\0';
    return 0;
}

static struct url url_of(const char *text)
{
    struct url url = {0};
    const char *why = "";
    if (url_parse(&url, text, strlen(text), &why) != 0) {
        fprintf(stderr, "%s: %s\n", text, why);
        abort();
    }
    return url;
}

static void trial_perform(struct client *client, void *ctx)
{
    struct trial *trial = ctx;
    struct collector collector = {{collector_begin, collector_write}, trial};
    struct url url = url_of(trial->url);
    struct transfer_request request = {
        .url = &url,
        .send_credentials = !trial->without_credentials,
        .deadline = trial->timeout_ns ? deadline_in(trial->timeout_ns) : DEADLINE_NEVER,
        .sink = trial->sink ? trial->sink : &collector.sink,
        .condition = trial->condition,
        .headers = trial->headers,
    };
    int error = client_perform(client, &request, &trial->result);
    assert(error == trial->result.error);
    assert((error != 0) == (trial->result.message[0] != '\0'));
    url_clear(&url);
}

void trial_url(struct trial *trial, unsigned port, const char *path)
{
    snprintf(trial->url, sizeof trial->url, "http://127.0.0.1:%u%s", port, path);
}

void trial_run(struct trial *trial, enum runtime runtime)
{
    with_client(runtime, &trial->options, trial->hosts_path, trial_perform, trial);
}

void trial_clear(struct trial *trial)
{
    transfer_result_clear(&trial->result);
    free(trial->body);
    *trial = (struct trial){0};
}

int transfer_once(struct client *client, const char *text, struct sink *sink,
                  struct transfer_result *result)
{
    struct url url = url_of(text);
    struct sink discard = sink_discard;
    struct transfer_request request = {
        .url = &url,
        .send_credentials = true,
        .deadline = DEADLINE_NEVER,
        .sink = sink ? sink : &discard,
    };
    int error = client_perform(client, &request, result);
    url_clear(&url);
    return error;
}
