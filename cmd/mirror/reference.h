/* reference.h - how one file of a copied site names another, and what was not copied.
 *
 * Ownership: results are new strings, NULL when memory runs out. Any thread; nothing here parks.
 */
#ifndef CMD_MIRROR_REFERENCE_H
#define CMD_MIRROR_REFERENCE_H

/* From the file `from` to the file `to`, both as names_give() names them: "../img/a%20b.png#x".
 * `fragment` is percent-encoded, without its '#'; NULL: none. Within one file a fragment stands
 * alone. The result is ASCII, has no quotes or brackets, and is no reference to a host or scheme,
 * whatever is in the names. */
char *reference_to_file(const char *from, const char *to, const char *fragment);

/* To what has no copy: the absolute URL, with the fragment. */
char *reference_to_url(const char *url, const char *fragment);

#endif
