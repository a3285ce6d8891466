#include "net/xfer/loop.h"
#include "engine/io/watch.h"
#include "net/xfer/core.h"
#include "net/xfer/result.h"
#include <assert.h>
#include <errno.h>
#include <stdio.h>

/* More calls than this in a second of which nothing comes are a bug of libcurl's: 8.20 had some. */
#define SPIN_CALLS 50000

static struct loop *loop_of(struct sched_hook *hook)
{
    return list_entry(hook, struct loop, hook);
}

static void loop_progressed(struct loop *loop)
{
    loop->idle_calls = 0;
}

/* A busy loop would go unnoticed but for the heat. */
static void loop_guard_against_spin(struct loop *loop)
{
    if (loop->idle_calls++ == 0)
        loop->idle_since = deadline_now();
    if (loop->idle_calls < SPIN_CALLS)
        return;
    if (!loop->spin_reported && deadline_clock() - loop->idle_since < NSEC_PER_SEC) {
        loop->spin_reported = true;
        fprintf(stderr, "libcurl was called %d times within a second and nothing came of it\n",
                SPIN_CALLS);
    }
    loop_progressed(loop);
}

/* After an error the state of all its transfers is uncertain, says libcurl's documentation. */
static void loop_run(struct loop *loop, curl_socket_t fd, int events)
{
    int running;
    loop_guard_against_spin(loop);
    loop->ran = true;
    if (curl_multi_socket_action(loop->multi, fd, events, &running) != CURLM_OK)
        loop->broken = true;
}

/* A hang-up alone would leave libcurl waiting: it must read to find out. */
static void loop_ready(void *ctx, int fd, unsigned events)
{
    struct loop *loop = ctx;
    int mask = 0;
    if (loop->broken)
        return;
    if (events & IO_IN)
        mask |= CURL_CSELECT_IN;
    if (events & IO_OUT)
        mask |= CURL_CSELECT_OUT;
    if (events & IO_ERROR)
        mask |= CURL_CSELECT_ERR | CURL_CSELECT_IN;
    loop_run(loop, fd, mask);
}

/* libcurl tells what it wants of a descriptor. Whose transfer that is does not matter, and it may
 * tell so of descriptors it never mentioned before. That it wants nothing more of one that never
 * got connected, 7.88 tells after it has closed it. */
static int loop_watch(CURL *handle, curl_socket_t fd, int what, void *ctx, void *socket_ctx)
{
    struct loop *loop = ctx;
    unsigned mask = 0;
    (void)handle;
    (void)socket_ctx;
    if (what == CURL_POLL_REMOVE && !peer_has_connection(&loop->client->peers, fd)) {
        watch_closed(fd);
        return 0;
    }
    if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
        mask |= IO_IN;
    if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
        mask |= IO_OUT;
    return watch_fd(fd, mask, loop_ready, ctx) == 0 || mask == 0 ? 0 : -1;
}

/* 0 means "soon", not "now": libcurl must not be called from its own callback. */
static int loop_set_timer(CURLM *multi, long ms, void *ctx)
{
    struct loop *loop = ctx;
    (void)multi;
    if (ms < 0)
        loop->timer = DEADLINE_NEVER;
    else
        loop->timer = ms == 0 ? DEADLINE_NOW : deadline_in_ms(ms);
    return 0;
}

/* By default libcurl keeps four connections for each transfer of the moment, so that a dip in their
 * number would close the warm ones. This is a backstop: peers stop keeping them before that, for
 * 7.88 never forgets the host of a connection that it had to push out. */
static long connections_max(const struct client *client)
{
    return (long)(client->peers.open_limit + client->options->jobs);
}

/* More than libcurl's own 100, where more may be under way: it would open a connection for each
 * transfer beyond. What the server allows counts all the same. */
static long streams_max(const struct client *client)
{
    return client->options->jobs > 100 ? (long)client->options->jobs : 100;
}

