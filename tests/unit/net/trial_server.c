#include "tests/unit/net/trial_server.h"

struct loopback server;
const struct reply *trial_server_replies;

int trial_server_open(const struct reply *replies)
{
    loopback_start(&server, replies);
    return client_global_init();
}

int trial_server_setup(void **state)
{
    (void)state;
    return trial_server_open(trial_server_replies);
}

int trial_server_close(void **state)
{
    (void)state;
    client_global_cleanup();
    loopback_stop(&server);
    return 0;
}

void trial_ask(struct trial *trial, const char *path, enum runtime runtime)
{
    trial_url(trial, server.port, path);
    trial_run(trial, runtime);
}
