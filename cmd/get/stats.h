/* stats.h - --stats-fd: the summary as one JSON object, for `fetch compare`.
 *
 * Any thread; blocks if the descriptor does.
 */
#ifndef CMD_GET_STATS_H
#define CMD_GET_STATS_H

#include "cmd/get/report.h"

/* {"ok":, "unchanged":, "skipped":, "failed":, "not_tried":, "bytes":, "jobs":, "wall_s":,
 * "tripwire":} and a newline; tripwire is how often libcurl tried to resolve a name by itself in
 * this process. 0 or -errno. */
int stats_write(int fd, const struct report_counts *counts, unsigned jobs, double wall_s);

#endif
