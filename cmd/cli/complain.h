/* complain.h - a line about the command line on standard error. Private to cli/.
 *
 * Thread: main. Nothing here parks.
 */
#ifndef CMD_CLI_COMPLAIN_H
#define CMD_CLI_COMPLAIN_H

/* "fetch: ..."; returns -EINVAL. */
int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