static int loop_make_multi(struct loop *loop)
{
    loop->broken = false;
    loop->timer = DEADLINE_NEVER;
    loop->multi = curl_multi_init();
    if (!loop->multi)
        return -ENOMEM;
    long most = connections_max(loop->client);
    CURLMcode code = curl_multi_setopt(loop->multi, CURLMOPT_MAXCONNECTS, most);
    if (code == CURLM_OK)
        code = curl_multi_setopt(loop->multi, CURLMOPT_MAX_CONCURRENT_STREAMS,
                                 streams_max(loop->client));
    if (code == CURLM_OK && !client_multiplexes(loop->client))
        code = curl_multi_setopt(loop->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    if (loop->scheduled && code == CURLM_OK) {
        (void)curl_multi_setopt(loop->multi, CURLMOPT_SOCKETFUNCTION, loop_watch);
        (void)curl_multi_setopt(loop->multi, CURLMOPT_SOCKETDATA, loop);
        (void)curl_multi_setopt(loop->multi, CURLMOPT_TIMERFUNCTION, loop_set_timer);
        (void)curl_multi_setopt(loop->multi, CURLMOPT_TIMERDATA, loop);
    }
    return code == CURLM_OK ? 0 : -ENOMEM;
}

static void transfer_unlearn(struct transfer *transfer)
{
    peer_unlearn(transfer->target);
    if (transfer->via)
        peer_unlearn(transfer->via);
}

/* Takes a transfer back from libcurl, whether that is done with it or not. */
void loop_end(struct loop *loop, struct transfer *transfer, CURLcode code)
{
    struct easy *easy = transfer->easy;
    if (easy) {
        /* Cannot fail for a handle of ours outside a callback. */
        (void)curl_multi_remove_handle(loop->multi, easy->handle);
        result_take(transfer, code);
        easy_release(easy);
    }
    /* The tripwire: should libcurl ever lose an address, the next transfer brings it again. */
    if (transfer->result->error == -EDOM)
        transfer_unlearn(transfer);
    socket_transfer_ended(transfer);
    speed_transfer_ended(transfer);
    list_remove(&transfer->active_node);
    list_remove(&transfer->quiet_node);
    list_remove(&transfer->nudge_node);
    list_remove(&transfer->command_node);
    loop_progressed(loop);
    transfer->ended = true;
    if (transfer->task)
        task_wake(transfer->task);
}

static void loop_fail(struct loop *loop, struct transfer *transfer, enum transfer_stop why)
{
    if (transfer->stop == STOP_NONE)
        transfer->stop = why;
    transfer_unlearn(transfer);
    loop_end(loop, transfer, CURLE_OK);
}

void loop_start(struct loop *loop, struct transfer *transfer)
{
    struct easy *easy = NULL;
    if (!loop->multi && loop_make_multi(loop) != 0) {
        loop_fail(loop, transfer, STOP_NO_MEMORY);
        return;
    }
    if (easy_take(&easy, transfer) != 0 ||
        curl_multi_add_handle(loop->multi, easy->handle) != CURLM_OK) {
        loop_fail(loop, transfer, STOP_NO_MEMORY);
        return;
    }
    list_push_back(&loop->active, &transfer->active_node);
    loop_nudge_later(loop, transfer);
    loop_touch(transfer);
    /* libcurl reads the addresses when it first runs the handle, not when it gets it, and promises
     * no order. Until it has, no other transfer may rely on them. */
    if (easy->resolve && loop->scheduled)
        loop_run(loop, CURL_SOCKET_TIMEOUT, 0);
}

/* libcurl delivers what it had held back before it returns. If that fails, it is up to us to end
 * the transfer. */
void loop_resume(struct loop *loop, struct transfer *transfer)
{
    if (!transfer->paused)
        return;
    transfer->paused = false;
    loop_touch(transfer);
    speed_watch(transfer);
    loop->ran = true;
    CURLcode code = curl_easy_pause(transfer->easy->handle, CURLPAUSE_CONT);
    if (code != CURLE_OK)
        loop_end(loop, transfer, code);
}

void loop_resume_yielded(struct loop *loop)
{
    struct list batch;
    struct list_node *node;
    list_init(&batch);
    list_move(&batch, &loop->yielded);
    while ((node = list_pop_front(&batch)))
        loop_resume(loop, list_entry(node, struct transfer, quiet_node));
}

static void loop_run_commands(struct loop *loop)
{
    struct list_node *node;
    while (!loop->broken && (node = list_pop_front(&loop->commands))) {
        struct transfer *transfer = list_entry(node, struct transfer, command_node);
        unsigned commands = transfer->commands;
        transfer->commands = 0;
        if (commands & COMMAND_START)
            loop_start(loop, transfer);
        else if (commands & COMMAND_STOP)
            loop_end(loop, transfer, CURLE_OK);
        else
            loop_resume(loop, transfer);
    }
}

void loop_collect(struct loop *loop)
{
    CURLMsg *message;
    int left;
    loop->ran = false;
    while ((message = curl_multi_info_read(loop->multi, &left))) {
        struct easy *easy = NULL;
        /* The message dies with the handle's removal. */
        CURLcode code = message->data.result;
        if (curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &easy) == CURLE_OK && easy)
            loop_end(loop, easy->transfer, code);
    }
}

void loop_fail_all(struct loop *loop)
{
    struct list_node *node;
    while ((node = list_first(&loop->active)))
        loop_fail(loop, list_entry(node, struct transfer, active_node), STOP_LOOP_BROKEN);
    if (loop->multi)
        (void)curl_multi_cleanup(loop->multi);
    loop->multi = NULL;
    loop->broken = false;
    loop->timer = DEADLINE_NEVER;
    peer_table_forget(&loop->client->peers);
}

void loop_touch(struct transfer *transfer)
{
    struct loop *loop = &transfer->client->loop;
    loop_progressed(loop);
    list_remove(&transfer->quiet_node);
    list_push_back(&loop->touched, &transfer->quiet_node);
}

