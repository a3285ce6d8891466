/* part_file.h - the part of a body that is on the disk: a file in DIR/.fetch/ until it is
 * published, or standard output.
 *
 * A body that can be gone on with (resume.h) has its URL's own name there and is locked, so that
 * two runs never write into one file; who finds it locked, and all others, take a name that nobody
 * else has.
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

struct resume;
struct store;
struct stored_file;
struct url;

struct part_file {
    const struct store *store;
    int fd;                      /* -1: nothing is on the disk */
    off_t offset;                /* bytes written so far */
    bool keyed;                  /* it has the name of its URL, and the lock (part_key.h) */
    bool stale;                  /* what is in it is of another body than what is to come */
    uint64_t key;                /* the URL's, if keyed */
    const struct resume *resume; /* NULL: nobody could go on with it */
    char name[48];               /* one that no other part has or will have; used unless keyed */
};

/* Does not touch the disk. */
void part_file_init(struct part_file *file, struct store *store);

/* Makes it one that writes into another's file, at `offset`; that one is open. */
void part_file_init_beside(struct part_file *file, const struct part_file *owner, int64_t offset);

bool part_file_exists(const struct part_file *file);

/* Appends, and creates the file for it, also for no bytes at all. 0 or -errno. */
int part_file_write(struct part_file *file, const char *data, size_t size);

/* What has been written so far is on the disk, and `meta` in its KEY.meta. 0 or -errno. */
int part_file_record(const struct part_file *file, const char *meta);

/* Opens what an earlier run left of this URL: a new struct resume, for the caller to keep while
 * the file is in use. NULL: there is nothing that can be gone on with. */
struct resume *part_file_adopt(struct part_file *file, const struct url *url);

/* Another body is to come than the one begun. `resume` as in the struct. */
void part_file_rewind(struct part_file *file, const struct resume *resume);

/* Closes the complete file and gives it its final name. 0 or -errno. */
int part_file_publish(struct part_file *file, const char *name, int64_t last_modified,
                      struct stored_file *end);

/* Closes it, if it is there, and removes it unless somebody can go on with it. */
void part_file_leave(struct part_file *file);

/* Closes and removes it, if it is there. */
void part_file_discard(struct part_file *file);

#endif
