/* shares.h - the memory of a family of processes: proportional shares (PSS), so that pages they
 * share count once (proc(5), smaps_rollup).
 *
 * Thread: any. Nothing here parks; reads /proc.
 */
#ifndef CMD_COMPARE_SHARES_H
#define CMD_COMPARE_SHARES_H

#include <stdint.h>
#include <sys/types.h>

/* The sum over `parent` and its children now, KiB; 0 when it cannot be read. */
int64_t shares_of_family(pid_t parent);

#endif
