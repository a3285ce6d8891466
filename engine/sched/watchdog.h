/* watchdog.h - a thread that notices when the loop stands still. Private to engine.
 *
 * It samples the loop's dispatch counter a few times per `watchdog_ns`; when one task or callback
 * has run for longer than that, it is named, once. Ownership: a part of its scheduler. Thread:
 * start and stop by the scheduler's; the report comes from the watchdog's own thread. Nothing here
 * parks; watchdog_stop() joins the thread.
 */
#ifndef ENGINE_WATCHDOG_H
#define ENGINE_WATCHDOG_H

struct sched;

/* Does nothing without options.watchdog_ns. 0 or -errno. */
int watchdog_start(struct sched *sched);

/* Fine when there is none. */
void watchdog_stop(struct sched *sched);

#endif
