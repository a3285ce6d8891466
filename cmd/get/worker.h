/* worker.h - making and unmaking what one thread or process fetches with.
 *
 * Ownership: worker_open() to worker_close(). Thread: the one that will fetch; whether it has a
 * scheduler at that moment decides how its transfers run. Nothing here parks.
 */
#ifndef CMD_GET_WORKER_H
#define CMD_GET_WORKER_H

#include "cmd/get/fetch_one.h"

/* Makes client and store; gate and slots are set by the caller. 0 or -errno, said on standard
 * error. */
int worker_open(struct worker *worker, const struct get_options *options,
                const struct store_directory *directory);

/* What only libcurl and c-ares can tell of the options, before anything is made or overwritten for
 * them. 0; -EINVAL when they are refused; another -errno. Said on standard error. */
int worker_check(const struct get_options *options);

/* All its fetches have ended. */
void worker_close(struct worker *worker);

#endif
