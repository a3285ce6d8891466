/* disposition.h - the file name that a Content-Disposition field suggests.
 *
 * RFC 6266, with the encoded form (filename*) of RFC 8187, which goes first where it is
 * well-formed. Read as leniently as browsers do: what does not belong there is left out. Any
 * thread; nothing here parks.
 */
#ifndef NET_HTTP_DISPOSITION_H
#define NET_HTTP_DISPOSITION_H

#include <stddef.h>

/* *name: the last component of the suggested path (RFC 6266 section 4.3), in UTF-8, a new string;
 * NULL: none. It may have any other characters but NUL in it: a suggestion is not yet a name. 0 or
 * -ENOMEM. */
int disposition_file_name(const char *value, size_t length, char **name);

#endif
