#include "cmd/get/dispatch.h"

#include "cmd/get/grouping.h"
#include "cmd/get/limits.h"
#include "cmd/get/turns.h"
#include "cmd/get/wall_clock.h"
#include "engine/io/watch.h"
#include "engine/sched/blocking.h"
#include "engine/sched/task.h"
#include "engine/sched/waker.h"
#include <errno.h>
#include <stdlib.h>

enum {
    STEPS_IN_A_ROW = 64, /* before the other tasks have their turn */
};

/* A plain thread waits in poll(), where nobody else's thread can wake it: so often it looks. */
static const int64_t blocking_look_ns = 100 * NSEC_PER_MSEC;

/* What one step came to; negative: -errno. */
enum step {
    STEP_ENTRY,
    STEP_END,
    STEP_MORE, /* nothing yet, go on */
    STEP_WAIT, /* nothing before something happens */
};

struct dispatch {
    struct url_list *list;
    struct hosts *hosts;
    struct turns *turns;
    struct grouping *grouping; /* between list and turns; NULL: every host is its own group */
    int grouped_end;           /* what the list said when all of it was in there; 0: nothing yet */
    struct list foreseen;      /* read by dispatch_foresee(), in list order */
    unsigned foreseen_count;
    int foreseen_end;    /* what url_list_try_next() said after them; 0: nothing yet */
    struct entry *ahead; /* found by dispatch_ready() */
    bool list_ended;
    int list_error; /* why it ended, told when all that waits has been given out */
    uint64_t lost;  /* entries that memory or disk could not hold */
};

struct dispatch *dispatch_new(struct url_list *list, struct hosts *hosts)
{
    struct dispatch *dispatch = calloc(1, sizeof *dispatch);
    if (!dispatch)
        return NULL;
    dispatch->list = list;
    dispatch->hosts = hosts;
    list_init(&dispatch->foreseen);
    dispatch->turns = turns_new(hosts);
    if (!dispatch->turns) {
        free(dispatch);
        return NULL;
    }
    return dispatch;
}

/* The first entry read ahead, or NULL. */
static struct entry *dispatch_take_foreseen(struct dispatch *dispatch)
{
    struct list_node *node = list_pop_front(&dispatch->foreseen);
    if (!node)
        return NULL;
    dispatch->foreseen_count--;
    return list_entry(node, struct entry, node);
}

void dispatch_free(struct dispatch *dispatch)
{
    if (!dispatch)
        return;
    if (dispatch->ahead && dispatch->ahead->leased)
        hosts_leave(dispatch->hosts, entry_gate(dispatch->ahead));
    entry_free(dispatch->ahead);
    struct entry *entry;
    while ((entry = dispatch_take_foreseen(dispatch)))
        entry_free(entry);
    grouping_free(dispatch->grouping);
    turns_free(dispatch->turns);
    free(dispatch);
}

static void on_grouped(void *ctx)
{
    struct dispatch *dispatch = ctx;
    turns_wake(dispatch->turns);
}

int dispatch_begin(struct dispatch *dispatch, const struct get_options *options)
{
    if (options->group_by == GROUP_BY_HOST)
        return 0;
    return grouping_new(&dispatch->grouping, options, on_grouped, dispatch);
}

void dispatch_end(struct dispatch *dispatch)
{
    if (dispatch->grouping)
        grouping_stop(dispatch->grouping);
}

/* An entry new from the list: given out when its host can be entered, else it waits. Without a
 * lease where waiting is in vain: fetch_one() will say so. */
static int dispatch_new_entry(struct dispatch *dispatch, struct entry *entry, struct entry **out)
{
    int error = -EAGAIN;
    int64_t again;
    if (entry->problem) {
        *out = entry;
        return STEP_ENTRY;
    }
    entry->taken_up = wall_clock();
    if (!turns_wait_for(dispatch->turns, entry_gate(entry)))
        error = hosts_try_enter(dispatch->hosts, entry_gate(entry), false, &again);
    if (!error || error == -EBUSY) {
        entry->leased = !error;
        *out = entry;
        return STEP_ENTRY;
    }
    if (error == -EAGAIN || error == -EUSERS)
        error = turns_put(dispatch->turns, entry);
    if (!error)
        return STEP_MORE;
    entry_free(entry);
    dispatch->lost++;
    return error;
}

