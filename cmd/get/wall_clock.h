/* wall_clock.h - the time of day, for what is written down; durations have the monotonic clock.
 *
 * Any thread; nothing here parks.
 */
#ifndef CMD_GET_WALL_CLOCK_H
#define CMD_GET_WALL_CLOCK_H

#include <stdint.h>

/* Nanoseconds since 1970. It may be set back at any time. */
int64_t wall_clock(void);

#endif
