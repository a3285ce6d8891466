/* rows.h - the data in the page of --report: lines of JSON, each written when it is known.
 *
 *     {"run":{"mode":"async","jobs":50,"started":UNIX_US,"lists":["urls.txt"],"version":"0.1.0"}}
 *     [URL, outcome, status, bytes, attempts, begin, queue, earlier, dns, connect, tls, wait, body,
 *      error, final URL, path, address, HTTP version]                     one for each transfer
 *     {"end":{"ok":1,"unchanged":0,"skipped":0,"failed":0,"not_tried":0,"more":false,"bytes":7,
 *      "wall":0.25,"interrupted":false}}
 *
 * Outcomes are 0 ok, 1 unchanged, 2 skipped, 3 failed. Times are microseconds; begin is since 1970,
 * 0 when nothing was requested. A text that there is not is 0. Who reads a file that ends in the
 * middle leaves out the line that is cut off.
 *
 * Any thread; nothing here parks.
 */
#ifndef CMD_REPORT_ROWS_H
#define CMD_REPORT_ROWS_H

#include "cmd/report/records.h"

extern const struct record_format page_format; /* --report: the whole page */
extern const struct record_format rows_format; /* --report-rows: the lines, for fetch compare */

/* ["urls.txt","standard input"]: URLs of the command line are not among them. */
void rows_put_lists(struct json_text *text, const struct get_options *options);

#endif
