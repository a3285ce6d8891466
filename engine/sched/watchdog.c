/* watchdog.c - the thread that watches the loop. */
#include "engine/sched/watchdog.h"
#include "engine/sched/core.h"
#include "engine/sched/report.h"
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

struct watchdog {
    pthread_t thread;
    struct sched *sched;
    pthread_cond_t stop;
    struct {
        pthread_mutex_t mutex;
        bool stopping; /* mutex */
    } _shared;
};

/* What the watchdog saw last, and since when. Its own thread's. */
struct watchdog_sample {
    uint_fast64_t dispatches;
    int64_t since;
    bool reported;
};

/* A block is noticed a quarter of the limit late at most; but the watchdog must not keep a
 * processor busy. */
enum { WATCHDOG_SAMPLES = 4, WATCHDOG_PERIOD_MIN_NS = 1000 * 1000 };

/* Real time: a virtual clock stands still just when the loop is blocked. */
static int64_t clock_real(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
    return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

static void watchdog_report(struct sched *sched, const struct watchdog_sample *sample, int64_t ns)
{
    const char *name = atomic_load_explicit(&sched->_shared.name, memory_order_acquire);
    const char *site = atomic_load_explicit(&sched->_shared.site, memory_order_acquire);
    /* The names belong to this dispatch only if it is still the same one. */
    if (atomic_load_explicit(&sched->_shared.dispatches, memory_order_acquire) !=
        sample->dispatches)
        return;
    if (site)
        report_line(sched,
                    "engine: task %s (spawned at %s) has blocked the loop for %" PRId64 " ms", name,
                    site, ns / NSEC_PER_MSEC);
    else
        report_line(sched, "engine: %s has blocked the loop for %" PRId64 " ms", name,
                    ns / NSEC_PER_MSEC);
}

static void watchdog_sample(struct sched *sched, struct watchdog_sample *last)
{
    int64_t now = clock_real();
    uint_fast64_t dispatches =
        atomic_load_explicit(&sched->_shared.dispatches, memory_order_acquire);
    if (dispatches != last->dispatches) {
        *last = (struct watchdog_sample){.dispatches = dispatches, .since = now};
        return;
    }
    bool runs = dispatches % 2 == 1;
    if (!runs || last->reported || now - last->since < sched->options.watchdog_ns)
        return;
    last->reported = true;
    watchdog_report(sched, last, now - last->since);
}

/* Sleeps for `ns`. False when the watchdog is to end. */
static bool watchdog_sleep(struct watchdog *dog, int64_t ns)
{
    int64_t end = clock_real() + ns;
    struct timespec until = {.tv_sec = end / NSEC_PER_SEC, .tv_nsec = end % NSEC_PER_SEC};
    pthread_mutex_lock(&dog->_shared.mutex);
    int error = 0;
    while (!dog->_shared.stopping && error != ETIMEDOUT)
        error = pthread_cond_timedwait(&dog->stop, &dog->_shared.mutex, &until);
    bool go_on = !dog->_shared.stopping;
    pthread_mutex_unlock(&dog->_shared.mutex);
    return go_on;
}

static void *watchdog_thread(void *arg)
{
    struct watchdog *dog = arg;
    struct watchdog_sample last = {.since = clock_real()};
    int64_t period = dog->sched->options.watchdog_ns / WATCHDOG_SAMPLES;
    if (period < WATCHDOG_PERIOD_MIN_NS)
        period = WATCHDOG_PERIOD_MIN_NS;
    while (watchdog_sleep(dog, period))
        watchdog_sample(dog->sched, &last);
    return NULL;
}

/* With all signals blocked, so that handlers run where the program expects them. */
static int watchdog_start_thread(struct watchdog *dog)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&dog->thread, NULL, watchdog_thread, dog);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return -error;
}

static void watchdog_free(struct watchdog *dog)
{
    pthread_cond_destroy(&dog->stop);
    pthread_mutex_destroy(&dog->_shared.mutex);
    free(dog);
}

int watchdog_start(struct sched *sched)
{
    if (sched->options.watchdog_ns <= 0)
        return 0;
    struct watchdog *dog = calloc(1, sizeof(*dog));
    if (!dog)
        return -ENOMEM;
    dog->sched = sched;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&dog->stop, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&dog->_shared.mutex, NULL);
    int error = watchdog_start_thread(dog);
    if (error) {
        watchdog_free(dog);
        return error;
    }
    sched->watchdog = dog;
    return 0;
}

void watchdog_stop(struct sched *sched)
{
    struct watchdog *dog = sched->watchdog;
    if (!dog)
        return;
    pthread_mutex_lock(&dog->_shared.mutex);
    dog->_shared.stopping = true;
    pthread_cond_signal(&dog->stop);
    pthread_mutex_unlock(&dog->_shared.mutex);
    pthread_join(dog->thread, NULL);
    watchdog_free(dog);
    sched->watchdog = NULL;
}
