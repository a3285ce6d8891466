/* metalink.h - the files of a Metalink 4 document (RFC 5854): names, sizes, hashes, and the places
 * where each is found.
 *
 * The document is given in bits of any size and each file taken as soon as its element ends, so
 * that a long document takes no more memory than its longest file. Expat reads the XML. A document
 * is not trusted: one with a document type (and with it, entities) is refused, elements may be only
 * so deep, texts and attributes only so long, and of a file's places only so many count. Elements
 * of other kinds and namespaces are passed over, piece hashes, signatures and metaurls too.
 *
 *     while (!(error = metalink_next(metalink, &file)) || error == -EAGAIN)
 *         ... take the file, or after -EAGAIN metalink_feed() some more ...
 *
 * Ownership: metalink_new() to metalink_free(); a file is its taker's, to metalink_file_free().
 * Thread: one. Nothing here parks.
 */
#ifndef CMD_GET_METALINK_H
#define CMD_GET_METALINK_H

#include <stddef.h>
#include <stdint.h>

#define METALINK_URLS_MAX  256
#define METALINK_DEPTH_MAX 32
#define METALINK_TEXT_MAX  65536

struct metalink;

struct metalink_file {
    char *name;   /* as it is written: not made safe */
    int64_t size; /* bytes; -1: not said */
    char *hash;   /* the strongest that is known here, "sha-256=HEX"; NULL: none. Not checked */
    char **urls;  /* the best first: by priority, then as in the document. Not checked */
    size_t url_count;
    uint64_t line; /* of the document, where it begins */
};

/* NULL when memory runs out. */
struct metalink *metalink_new(void);
void metalink_free(struct metalink *metalink); /* NULL is fine */

/* The next file. 0; 1: the document has ended; -EAGAIN: more of it is to be fed first; -EINVAL: it
 * is wrong (metalink_problem()); -ENOMEM. After 1 and errors nothing more comes. */
int metalink_next(struct metalink *metalink, struct metalink_file **file);

/* Only after -EAGAIN. Size 0: that was all. */
void metalink_feed(struct metalink *metalink, const char *data, size_t size);

/* What is wrong, for the user, and where. */
const char *metalink_problem(const struct metalink *metalink);
uint64_t metalink_line(const struct metalink *metalink);

void metalink_file_free(struct metalink_file *file); /* NULL is fine */

#endif
