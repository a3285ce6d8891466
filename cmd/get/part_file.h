/* part_file.h - the part of a body that is on the disk: a file in DIR/.fetch/ until it is
 * published, or standard output.
 *
 * Ownership: embedded in a part. Thread: the store's, but the pool's thread while a write, commit
 * or discard is under way there. Blocks on the disk.
 */
#ifndef CMD_GET_PART_FILE_H
#define CMD_GET_PART_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PART_SUFFIX ".part"

struct store;

struct part_file {
    const struct store *store;
    int fd;       /* -1: nothing is on the disk */
    off_t offset; /* bytes written so far */
    char name[48];
};

/* Does not touch the disk, but gives the file its name: one no other part has or will have. */
void part_file_init(struct part_file *file, struct store *store);

bool part_file_exists(const struct part_file *file);

/* Appends, and creates the file for it, also for no bytes at all. 0 or -errno. */
int part_file_write(struct part_file *file, const char *data, size_t size);

/* Closes the complete file and gives it its final name, *path (a new string). 0 or -errno. */
int part_file_publish(struct part_file *file, const char *name, int64_t last_modified, char **path);

/* Closes and removes it, if it is there. */
void part_file_discard(struct part_file *file);

#endif
