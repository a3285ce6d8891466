/* names.h - where the copy of a URL lies: the one mapping from URLs to paths below DIR.
 *
 * HOST[:PORT]/dir/file, made safe as get's names are (cmd/get/name.h), and beyond that fit for a
 * browser that opens them from disk, on any system the tree is carried to:
 * - "?query" becomes "@query"; of the bytes that some system refuses, '"', '*', ':', '<', '>', '?'
 *   and '|' become '_' (but for the port's colon), and a device's name ("con", "nul.txt") gets a
 *   '_' before it;
 * - an empty last segment is "index", with the type's extension, else ".html";
 * - a name ends in an extension of its type: "x.css?v=1" is "x.css@v=1.css", "a.php" is
 *   "a.php.html". Without a type that says more, a query does not take the extension away:
 *   "x.zip?v=1" is "x.zip@v=1.zip";
 * - what is longer than NAME_MAX is cut and marked with a hash of the whole: "stem~8HEX.ext".
 *
 * Scheme and credentials are not in the name. Different URLs may so have the same plain name, or
 * one that differs in case only, or one may need a directory where another has its file.
 * names_give() settles that with a store that knows which names are given. The way back, from a
 * path to its URL, is the store's as well: it cannot be computed.
 *
 * Ownership: results are new strings. Any thread, one at a time a store. Nothing here parks; a
 * store may block.
 */
#ifndef CMD_MIRROR_NAMES_H
#define CMD_MIRROR_NAMES_H

#include "net/url/url.h"
#include <stdbool.h>

struct names_layout {
    bool no_host;      /* -nH */
    unsigned cut_dirs; /* directories left out at the begin of the path */
};

/* The plain name. `content_type` as the server said it; NULL: it did not. NULL when memory runs
 * out. */
char *names_plain(const struct names_layout *layout, const struct url *url,
                  const char *content_type);

/* The text by which two names are one on a system that does not tell cases apart: ASCII, Latin-1,
 * Greek and Cyrillic letters in lower case. A new string, NULL when memory runs out. */
char *names_key(const char *name);

/* To whom a name belongs. */
enum names_holder {
    NAMES_NOBODY,
    NAMES_SELF,      /* it is the file of the URL that asks */
    NAMES_OTHER,     /* it is the file of another URL */
    NAMES_DIRECTORY, /* there are files below it */
};

/* Who knows the names that are given. URLs are without credentials, keys are names_key()'s. */
struct names_store {
    /* An enum names_holder; or -errno. */
    int (*holder)(struct names_store *store, const char *key, const char *url);
    /* *name: the one that the URL was given before, a new string, or NULL. 0 or -errno. */
    int (*recall)(struct names_store *store, const char *url, char **name);
    /* The name is the URL's, instead of one that it may have had; what is before a slash in `key`
     * are directories. 0 or -errno. */
    int (*record)(struct names_store *store, const char *url, const char *name, const char *key);
};

/* The URL's own name: the one it had, if it is still made as `layout` and `content_type` ask; else
 * the plain one if nobody has it, else one marked with a hash ("stem~8HEX.ext"). It is recorded.
 * 0 or -errno. */
int names_give(struct names_store *store, const struct names_layout *layout, const struct url *url,
               const char *content_type, char **name);

#endif