/* The clock is not read while events are handed out, so what they touched gets its time here. */
static void loop_date_touched(struct loop *loop, int64_t now)
{
    struct list_node *node;
    while ((node = list_pop_front(&loop->touched))) {
        list_entry(node, struct transfer, quiet_node)->last_byte = now;
        list_push_back(&loop->quiet, node);
    }
}

int64_t loop_end_stalled(struct loop *loop, int64_t now)
{
    struct list_node *node;
    loop_date_touched(loop, now);
    while (loop->stall != DEADLINE_NEVER && (node = list_first(&loop->quiet))) {
        struct transfer *transfer = list_entry(node, struct transfer, quiet_node);
        if (now - transfer->last_byte < loop->stall)
            return transfer->last_byte + loop->stall;
        transfer->stop = STOP_STALLED;
        loop_end(loop, transfer, CURLE_OK);
    }
    return DEADLINE_NEVER;
}

static void loop_settle(struct loop *loop)
{
    if (loop->broken)
        loop_fail_all(loop);
    else if (loop->ran)
        loop_collect(loop);
}

static int64_t loop_prepare(struct sched_hook *hook)
{
    struct loop *loop = loop_of(hook);
    int64_t now = deadline_now();
    loop_run_commands(loop);
    int64_t nudge = loop->broken ? DEADLINE_NOW : loop_nudge(loop, now);
    if (loop->timer <= now && !loop->broken) {
        loop->timer = DEADLINE_NEVER;
        loop_run(loop, CURL_SOCKET_TIMEOUT, 0);
    }
    if (!loop->broken)
        loop_resume_yielded(loop);
    speed_tick(loop, now);
    loop_settle(loop);
    int64_t next = deadline_min(loop_end_stalled(loop, now), speed_next(loop));
    next = deadline_min(next, nudge);
    return list_empty(&loop->yielded) ? deadline_min(next, loop->timer) : DEADLINE_NOW;
}

static void loop_finish(struct sched_hook *hook)
{
    struct loop *loop = loop_of(hook);
    loop_date_touched(loop, deadline_now());
    loop_settle(loop);
}

int loop_init(struct loop *loop, struct client *client)
{
    int64_t stall = client->options->stall_timeout_ns;
    *loop = (struct loop){
        .hook = {.prepare = loop_prepare, .finish = loop_finish},
        .client = client,
        .next_nudge = DEADLINE_NEVER,
        .scheduled = sched_self() != NULL,
        .stall = stall > 0 && stall < DEADLINE_NEVER / 2 ? stall : DEADLINE_NEVER,
    };
    list_init(&loop->commands);
    list_init(&loop->active);
    list_init(&loop->quiet);
    list_init(&loop->touched);
    list_init(&loop->nudged);
    list_init(&loop->yielded);
    list_init(&loop->delayed);
    list_init(&loop->watched);
    int error = loop_make_multi(loop);
    if (!error && loop->scheduled)
        sched_hook_add(sched_self(), &loop->hook);
    return error;
}

void loop_close(struct loop *loop)
{
    if (loop->scheduled)
        sched_hook_remove(&loop->hook);
    if (loop->multi)
        (void)curl_multi_cleanup(loop->multi); /* nothing is left in it */
}

static void loop_post(struct loop *loop, struct transfer *transfer, enum transfer_command command)
{
    transfer->commands |= command;
    if (!list_linked(&transfer->command_node))
        list_push_back(&loop->commands, &transfer->command_node);
}

/* Before its start libcurl has nothing of the transfer; afterwards it is asked to let go. */
static void loop_stop(struct loop *loop, struct transfer *transfer, enum transfer_stop why)
{
    transfer->stop = why;
    if (transfer->commands & COMMAND_START) {
        list_remove(&transfer->command_node);
        transfer->ended = true;
    } else {
        loop_post(loop, transfer, COMMAND_STOP);
    }
}

void loop_perform(struct loop *loop, struct transfer *transfer)
{
    transfer->task = task_self();
    assert(transfer->task); /* where a scheduler runs, only tasks can wait */
    loop_post(loop, transfer, COMMAND_START);
    while (!transfer->ended && transfer->stop == STOP_NONE) {
        int error = task_park(transfer->request->deadline);
        if (error && !transfer->ended && transfer->stop == STOP_NONE)
            loop_stop(loop, transfer, error == -ETIMEDOUT ? STOP_DEADLINE : STOP_CANCELED);
    }
    /* Bounded by the next tick: the loop needs nobody else to let go of us. */
    while (!transfer->ended)
        (void)task_park_uncancelable(); /* woken is all it can be */
}

void transfer_resume(struct transfer *transfer)
{
    if (!transfer->ended)
        loop_post(&transfer->client->loop, transfer, COMMAND_RESUME);
}

void transfer_end(struct transfer *transfer, int error)
{
    if (transfer->ended || transfer->stop != STOP_NONE)
        return;
    transfer->result->sink_error = error;
    loop_stop(&transfer->client->loop, transfer, STOP_SINK);
}
