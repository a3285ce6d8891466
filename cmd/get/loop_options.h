/* loop_options.h - how the job's schedulers are set up.
 *
 * Any thread; nothing here parks.
 */
#ifndef CMD_GET_LOOP_OPTIONS_H
#define CMD_GET_LOOP_OPTIONS_H

#include "cmd/get/options.h"
#include "engine/sched/sched.h"

/* With -v a watchdog names whatever blocks a loop for more than 50 ms. */
static inline struct sched_options sched_options_for(const struct get_options *options)
{
    return (struct sched_options){
        .watchdog_ns = options->verbose ? 50 * NSEC_PER_MSEC : 0,
    };
}

#endif
