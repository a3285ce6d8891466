/* har.h - --har: HTTP Archive 1.2, as browsers and their tools read it.
 *
 * One entry for each URL that something was requested for: its last request, with what came before
 * it as time in which it was blocked. Of headers there are only such as we know to be harmless;
 * cookies and credentials never.
 *
 * Any thread; nothing here parks.
 */
#ifndef CMD_REPORT_HAR_H
#define CMD_REPORT_HAR_H

#include "cmd/report/records.h"

extern const struct record_format har_format;

#endif
