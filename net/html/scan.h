/* scan.h - looking for bytes, eight at a time. Private to net/html/.
 *
 * What is looked for is mostly near: memchr() costs more to call than these need for a few words.
 * Any thread; nothing here parks.
 */
#ifndef NET_HTML_SCAN_H
#define NET_HTML_SCAN_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#define SCAN_ONES  UINT64_C(0x0101010101010101)
#define SCAN_LOWER (0x7f * SCAN_ONES)

static inline uint64_t scan_load(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return le64toh(word); /* the first byte is the lowest */
}

/* The highest bit of every byte that is `byte`, and no other. */
static inline uint64_t scan_match(uint64_t word, char byte)
{
    uint64_t zero = word ^ (SCAN_ONES * (unsigned char)byte);
    return ~(((zero & SCAN_LOWER) + SCAN_LOWER) | zero | SCAN_LOWER);
}

/* The first `byte`, or NULL. */
static inline const char *scan_byte(const char *at, const char *end, char byte)
{
    for (int words = 0; words < 4; words++) {
        if (end - at < 8)
            break;
        uint64_t found = scan_match(scan_load(at), byte);
        if (found)
            return at + __builtin_ctzll(found) / 8;
        at += 8;
    }
    return memchr(at, byte, (size_t)(end - at));
}

static inline uint64_t scan_count(const char *at, const char *end, char byte)
{
    uint64_t count = 0;
    for (; end - at >= 8; at += 8)
        count += ((scan_match(scan_load(at), byte) >> 7) * SCAN_ONES) >> 56;
    for (; at < end; at++)
        count += *at == byte;
    return count;
}

#endif
