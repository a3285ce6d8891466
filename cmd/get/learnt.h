/* learnt.h - what transfers learn on the way and the user wants to have at the end: cookies
 * (-c) and hosts that want HTTPS only (--hsts), places where else hosts are met (--alt-svc).
 *
 * Workers learn by themselves, be they threads or processes, and bring home what changed when they
 * end: a file without a name that all of them have open. The job then makes one of it all.
 *
 * Ownership: get_run() makes it before anything is forked and frees it at the end. Thread:
 * learnt_collect() any, the others main. Nothing here parks; learnt_save() waits for the disk.
 */
#ifndef CMD_GET_LEARNT_H
#define CMD_GET_LEARNT_H

#include "cmd/get/options.h"
#include "net/xfer/transfer.h"

struct learnt;

/* Sets options->learnt, NULL where nothing is to be kept, and options->transfer.hsts and .altsvc.
 * Tells of cookie files that cannot be read. 0, or -errno with *place, a new string for the user or
 * NULL: of a file that is to be written at the end, what keeps us from that. */
int learnt_open(struct get_options *options, char **place);

/* A worker ends; learnt may be NULL. What cannot be brought home is told. */
void learnt_collect(struct learnt *learnt, const struct client *client);

/* All workers have ended: writes the files, what others have put there meanwhile included. 0, or
 * -errno with *place likewise. */
int learnt_save(struct learnt *learnt, char **place);

void learnt_free(struct learnt *learnt);

#endif
