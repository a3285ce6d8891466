/* extent.h - how long the list of a job is, guessed from how far its sources are read.
 *
 * Sources are measured in bytes: a list by its file's size, a URL by its length. What of that has
 * been read tells what the rest will bring.
 *
 * Ownership: embed it. Thread: one. Nothing here parks.
 */
#ifndef CMD_GET_EXTENT_H
#define CMD_GET_EXTENT_H

#include "cmd/get/options.h"
#include "cmd/get/source.h"
#include <stdint.h>

struct extent {
    int64_t size;  /* bytes of all sources; -1: some have no end that could be known */
    int64_t begun; /* of those that were begun with */
};

/* Adds one of options->sources to the sum. */
void extent_add(struct extent *extent, const struct get_options *options, const char *source);

/* Goes on to that one. */
void extent_begin(struct extent *extent, const struct get_options *options, const char *source);

/* So many entries were read, of the source under way (NULL: none) as far as it has come. How many
 * will there be in all? Two significant digits are left to be read as such. 0: nobody knows. */
uint64_t extent_guess(const struct extent *extent, const struct source *source, uint64_t entries);

#endif
