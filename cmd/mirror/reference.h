/* reference.h - how one file of a copied site names another.
 *
 * Any thread; nothing here allocates or parks.
 */
#ifndef CMD_MIRROR_REFERENCE_H
#define CMD_MIRROR_REFERENCE_H

#include <stddef.h>

/* Bytes that reference_to_file() writes at most, the NUL at the end included. */
size_t reference_room(const char *from, const char *to, const char *fragment);

/* Writes to `out` what the file `from` calls the file `to`, both as names_give() names them:
 * "../img/a%20b.png#x". `fragment` is percent-encoded, without its '#'; NULL: none. Within one file
 * a fragment stands alone. Before the fragment all is ASCII without quotes, brackets, blanks, and
 * no host or scheme, whatever is in the names. Returns its length. */
size_t reference_to_file(char *out, const char *from, const char *to, const char *fragment);

#endif
