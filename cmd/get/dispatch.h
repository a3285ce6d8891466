/* dispatch.h - which entry is fetched next.
 *
 * Takes entries from the list in order and gives out the first whose host has a connection free and
 * is not paused; the others wait by host, so that one slow or pausing host never holds up the rest.
 * A slow host that has its share of the connections gets more of them only when nothing else is
 * found within some thousand lines. The order within a host is the list's.
 * At most 65,536 entries wait in memory, packed, and further ones in an unlinked temporary file.
 * Only when that has come to 1 GiB the list is not read further, and hosts may hold up others.
 *
 * Ownership: dispatch_new() to dispatch_free(), which frees what still waits; list and hosts
 * outlive it. Thread: one. Parks (or blocks): dispatch_next, dispatch_ready (for the disk),
 * dispatch_end.
 */
#ifndef CMD_GET_DISPATCH_H
#define CMD_GET_DISPATCH_H

#include "cmd/get/entry.h"
#include "cmd/get/hosts.h"
#include "cmd/get/url_list.h"

struct dispatch;

struct dispatch *dispatch_new(struct url_list *list, struct hosts *hosts);

/* Before the first entry is taken and after the last, in a task of the scheduler on which they are,
 * or all without one: with --group-by ip hosts are looked up meanwhile. 0 or -errno. */
int dispatch_begin(struct dispatch *dispatch, const struct get_options *options);
void dispatch_end(struct dispatch *dispatch);

/* The next entry, now the caller's, its host entered (entry->leased) unless it has a problem: the
 * earliest of those that are possible. 0; 1 when there are no more; -ECANCELED, -ENOMEM, -EIO...
 * A list that cannot be read on is told when all that was read of it has been given out. */
int dispatch_next(struct dispatch *dispatch, struct entry **entry);

/* Has it given out all that was read of the list, and has that ended, be it for an error? */
bool dispatch_ended(const struct dispatch *dispatch);

/* Takes an entry back whose host is paused, and gives it out again when that is open, before most
 * others there: also after dispatch_next() has told that there are no more. For any task of the
 * thread. 0, or -errno: then it is still the caller's. */
int dispatch_return(struct dispatch *dispatch, struct entry *entry);

/* Reads up to `count` entries ahead of dispatch_next(), as far as the list has them ready, and
 * shows each to seen(ctx, entry) once: what will be needed of its host can be seen to meanwhile.
 * Never parks. */
void dispatch_foresee(struct dispatch *dispatch, unsigned count,
                      void (*seen)(void *ctx, const struct entry *entry), void *ctx);

/* Would dispatch_next() return without waiting? */
bool dispatch_ready(struct dispatch *dispatch);

/* Entries read from the list that nobody has taken: after an interruption they count as not tried.
 */
uint64_t dispatch_waiting(const struct dispatch *dispatch);
void dispatch_free(struct dispatch *dispatch);

#endif
