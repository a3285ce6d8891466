/* page.h - the page of --report, built in; its sources are in page/.
 *
 * Between the two goes the data, a line of JSON each (rows.h).
 */
#ifndef CMD_REPORT_PAGE_H
#define CMD_REPORT_PAGE_H

extern const char page_head[];
extern const char page_tail[];

#endif
