/* measure.h - one run of `fetch get` as a fresh process, measured.
 *
 * Ownership: the caller's structs. Thread: any. Blocks: measure_run.
 */
#ifndef CMD_COMPARE_MEASURE_H
#define CMD_COMPARE_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the finished process says of itself (--stats-fd) and what the kernel says of it. */
struct measurement {
    int status; /* exit status; 128 + signal when it was killed */
    int64_t ok;
    int64_t failed;
    int64_t bytes;
    double wall_s;
    double user_s; /* its own and its children's */
    double sys_s;
    int64_t max_rss_kib; /* peak; with children the sum of proportional shares (PSS) */
    int64_t context_switches;
};

/* Runs argv[0] with the arguments and waits. With `children` the proportional shares of its whole
 * family are sampled while it runs. 0, or
 * -errno when it could not be started or told nothing. */
int measure_run(char *const *argv, bool children, struct measurement *measurement);

/* Hands a signal on to the process that is being measured, if there is one. Safe in a signal
 * handler. */
void measure_forward(int signal);

/* The median of each field over `n` runs; the counts are the last run's. */
void measure_median(const struct measurement *runs, size_t n, struct measurement *median);

#endif
