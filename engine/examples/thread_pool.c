/* thread_pool.c - work that blocks goes to threads, its results come back to the loop.
 *
 * Twenty jobs, each blocking its thread for 20 ms, on a pool of five threads: four rounds, so
 * about 80 ms instead of 400. The even ones are waited for by their futures; the odd ones call
 * back. Look at where on_done() runs: on the scheduler's thread, so it may touch `callbacks`
 * without a lock. At the end the pool is freed with jobs still queued: an orderly shutdown runs
 * them first.
 */
#include "engine/engine.h"
#include "must.h"
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { JOBS = 20, THREADS = 5, JOB_MS = 20, LEFT_OVER = 3 };

static atomic_int running;
static atomic_int running_most;
static atomic_int jobs_run;

struct square {
    int of;
    int result;
};

/* On a pool thread: may block, must not park. */
static void *compute(void *arg)
{
    struct square *square = arg;
    int now = atomic_fetch_add(&running, 1) + 1;
    int most = atomic_load(&running_most);
    while (now > most && !atomic_compare_exchange_weak(&running_most, &most, now))
        ;
    usleep(JOB_MS * 1000);
    square->result = square->of * square->of;
    atomic_fetch_sub(&running, 1);
    atomic_fetch_add(&jobs_run, 1);
    return square;
}

struct tally {
    pthread_t loop;
    int callbacks;
    int sum;
};

static void on_done(void *ctx, void *value)
{
    struct tally *tally = ctx;
    struct square *square = value;
    if (pthread_equal(pthread_self(), tally->loop))
        tally->callbacks++;
    tally->sum += square->result;
}

static void run_jobs(struct offload_pool *pool, struct tally *tally)
{
    struct square squares[JOBS];
    struct future *futures[JOBS];
    for (int i = 0; i < JOBS; i++) {
        squares[i].of = i;
        must(offload_submit(pool, compute, &squares[i], &futures[i]), "offload_submit");
        if (i % 2)
            must(future_then(futures[i], on_done, tally), "future_then");
    }
    for (int i = 0; i < JOBS; i++) {
        void *value = NULL;
        must(future_wait(futures[i], &value, DEADLINE_NEVER), "future_wait");
        if (i % 2 == 0)
            tally->sum += ((struct square *)value)->result;
        future_free(futures[i]);
    }
}

static void shut_down(struct offload_pool *pool)
{
    static struct square left[LEFT_OVER];
    for (int i = 0; i < LEFT_OVER; i++) {
        struct future *future;
        must(offload_submit(pool, compute, &left[i], &future), "offload_submit");
        future_free(future); /* nobody will ask; the job runs all the same */
    }
    offload_pool_free(pool);
}

static void *program(void *arg)
{
    struct tally tally = {.loop = pthread_self()};
    (void)arg;
    struct offload_pool *pool = must_have(offload_pool_new(THREADS, 0), "offload_pool_new");
    int64_t start = deadline_clock();
    run_jobs(pool, &tally);
    double ms = (double)(deadline_clock() - start) / NSEC_PER_MSEC;
    printf("%d jobs of %d ms on %d threads\n", JOBS, JOB_MS, THREADS);
    printf("at once: %d\n", atomic_load(&running_most));
    printf("callbacks on the loop's thread: %d\n", tally.callbacks);
    printf("sum of squares: %d\n", tally.sum);
    printf("took %.1f ms, one after another %d ms, ratio %.1f\n", ms, JOBS * JOB_MS,
           JOBS * JOB_MS / ms);
    shut_down(pool);
    printf("jobs run after shutdown: %d\n", atomic_load(&jobs_run));
    return NULL;
}

int main(void)
{
    must(engine_run(program, NULL, NULL), "engine_run");
    return 0;
}
