/* trial.h - one transfer in a test, under either runtime.
 *
 * Fill the struct (zero is fine for all but the URL), run it, look at the result; then
 * trial_clear(). Checks stay outside of tasks: cmocka leaves a test with longjmp(), which must not
 * cross stacks.
 */
#ifndef TESTS_UNIT_NET_TRIAL_H
#define TESTS_UNIT_NET_TRIAL_H

#include "net/xfer/transfer.h"

enum runtime {
    RUNTIME_SCHEDULED,
    RUNTIME_BLOCKING,
};
#define RUNTIMES 2

struct trial {
    char url[4096];
    struct transfer_options options;
    const char *hosts_path;   /* NULL: /etc/hosts */
    bool without_credentials; /* the origin has changed */
    int64_t timeout_ns;       /* of the whole transfer; 0: none */
    struct sink *sink;        /* NULL: collects into body */
    const struct transfer_condition *condition;
    const char *const *headers; /* of this request alone */
    struct transfer_result result;
    char *body; /* owned, NUL-terminated */
    size_t body_length;
    unsigned begun; /* how often the body was announced */
};

/* Starts with "http://127.0.0.1:PORT" and the path. */
void trial_url(struct trial *trial, unsigned port, const char *path);

void trial_run(struct trial *trial, enum runtime runtime);
void trial_clear(struct trial *trial);

/* Runs fn(client, ctx) in a task, or on the bare thread, with a client of these options. */
void with_client(enum runtime runtime, const struct transfer_options *options,
                 const char *hosts_path, void (*fn)(struct client *client, void *ctx), void *ctx);

/* One transfer of a given client into a sink. The result's error. */
int transfer_once(struct client *client, const char *url, struct sink *sink,
                  struct transfer_result *result);

#endif