/* As url_list_try_next(), what was read ahead first. */
static int dispatch_next_line(struct dispatch *dispatch, struct entry **entry)
{
    *entry = dispatch_take_foreseen(dispatch);
    if (*entry)
        return 0;
    if (!dispatch->foreseen_end)
        return url_list_try_next(dispatch->list, entry);
    int result = dispatch->foreseen_end;
    dispatch->foreseen_end = 0;
    return result;
}

/* Can grouping take more of the list? */
static bool dispatch_groups_more(const struct dispatch *dispatch)
{
    return !dispatch->grouped_end && !grouping_is_full(dispatch->grouping);
}

/* As dispatch_next_line(), each when its group is known. */
static int dispatch_next_grouped(struct dispatch *dispatch, struct entry **entry)
{
    while (!(*entry = grouping_take(dispatch->grouping))) {
        if (dispatch->grouped_end && grouping_count(dispatch->grouping) == 0)
            return dispatch->grouped_end;
        if (!dispatch_groups_more(dispatch))
            return -EAGAIN;
        int result = dispatch_next_line(dispatch, entry);
        if (result == -EAGAIN || result == -EINPROGRESS)
            return result;
        if (result) {
            dispatch->grouped_end = result;
        } else if (grouping_put(dispatch->grouping, *entry)) {
            entry_free(*entry);
            dispatch->lost++;
            return -ENOMEM;
        }
    }
    return 0;
}

static int dispatch_read(struct dispatch *dispatch, struct entry **out)
{
    struct entry *entry;
    int result = dispatch->grouping ? dispatch_next_grouped(dispatch, &entry)
                                    : dispatch_next_line(dispatch, &entry);
    if (result == 0)
        return dispatch_new_entry(dispatch, entry, out);
    if (result == -EINPROGRESS)
        return STEP_MORE;
    if (result == -EAGAIN)
        return STEP_WAIT;
    dispatch->list_ended = true;
    dispatch->list_error = result < 0 ? result : 0;
    return STEP_MORE;
}

/* Is more of the list to be read? Not without end in search of other hosts. */
static bool dispatch_reads(const struct dispatch *dispatch)
{
    struct turns *turns = dispatch->turns;
    if (dispatch->list_ended || turns_full(turns))
        return false;
    return turns_count(turns) < LIMIT_LOOK_AHEAD || !turns_crowded(turns);
}

/* Those who wait come before the list, which they are earlier in; but those whose host has its
 * share come after all others that can be found. */
static int dispatch_step(struct dispatch *dispatch, struct entry **out)
{
    int error = turns_take(dispatch->turns, false, out);
    if (error != -EAGAIN)
        return error;
    bool reads = dispatch_reads(dispatch);
    int step = reads ? dispatch_read(dispatch, out) : STEP_WAIT;
    if (step != STEP_WAIT)
        return step;
    error = turns_take(dispatch->turns, true, out);
    if (error != -EAGAIN)
        return error;
    if (!reads && dispatch_reads(dispatch))
        return STEP_MORE;
    if (!dispatch->list_ended || turns_count(dispatch->turns) > 0)
        return STEP_WAIT;
    return dispatch->list_error ? dispatch->list_error : STEP_END;
}

static void on_readable(void *ctx, int fd, unsigned events)
{
    struct dispatch *dispatch = ctx;
    (void)fd;     /* the list's */
    (void)events; /* the list will see */
    turns_wake(dispatch->turns);
}

