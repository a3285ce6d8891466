/* digest_header.h - the SHA-256 that a Digest field (RFC 3230) or its successor Repr-Digest (RFC
 * 9530) tells: of the whole representation, also with a range of it. Any thread; nothing here
 * parks.
 */
#ifndef NET_HTTP_DIGEST_HEADER_H
#define NET_HTTP_DIGEST_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#define DIGEST_SHA256_SIZE 32

/* From "SHA-256=BASE64,MD5=..." or "sha-256=:BASE64:, ...". False: there is none. */
bool digest_header_sha256(const char *value, size_t length,
                          unsigned char digest[DIGEST_SHA256_SIZE]);

#endif
