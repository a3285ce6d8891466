/* resume.h - what makes it possible to go on with a body that was broken off: by which validators
 * the server will know whether the file is still the same, and how long it is.
 *
 * It is written beside the part, so that another run can go on as well: DIR/.fetch/KEY.part has the
 * bytes, KEY.meta these lines. KEY is 16 hex digits of the SHA-256 of the URL without credentials.
 * A body is not worth it, or must not be gone on with, when the server gave no strong validator,
 * when it is encoded on the way, or when the server says that it has no ranges.
 *
 * Ownership: resume_new() or resume_read() to resume_free(). Any thread; files block on the disk.
 */
#ifndef CMD_GET_RESUME_H
#define CMD_GET_RESUME_H

#include "net/url/url.h"
#include "net/xfer/transfer.h"

#define RESUME_META_SUFFIX ".meta"
#define RESUME_NEXT_SUFFIX ".next" /* what KEY.meta will be in a moment */

/* Longest text of what is there of a file in pieces. */
#define RESUME_HAVE_MAX 65536

struct resume {
    uint64_t key;
    char *url; /* without credentials; owned */
    struct validators validators;
    bool date_is_strong; /* the Last-Modified alone would do */
    int64_t total;       /* bytes of the whole file; -1: not known */
    char *have; /* which of them are there (pieces_text()); owned; NULL: as many as the part
                   has, without a gap */
};

/* "KEY.part", "KEY.meta". */
struct resume_name {
    char text[24];
};

/* The URL's key. 0 or -ENOMEM. */
int resume_key(const struct url *url, uint64_t *key);

struct resume_name resume_name(uint64_t key, const char *suffix);

/* The key of such a name, with this suffix. False when it is another's. */
bool resume_name_parse(const char *name, const char *suffix, uint64_t *key);

/* From an answer that brings the file from its beginning. NULL: it cannot be gone on with, or
 * memory has run out, which comes to the same. */
struct resume *resume_new(const struct url *url, const struct transfer_result *result);

/* The tag or date for If-Range. */
const char *resume_validator(const struct resume *resume);

/* KEY.meta in the directory: written, 0 or -errno; read, NULL when it is not whole or of another
 * URL. */
int resume_write(const struct resume *resume, int dir_fd);

/* Puts `text` in the place of KEY.meta, at once or not at all. 0 or -errno. */
int resume_replace(uint64_t key, const char *text, int dir_fd);

struct resume *resume_read(int dir_fd, const struct url *url);

/* The file's text: a new string, NULL when memory runs out; and read again, NULL when it is not
 * what resume_text() makes. */
char *resume_text(const struct resume *resume);
struct resume *resume_parse(const char *text, size_t length);

void resume_free(struct resume *resume); /* NULL is fine */

#endif
