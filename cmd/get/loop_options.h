/* loop_options.h - how the job's schedulers are set up.
 *
 * Any thread; nothing here parks.
 */
#ifndef CMD_GET_LOOP_OPTIONS_H
#define CMD_GET_LOOP_OPTIONS_H

#include "cmd/get/options.h"
#include "cmd/get/screen.h"
#include "engine/sched/sched.h"

static inline void loop_report(void *ctx, const char *line)
{
    (void)ctx;
    screen_line(line);
}

/* With -v a watchdog names whatever blocks a loop for more than 50 ms; its thread, too, is not to
 * outlast an interruption. */
static inline struct sched_options sched_options_for(const struct get_options *options)
{
    return (struct sched_options){
        .watchdog_ns = options->verbose ? 50 * NSEC_PER_MSEC : 0,
        .report = loop_report,
    };
}

#endif
