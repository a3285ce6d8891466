/* split.h - a large file over several connections at once, and over its mirrors.
 *
 * A file is begun as any other: one plain request, read from the beginning. If that shows a file
 * worth dividing, of a server that has ranges and says by which validators it is to be known,
 * others bring the later pieces meanwhile (pieces.h), and the first stops where they have begun. So
 * nothing is lost where a server has no ranges after all: the first goes on to the end. Who has
 * nothing left to bring takes half of what is slowest.
 *
 * Helpers are tasks of a group that does not outlive split_conclude(); off a scheduler there are
 * none, and a file is one connection. They pass the gate of their host like everybody, but need no
 * slot.
 *
 * Ownership: the caller's struct, split_prepare() to split_conclude(). Thread: the worker's. Parks:
 * split_conclude.
 */
#ifndef CMD_GET_SPLIT_H
#define CMD_GET_SPLIT_H

#include "cmd/get/attempt.h"
#include "cmd/get/duplicates.h"
#include "cmd/get/split_places.h"
#include "cmd/get/store.h"
#include "engine/sched/group.h"
#include "engine/sync/event.h"

struct split {
    struct attempt *lead; /* who begins the file */
    struct download *download;
    const struct url *from;              /* where */
    const struct duplicates *duplicates; /* mirrors that help besides the list's; NULL: none may */
    bool begun;
    bool mixed; /* some of it is a mirror's */
    struct split_places places;
    size_t connections; /* the lead's included */
    struct group group;
    struct event idle; /* no helper is left */
    unsigned helpers;
    int64_t there;  /* bytes that earlier tries have brought */
    int64_t until;  /* -m; DEADLINE_NEVER: no bound */
    int sink_error; /* why a helper failed: -errno of the disk; 0: for another reason */
    char reason[320];
};

/* Before attempt_run(): helpers may come, from the list's mirrors and the duplicates too, which may
 * become known only with the answer; but from none if `duplicates` is NULL. */
void split_prepare(struct split *split, struct attempt *lead, struct download *download,
                   const struct url *from, const struct duplicates *duplicates);

/* After it: waits for the helpers. What the try came to with all of them. */
enum verdict split_conclude(struct split *split, enum verdict verdict);

#endif
