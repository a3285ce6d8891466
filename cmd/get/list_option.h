/* list_option.h - option lines of a list, "  out=FILE": what they do to the entry above them.
 *
 * The keys are those that aria2 allows in its input files. Of these out, dir, checksum, header,
 * referer and user-agent are ours too; the others have no effect here.
 *
 * Ownership: a place is the caller's struct, place_clear() empties it. Thread: one at a time.
 * Nothing here parks.
 */
#ifndef CMD_GET_LIST_OPTION_H
#define CMD_GET_LIST_OPTION_H

#include "cmd/get/entry.h"
#include "cmd/get/list_line.h"

/* Where the list wants a file to be, as it is written there: owned; NULL: it does not say. */
struct place {
    char *out; /* the file's name, perhaps with directories before it */
    char *dir;
};

void place_clear(struct place *place);

enum {
    LIST_OPTION_OUT = 0,
    LIST_OPTION_COUNT = 128, /* all numbers are below */
};

/* The number of a key, or -1: aria2 knows no such option. */
int list_option_find(struct span key);

/* False when the option has no effect here. */
bool list_option_counts(int number);

/* Applies one that counts. 0, -ENOMEM, or -EINVAL with `problem`, a literal for the user. */
int list_option_apply(int number, struct span value, struct entry *entry, struct place *place,
                      const char **problem);

#endif
