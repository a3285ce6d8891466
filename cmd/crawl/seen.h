/* seen.h - the set of URLs that a crawl has met: a keyed 64-bit fingerprint of each.
 *
 * Exact for the fingerprints. Two different URLs share one with a chance of 1 in 370,000 at ten
 * million URLs; then the later of them is never fetched.
 *
 * URLs come from strangers, who would like one page to hide another. So fingerprints are
 * SipHash-2-4 (libcrypto's) under a random key that stays with the job: nobody without the key
 * finds two URLs that collide. XXH3 with a secret seed would be quicker by 50 ns, but there are
 * pairs of short texts that collide for one seed in 1,400 (xxHash#1127), and a site can serve many
 * of them.
 *
 * Nine to ten bytes a URL, in partitions of at most 256 KiB each that grow by an eighth and are
 * split in two when they are full: so the set never holds its contents twice, and no addition waits
 * for more than one partition to be moved (some 50 us).
 *
 * Ownership: seen_set_new() to seen_set_free(). Thread: one at a time. Nothing here parks.
 */
#ifndef CMD_CRAWL_SEEN_H
#define CMD_CRAWL_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEEN_KEY_BYTES 16

struct seen_set;

/* `key` is copied. 0, -ENOMEM, -ENOTSUP where libcrypto has no SipHash. */
int seen_set_new(struct seen_set **set, const unsigned char key[SEEN_KEY_BYTES]);
void seen_set_free(struct seen_set *set); /* NULL is fine */

/* The fingerprint of a canonical URL: never 0, the same on every machine for the same key. */
int seen_set_fingerprint(struct seen_set *set, const char *text, size_t length, uint64_t *print);

/* Has the memory that a look at `print` will need brought near, which is what takes longest when
 * the set is large: whoever has many to look at does this for all of them first. */
void seen_set_prefetch(const struct seen_set *set, uint64_t print);

/* 1 when the fingerprint was not in the set and now is, 0 when it was; -ENOMEM: the set is as it
 * was; so it is for numbers, unlike fingerprints, that lie close together. `print` is not 0. */
int seen_set_add(struct seen_set *set, uint64_t print);

bool seen_set_has(const struct seen_set *set, uint64_t print);

uint64_t seen_set_count(const struct seen_set *set);

/* Bytes of memory that it takes. */
size_t seen_set_bytes(const struct seen_set *set);

#endif
