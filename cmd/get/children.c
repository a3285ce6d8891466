#include "cmd/get/children.h"

#include "cmd/get/child.h"
#include "cmd/get/signals.h"
#include "cmd/get/wire.h"
#include "engine/deadline.h"
#include "engine/io/io.h"
#include "engine/sched/task.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A child that has been interrupted says within so long what became of its entry. */
#define LAST_WORDS_TIME (300 * NSEC_PER_MSEC)

struct child {
    pid_t pid;
    int fd;
    char *entered; /* host it holds a connection to; owned; NULL: none */
    bool interrupted;
    struct wire wire;
};

struct children {
    unsigned count;
    struct meter *meters; /* shared memory */
    size_t meters_size;   /* bytes */
    struct child child[]; /* `count` of them */
};

/* In the child: nothing of the parent's or of its siblings' stays open but our end. */
static _Noreturn void child_main(struct children *children, int fd,
                                 const struct get_options *options,
                                 const struct store_directory *directory)
{
    for (unsigned i = 0; i < children->count; i++)
        close(children->child[i].fd);
    struct meter *meter = &children->meters[children->count];
    free(children);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    int status = child_run(fd, options, directory, meter);
    close(fd);
    exit(status);
}

/* Starts one more child. */
static int child_fork(struct children *children, const struct get_options *options,
                      const struct store_directory *directory)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair))
        return -errno;
    fflush(NULL);
    pid_t pid = fork();
    if (pid < 0) {
        int error = -errno;
        close(pair[0]);
        close(pair[1]);
        return error;
    }
    if (pid == 0) {
        close(pair[0]);
        child_main(children, pair[1], options, directory);
    }
    close(pair[1]);
    children->child[children->count++] = (struct child){.pid = pid, .fd = pair[0]};
    return 0;
}

