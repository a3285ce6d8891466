/* crawl.h - the commands `fetch mirror` and `fetch crawl`: pages bring new URLs.
 *
 * A crawl is a job (cmd/get/job.h) whose URLs come from a frontier and whose pages go back to it:
 *
 *     lease  a URL whose host is ready           walk.c
 *     ask    its site's robots.txt, once         robots_trip.c
 *     fetch  it, by fetch_one() as get does      cmd/get/
 *     read   its links while it arrives          page.c
 *     learn  which of them are to be fetched     learn.c, follow.c, scope.c
 *
 * Thread: main, once. Nothing here parks: it runs the schedulers itself.
 */
#ifndef CMD_CRAWL_CRAWL_H
#define CMD_CRAWL_CRAWL_H

#include "cmd/crawl/options.h"
#include "cmd/get/options.h"

/* The exit status, as in cmd/exit_status.h. */
int crawl_run(const struct get_options *options, const struct crawl_options *crawl_options);

#endif