/* Parks until a host was left, a pause ends, or `fd` (-1: none) becomes readable. */
static int dispatch_park(struct dispatch *dispatch, int fd, int64_t until)
{
    struct waker waker;
    int error = 0;
    waker_init(&waker);
    if (turns_arm(dispatch->turns, &waker)) {
        if (fd >= 0)
            error = watch_fd(fd, IO_IN, on_readable, dispatch);
        if (!error)
            error = waker_wait(&waker, until);
        if (fd >= 0)
            watch_fd(fd, 0, NULL, NULL);
        if (!turns_disarm(dispatch->turns) && error)
            waker_settle(&waker);
    }
    waker_destroy(&waker);
    return error == -ETIMEDOUT ? 0 : error;
}

static int dispatch_block(int fd, int64_t until)
{
    struct pollfd entry = {.fd = fd, .events = POLLIN};
    int64_t look = deadline_in(blocking_look_ns);
    int ready = blocking_wait(&entry, fd >= 0, deadline_min(until, look));
    return ready < 0 ? ready : 0;
}

static int dispatch_wait(struct dispatch *dispatch)
{
    bool reads =
        dispatch_reads(dispatch) && (!dispatch->grouping || dispatch_groups_more(dispatch));
    int fd = reads ? url_list_descriptor(dispatch->list) : -1;
    int64_t until = turns_due(dispatch->turns);
    if (reads)
        until = deadline_min(until, url_list_due(dispatch->list));
    return task_self() ? dispatch_park(dispatch, fd, until) : dispatch_block(fd, until);
}

int dispatch_next(struct dispatch *dispatch, struct entry **entry)
{
    *entry = dispatch->ahead;
    dispatch->ahead = NULL;
    if (*entry)
        return STEP_ENTRY;
    for (unsigned steps = 1;; steps++) {
        if (task_canceled())
            return -ECANCELED;
        int step = dispatch_step(dispatch, entry);
        if (step != STEP_MORE && step != STEP_WAIT)
            return step;
        int error = 0;
        if (step == STEP_WAIT)
            error = dispatch_wait(dispatch);
        else if (steps % STEPS_IN_A_ROW == 0 && task_self())
            error = task_yield();
        if (error)
            return error;
    }
}

bool dispatch_ended(const struct dispatch *dispatch)
{
    return dispatch->list_ended && turns_count(dispatch->turns) == 0;
}

int dispatch_return(struct dispatch *dispatch, struct entry *entry)
{
    entry->leased = false;
    int error = turns_put_early(dispatch->turns, entry);
    if (!error)
        turns_wake(dispatch->turns);
    return error;
}

void dispatch_foresee(struct dispatch *dispatch, unsigned count,
                      void (*seen)(void *ctx, const struct entry *entry), void *ctx)
{
    while (!dispatch->list_ended && !dispatch->foreseen_end && dispatch->foreseen_count < count) {
        struct entry *entry;
        int result = url_list_try_next(dispatch->list, &entry);
        if (result == -EAGAIN || result == -EINPROGRESS)
            return;
        dispatch->foreseen_end = result;
        if (result)
            return;
        list_push_back(&dispatch->foreseen, &entry->node);
        dispatch->foreseen_count++;
        if (!entry->problem)
            seen(ctx, entry);
    }
}

bool dispatch_ready(struct dispatch *dispatch)
{
    for (unsigned steps = 0; !dispatch->ahead && steps < STEPS_IN_A_ROW; steps++) {
        int step = dispatch_step(dispatch, &dispatch->ahead);
        if (step == STEP_WAIT)
            return false;
        if (step != STEP_MORE)
            return true;
    }
    return true; /* at work, but not waiting */
}

uint64_t dispatch_waiting(const struct dispatch *dispatch)
{
    uint64_t grouped = dispatch->grouping ? grouping_count(dispatch->grouping) : 0;
    return turns_count(dispatch->turns) + dispatch->lost + dispatch->foreseen_count + grouped +
           (dispatch->ahead != NULL);
}
