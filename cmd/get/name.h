/* name.h - file names from URLs, made safe.
 *
 * flat: the last path segment without the query; path: HOST[:PORT]/dir/file with the query kept; an
 * empty last segment is index.html. Percent-decoded once, then made safe, component by component:
 * - slash, backslash, control characters (C0, DEL, C1), those that turn the direction of writing,
 *   and bytes that are not UTF-8 become '_', one each;
 * - a leading dot, dash, tilde or blank gets a '_' before it: "_.bashrc", "_-rf", never ".fetch";
 * - dots and blanks at the end become '_', so that none is ".", "..", or cut by another system;
 * - our part suffix, in any case, gets a '_' after it;
 * - at most NAME_MAX bytes: the stem is cut between characters, an extension of up to 16 letters
 *   and digits is kept. Of a path too deep for PATH_MAX the innermost directories are left out.
 * Anything else in the name is the URL's own. Different URLs may get the same name.
 *
 * Ownership: results are new strings. Any thread; nothing here parks.
 */
#ifndef CMD_GET_NAME_H
#define CMD_GET_NAME_H

#include "cmd/get/component.h"
#include "cmd/get/options.h"
#include "net/url/url.h"

/* Of files that are not complete yet. */
#define NAME_PART_SUFFIX COMPONENT_PART_SUFFIX

/* The plain name. NULL when memory runs out. */
char *name_from_url(const struct url *url, enum layout layout);

/* The name `path`, perhaps with directories before it, inside `dir` (NULL: none), as a list gives
 * it: nothing is percent-decoded, both are made safe. NULL when memory runs out. */
char *name_given(const char *dir, const char *path);

/* The name that a server suggests, in the directories of `name`. NULL when memory runs out. */
char *name_suggested(const char *name, const char *suggested);

/* The name for a URL whose plain name another URL of the list has: "stem~8HEX.ext" with the start
 * of the SHA-256 of the URL without credentials; `attempt` > 0 takes further digits, should even
 * that be taken. NULL when memory runs out. */
char *name_distinct(const char *name, const struct url *url, unsigned attempt);

/* As name_distinct(), with the SHA-256 of another text. */
char *name_marked(const char *name, const char *text, unsigned attempt);

/* The file as a user in our directory would name it: "DIR/name", or "name" alone where DIR is ".".
 * NULL when memory runs out. */
char *name_below(const char *directory, const char *name);

/* Of directories too deep for the file system the inner ones are left out; host and file stay.
 * `last` is where the last component begins. */
void name_drop_inner(char *name, size_t last);

/* "name.N.ext", as --if-exists rename numbers them. NULL when memory runs out. */
char *name_numbered(const char *name, unsigned number);

#endif
