/* validator.h - what a server says by which a representation is known again (RFC 9110 section 8.8).
 *
 * Any thread; nothing here parks.
 */
#ifndef NET_HTTP_VALIDATOR_H
#define NET_HTTP_VALIDATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longer tags are rare, and servers take requests of some 8 KiB in all: then a file is fetched
 * again, and from its beginning. */
#define ETAG_MAX 1023
#define DATE_MAX 47

/* As sent, byte for byte: servers compare them so. "" stands for none, and for one that is too long
 * or not printable, which would be dangerous to send back. */
struct validators {
    char etag[ETAG_MAX + 1];
    char last_modified[DATE_MAX + 1];
};

/* Takes a field's value, trimmed, into `place` of `size` bytes, which stays "" when it is not fit
 * to be sent back. */
void validator_take(char *place, size_t size, const char *value, size_t length);

/* May ranges of answers with this tag be put together: is it in quotes, and not weak? */
bool validator_etag_is_strong(const char *etag);

/* The same of a Last-Modified (section 8.8.2.2): the answer's Date must be so much later that the
 * file cannot have changed twice within the second. Unix seconds, -1: unknown. */
bool validator_date_is_strong(int64_t last_modified, int64_t date);

#endif
