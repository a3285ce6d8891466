/* children.h - the processes of mode processes.
 *
 * They are forked before any thread, libcurl or c-ares starts, because none of those survives a
 * fork. Each blocks in fetch_one() for one entry after another; what it needs of the job's state -
 * a connection to a host, a name - it asks of the parent.
 *
 * Ownership: children_fork() to children_end(). Thread: main. Parks: children_serve.
 */
#ifndef CMD_GET_CHILDREN_H
#define CMD_GET_CHILDREN_H

#include "cmd/get/entry.h"
#include "cmd/get/hosts.h"
#include "cmd/get/namer.h"
#include "cmd/get/options.h"
#include "cmd/get/outcome.h"
#include "cmd/get/store.h"

/* More than this is refused; --jobs is lowered with a warning. */
#define CHILDREN_MAX 1024

struct children;

/* Starts min(jobs, CHILDREN_MAX) children. In each the call does not return. 0 or -errno, said on
 * standard error. */
int children_fork(struct children **children, const struct get_options *options,
                  const struct store_directory *directory);

unsigned children_count(const struct children *children);

/* One a child, in memory that they share with us: each counts there what it receives. */
struct meter *children_meters(const struct children *children);

/* Has a child fetch an entry, answering its questions meanwhile. 0; -ECANCELED; -EPIPE when it
 * died, which fails the entry. */
int children_serve(struct children *children, unsigned child, struct hosts *hosts,
                   struct namer *namer, const struct entry *entry, struct outcome *outcome);

/* Tells them to end, and waits for that a second at most before it kills. NULL is fine. Blocks. */
void children_end(struct children *children);

#endif
