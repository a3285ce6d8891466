/* pattern.h - the one spelling of a robots.txt rule and of a path, and whether they match. Private
 * to net/robots/.
 *
 * Any thread; nothing here parks.
 */
#ifndef NET_ROBOTS_PATTERN_H
#define NET_ROBOTS_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

/* Both write at most three bytes a byte to `out` and return how many. Letters, digits and "-._~"
 * are never triplets, all else that a URL may not hold as it is always is one, in upper case; so
 * are the literal '*' and '$', and a '%' that begins no triplet. */
size_t pattern_spell_path(char *out, const char *path, size_t length);

/* A rule keeps its stars, as many in a row as one. The '$' at its end is told apart. */
size_t pattern_spell_rule(char *out, const char *rule, size_t length, bool *ends);

/* Linear in both. `ends`: nothing may follow. */
bool pattern_matches(const char *rule, size_t rule_length, bool ends, const char *path,
                     size_t path_length);

#endif
