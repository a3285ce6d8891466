/* seen.h - a set of strings that only grows, in bounded memory.
 *
 * Keeps a 128-bit keyed fingerprint of each string: the latest 16,384 in memory, the rest in an
 * unlinked temporary file (hashed pages), so that a list of any length costs the same memory. Two
 * different strings share a fingerprint with a chance of 1 in 10^20 at 100 million strings.
 *
 * Ownership: seen_new() to seen_free(). Thread: one at a time. Nothing here parks; it blocks on the
 * disk, for the file is read and written a page at a time.
 */
#ifndef CMD_GET_SEEN_H
#define CMD_GET_SEEN_H

#include <stddef.h>

struct seen;

/* `directory` is where the temporary file will lie if one is needed; NULL: where temp_file.h says.
 * NULL when memory runs out. */
struct seen *seen_new(const char *directory);

/* 1 when it was not in the set and now is, 0 when it was, -errno when memory or the file
 * fails: then the set is no longer to be trusted. */
int seen_add(struct seen *seen, const char *text, size_t length);

/* Is it in the set? 1, 0, or -errno as above. */
int seen_has(struct seen *seen, const char *text, size_t length);
void seen_free(struct seen *seen);

#endif
