/* verify.h - is a body what it should be: of the size and with the digest that the list tells, or
 * the server beside other places of the file (duplicates.h)?
 *
 * The digest is made while the body arrives. What has not passed in its order - pieces, and what an
 * earlier run has left when the server's word comes - is read again from the part.
 *
 * Ownership: the caller's struct, verify_open() to verify_close(), harmless on a zeroed one; all it
 * points to is the caller's too. Thread: the worker's. Parks (or blocks): verify_open, verify_body.
 */
#ifndef CMD_GET_VERIFY_H
#define CMD_GET_VERIFY_H

#include "cmd/get/attempt.h"
#include "cmd/get/digest_sink.h"

struct verify {
    struct attempt *attempt; /* whose bodies it sees */
    struct download *download;
    struct checksum checksum; /* that the file is to have; CHECKSUM_NONE: any */
    bool told;                /* by the server: of the bytes as they are on the way */
    struct digest_sink digest;
};

/* Lets bodies of the attempt through to the download, by way of the digest where the list has one.
 * 0 or -errno. */
int verify_open(struct verify *verify, struct attempt *attempt, struct download *download);

/* The server has told a digest, in the answer whose body is about to begin. 0 or -ENOMEM. */
int verify_expect(struct verify *verify, const struct checksum *checksum);

/* A body has come in full, and was a success. FAILED: it is not what it should be (the attempt has
 * the reason), and *differs when that is another file's digest; AGAIN: what was there from earlier
 * may be to blame, but not if it is `mixed` of several places' bytes. */
enum verdict verify_body(struct verify *verify, bool mixed, bool *differs);

/* The checksum that the body was found to have; NULL: it was not looked at. */
const struct checksum *verify_found(const struct verify *verify);

void verify_close(struct verify *verify);

#endif
