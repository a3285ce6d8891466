/* name.h - file names from URLs, made safe.
 *
 * flat: the last path segment without the query; path: HOST[:PORT]/dir/file with the query kept; an
 * empty last segment is index.html. Percent-decoded once; then no separator, no control byte, not
 * "." or "..", no leading dot or dash surprise, valid UTF-8, never ".fetch" nor our part suffix, at
 * most NAME_MAX bytes a component. Anything else in the name is the URL's own.
 *
 * Ownership: results are new strings. Any thread; nothing here parks.
 */
#ifndef CMD_GET_NAME_H
#define CMD_GET_NAME_H

#include "cmd/get/options.h"
#include "net/url/url.h"

/* The plain name. NULL when memory runs out. */
char *name_from_url(const struct url *url, enum layout layout);

/* The name for a URL whose plain name another URL of the list has: "stem~8HEX.ext" with the start
 * of the SHA-256 of the URL's text; `attempt` > 0 takes further digits, should even that be taken.
 */
char *name_distinct(const char *name, const struct url *url, unsigned attempt);

/* "name.N.ext", as --if-exists rename numbers them. */
char *name_numbered(const char *name, unsigned number);

#endif
