/* grouping.h - --group-by ip: entries learn the address of their hosts before they come to a gate.
 *
 * Entries are put in the order of the list and taken when their host has been looked up, those of
 * one host in order; one that is slow to be found holds up no other. Some hundred hosts are looked
 * up at a time where there is a scheduler, elsewhere one, at once. A host that cannot be found, or
 * is met through a proxy, stands for itself.
 *
 * Ownership: grouping_new() to grouping_free(), which frees the entries that are left. Thread: the
 * dispatcher's; made and stopped in a task of its scheduler, if it has one. Parks (or blocks):
 * grouping_stop, and grouping_put where there is no scheduler.
 */
#ifndef CMD_GET_GROUPING_H
#define CMD_GET_GROUPING_H

#include "cmd/get/entry.h"
#include "cmd/get/options.h"

struct grouping;

/* `changed` is called whenever there may be more to take. 0 or -errno. */
int grouping_new(struct grouping **made, const struct get_options *options,
                 void (*changed)(void *ctx), void *ctx);

/* Gives up what is being looked up: all entries can be taken. */
void grouping_stop(struct grouping *grouping);
void grouping_free(struct grouping *grouping); /* NULL is fine */

/* 0, or -ENOMEM: then the entry is still the caller's. */
int grouping_put(struct grouping *grouping, struct entry *entry);

/* The next entry that knows its group, now the caller's. NULL: none does. */
struct entry *grouping_take(struct grouping *grouping);

/* Put no more for the time being. */
bool grouping_is_full(const struct grouping *grouping);

/* Entries inside. */
uint64_t grouping_count(const struct grouping *grouping);

#endif
