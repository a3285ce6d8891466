#include "tests/unit/net/pausing.h"

#include "engine/engine.h"
#include "tests/unit/net/trial_server.h"
#include <stdio.h>

static int pausing_begin(struct sink *sink, struct transfer *transfer,
                         const struct transfer_result *result)
{
    (void)result;
    list_entry(sink, struct pausing, sink)->transfer = transfer;
    return 0;
}

static int pausing_write(struct sink *sink, const void *data, size_t size)
{
    struct pausing *pausing = list_entry(sink, struct pausing, sink);
    if (pausing->refused < pausing->times) {
        pausing->refused++;
        pausing->pauses++;
        event_set(&pausing->paused);
        return SINK_PAUSE;
    }
    pausing->refused = 0;
    if (pausing->is_right && !pausing->is_right(pausing->bytes, data, size))
        pausing->wrong++;
    pausing->bytes += size;
    return 0;
}

static void *keep_resuming(void *arg)
{
    struct pausing *pausing = arg;
    while (event_wait(&pausing->paused, DEADLINE_NEVER) == 0 && !pausing->done) {
        event_clear(&pausing->paused);
        transfer_resume(pausing->transfer);
    }
    return NULL;
}

void pausing_run(struct client *client, void *ctx)
{
    struct pausing *pausing = ctx;
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%u%s", server.port, pausing->path);
    pausing->sink = (struct sink){pausing_begin, pausing_write};
    event_init(&pausing->paused);
    struct task *task = task_spawn(NULL, keep_resuming, pausing);
    transfer_once(client, url, &pausing->sink, &pausing->result);
    pausing->done = true;
    event_set(&pausing->paused);
    task_join(task, NULL, DEADLINE_NEVER);
}