int children_fork(struct children **out, const struct get_options *options,
                  const struct store_directory *directory)
{
    unsigned count = options->jobs;
    if (count > CHILDREN_MAX) {
        count = CHILDREN_MAX;
        fprintf(stderr, "fetch: --mode processes runs at most %u jobs\n", count);
    }
    struct children *children = calloc(1, sizeof *children + count * sizeof children->child[0]);
    if (!children)
        return -ENOMEM;
    children->meters_size = count * sizeof *children->meters;
    children->meters = mmap(NULL, children->meters_size, PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (children->meters == MAP_FAILED) {
        int error = -errno;
        fprintf(stderr, "fetch: %s\n", strerror(-error));
        free(children);
        return error;
    }
    int error = 0;
    while (children->count < count && !error)
        error = child_fork(children, options, directory);
    if (error) {
        fprintf(stderr, "fetch: cannot start process %u of %u: %s\n", children->count + 1, count,
                strerror(-error));
        children_end(children);
        children = NULL;
    }
    *out = children;
    return error;
}

unsigned children_count(const struct children *children)
{
    return children->count;
}

struct meter *children_meters(const struct children *children)
{
    return children->meters;
}

static void child_leave(struct child *child, struct hosts *hosts, const struct visit *visit)
{
    if (child->entered)
        hosts_end_visit(hosts, child->entered, visit);
    free(child->entered);
    child->entered = NULL;
}

/* Enters on the child's behalf. 0 or -errno, which is also the answer. */
static int child_enter(struct child *child, struct hosts *hosts, char *host_key, int64_t deadline)
{
    int error = hosts_enter(hosts, host_key, deadline);
    if (!error) {
        child->entered = host_key;
        return 0;
    }
    free(host_key);
    return error;
}

/* Answers a question about a host; the child leaves one before it enters another. */
static int child_answer(struct child *child, struct hosts *hosts)
{
    struct wire *wire = &child->wire;
    enum wire_type type = wire->type;
    char *host_key = wire_get_string(wire);
    int64_t when = wire_get_number(wire);
    int64_t result = 0;
    if (!host_key || wire->bad) {
        free(host_key);
        return -EPROTO;
    }
    if (type == WIRE_ENTER) {
        result = child_enter(child, hosts, host_key, when);
        host_key = NULL;
    } else if (type == WIRE_PAUSE) {
        result = hosts_pause(hosts, host_key, when);
    } else {
        struct visit visit = {(enum visit_end)wire_get_number(wire), when};
        child_leave(child, hosts, &visit);
    }
    free(host_key);
    if (type == WIRE_LEAVE)
        return 0;
    wire_begin(wire, WIRE_ANSWER);
    wire_put_number(wire, result);
    return wire_send(child->fd, wire);
}

/* Gives the child's file its name. 0 or -errno of the conversation. */
static int child_name(struct child *child, struct namer *namer, const struct entry *entry)
{
    struct wire *wire = &child->wire;
    char *plain = wire_get_string(wire);
    char *name = NULL;
    if (!plain)
        return wire->bad ? -ENOMEM : -EPROTO;
    int error = namer_give(namer, entry, plain, &name);
    wire_begin(wire, WIRE_NAME);
    wire_put_number(wire, error);
    wire_put_string(wire, name);
    free(name);
    free(plain);
    return wire_send(child->fd, wire);
}

/* The child's next message. Whoever is canceled interrupts the child too, and hears it out: its
 * file may have got its name already. A message that has begun is read to its end. */
static int child_listen(struct child *child)
{
    int ready = io_wait(child->fd, IO_IN, DEADLINE_NEVER);
    if (ready < 0 && ready != -ECANCELED)
        return ready;
    if (ready < 0 && !child->interrupted)
        kill(child->pid, SIGTERM);
    child->interrupted = ready < 0;
    task_shield(deadline_in(LAST_WORDS_TIME));
    int error = wire_receive(child->fd, &child->wire);
    task_unshield();
    return error;
}

/* Reads and answers until the outcome is there. */
static int child_converse(struct child *child, struct hosts *hosts, struct namer *namer,
                          const struct entry *entry, struct outcome *outcome)
{
    int error;
    while ((error = child_listen(child)) == 0) {
        if (child->wire.type == WIRE_OUTCOME)
            return wire_get_outcome(&child->wire, outcome);
        error = child->wire.type == WIRE_NAME ? child_name(child, namer, entry)
                                              : child_answer(child, hosts);
        if (error)
            break;
    }
    return error;
}

int children_serve(struct children *children, unsigned number, struct hosts *hosts,
                   struct namer *namer, const struct entry *entry, struct outcome *outcome)
{
    struct child *child = &children->child[number];
    if (entry->leased) {
        child->entered = strdup(entry_gate(entry));
        if (!child->entered) {
            hosts_leave(hosts, entry_gate(entry));
            return -ENOMEM;
        }
    }
    wire_begin(&child->wire, WIRE_ENTRY);
    wire_put_entry(&child->wire, entry);
    int error = wire_send(child->fd, &child->wire);
    if (!error)
        error = child_converse(child, hosts, namer, entry, outcome);
    child_leave(child, hosts, &(struct visit){VISIT_NOTHING, 0});
    /* An interruption may reach the child before it reaches us: then it ends by itself. */
    if (!error && outcome->kind == OUTCOME_NOT_TRIED && !outcome->postponed)
        error = -ECANCELED;
    if (error && error != -ECANCELED && !signals_caught())
        outcome_fail(outcome, "the process that fetched it died");
    return error;
}

/* Waits for a child, 10 ms for each of the `tries`, of which what is left is for the next. */
static bool child_reap(struct child *child, unsigned *tries)
{
    while (waitpid(child->pid, NULL, WNOHANG) == 0) {
        if (*tries == 0)
            return false;
        --*tries;
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    return true;
}

void children_end(struct children *children)
{
    if (!children)
        return;
    unsigned tries = 50; /* half a second for all of them together */
    for (unsigned i = 0; i < children->count; i++)
        close(children->child[i].fd);
    for (unsigned i = 0; i < children->count; i++)
        kill(children->child[i].pid, SIGTERM);
    for (unsigned i = 0; i < children->count; i++) {
        struct child *child = &children->child[i];
        if (!child_reap(child, &tries)) {
            kill(child->pid, SIGKILL);
            waitpid(child->pid, NULL, 0);
        }
        free(child->entered);
        wire_clear(&child->wire);
    }
    (void)munmap(children->meters, children->meters_size); /* as mapped */
    free(children);
}
