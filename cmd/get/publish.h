/* publish.h - the one step by which a finished part becomes a file: a rename to its final name.
 *
 * Names may have directories in them (--layout path). What is missing of those is made, each step
 * relative to the one before and without following symbolic links: whatever stands in DIR, nothing
 * is created or replaced outside of it. Directories that are there are opened in one call, by
 * openat2(2); what that refuses - as kernels before 5.6 and some container profiles refuse it
 * altogether - is walked to.
 *
 * Ownership: the struct is the caller's; what it points to outlives it. Any thread; blocks on the
 * disk.
 */
#ifndef CMD_GET_PUBLISH_H
#define CMD_GET_PUBLISH_H

#include "cmd/get/options.h"

struct publisher {
    int dir_fd;   /* below which names lie */
    int parts_fd; /* where parts lie */
    enum if_exists if_exists;
    bool fsync; /* the directories too */
};

/* Renames `part` to `name`, or to a numbered name with EXISTS_RENAME. *path is a new string: the
 * name it got. 0; -EEXIST; -EISDIR: a directory has that name; -ENOTDIR; another -errno. */
int publish_part(const struct publisher *publisher, const char *part, const char *name,
                 char **path);

#endif
