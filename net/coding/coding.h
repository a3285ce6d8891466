/* coding.h - one content coding (RFC 9110 section 8.4.1), undone piece by piece. Private to
 * net.
 *
 * Each coding is a file around the library that knows it. The compressed bytes are the server's:
 * any bytes, cut anywhere.
 *
 * Ownership: a stream is its decoder's, from open() to close(). Any thread, one at a time; nothing
 * here parks.
 */
#ifndef NET_CODING_CODING_H
#define NET_CODING_CODING_H

#include <stddef.h>

/* Moves on as bytes are taken and made. */
struct coding_io {
    const unsigned char *in;
    size_t in_size;
    unsigned char *out;
    size_t out_size;
};

enum { CODING_ENDED = 1 }; /* result of decode() */

struct coding {
    const char *name; /* as in the header and for users */
    /* NULL when memory runs out. `first` is the first byte of all. */
    void *(*open)(unsigned char first);
    /* Takes what it can and makes what fits. 0: more input is needed or more room; CODING_ENDED:
     * all that was taken is complete and all that is made of it has been given; -EBADMSG: broken;
     * -ENOMEM. Once ended, to be called with input only. */
    int (*decode)(void *stream, struct coding_io *io);
    void (*close)(void *stream);
};

extern const struct coding coding_gzip;
extern const struct coding coding_deflate;
extern const struct coding coding_brotli;
extern const struct coding coding_zstd;

#endif
