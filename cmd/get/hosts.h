/* hosts.h - what the job knows of each host: connections in use, until when it is paused, and at
 * what pace it may be asked (pace.h).
 *
 * One table for the whole job, shared by all its threads and, through the parent, by its processes,
 * so that no two of them hammer a host that asked for a pause. A host is "name:port" (struct url's
 * host_key). Hosts with nothing to remember are forgotten.
 *
 * Ownership: hosts_new() to hosts_free(). Thread: any; one mutex guards the table and is never held
 * while waiting. Parks (or blocks): hosts_enter.
 */
#ifndef CMD_GET_HOSTS_H
#define CMD_GET_HOSTS_H

#include "cmd/get/pace.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hosts;

/* `patience` (ns; 0: endless): nobody waits for the end of a pause that is further away.
 * `interval` (ns; 0: none): from one entering to the next, whoever enters (--rate). */
struct hosts *hosts_new(unsigned per_host, int64_t patience, int64_t interval);
void hosts_free(struct hosts *hosts);

/* Waits until the host is not paused, its pace allows a request and it has a connection free, then
 * takes it. First come, first served. 0, -ETIMEDOUT, -ECANCELED, -ENOMEM; -EBUSY: the pause is
 * longer than our patience. */
int hosts_enter(struct hosts *hosts, const char *host_key, int64_t deadline);

/* As hosts_enter() without waiting: 0, -EBUSY, -ENOMEM, or -EAGAIN with *again set to when the
 * pause ends or the pace allows it (DEADLINE_NEVER: when somebody leaves). */
int hosts_try_enter(struct hosts *hosts, const char *host_key, int64_t *again);

/* Gives the connection back. */
void hosts_leave(struct hosts *hosts, const char *host_key);

/* The same, and the host's pace learns what the visit has shown. */
void hosts_end_visit(struct hosts *hosts, const char *host_key, const struct visit *visit);

/* Nobody enters before `until`; the later of two pauses counts. True when the host was paused
 * already: whoever just met the same 429 did so because it was under way before the pause. False
 * also when memory runs out, and then there is no pause. */
bool hosts_pause(struct hosts *hosts, const char *host_key, int64_t until);

/* Calls changed(ctx, host_key) whenever somebody leaves a host that was full and nobody waited for
 * the connection: from the leaving thread, without the lock. One listener: the dispatcher; NULL
 * ends it, once nobody can leave any more. */
void hosts_listen(struct hosts *hosts, void (*changed)(void *ctx, const char *host_key), void *ctx);

#endif
