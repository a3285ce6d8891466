/* pristine.h - documents as they were served, beside copies in which links were converted.
 *
 * DIR/.fetch/pristine/ has them, a file each, named by the number of its URL. One that was never
 * converted is the copy itself, a hard link to it.
 *
 * Ownership: the struct is the caller's, pristine_open() to pristine_close(); documents are freed
 * by document_unload(). Thread: one at a time. Nothing here parks; all of it blocks on the disk.
 */
#ifndef CMD_MIRROR_PRISTINE_H
#define CMD_MIRROR_PRISTINE_H

#include "cmd/crawl/page.h"
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct pristine {
    int dir_fd; /* DIR; the caller's */
    int fd;     /* DIR/.fetch/pristine; -1: not open */
};

/* A file in memory. */
struct document {
    const char *data; /* not NULL, also when it is empty */
    size_t size;
    struct timespec time; /* of its last modification */
};

/* `parts_fd`: DIR/.fetch. 0 or -errno. */
int pristine_open(struct pristine *pristine, int dir_fd, int parts_fd);
void pristine_close(struct pristine *pristine);

/* Where in DIR/.fetch the document of that number lies, if it was kept. */
void pristine_path(int64_t number, char path[PAGE_SERVED_SIZE]);

/* Has any document ever been kept there? */
bool pristine_is_there(int parts_fd);

/* The document of that digest, if it was kept: 1, 0 or -errno. */
int pristine_find(struct pristine *pristine, int64_t number, const struct page_digest *digest,
                  struct document *document);

/* The document of that digest: as it was kept, or else the file `name`, of which it is kept from
 * now on. 1; 0: neither is it; -errno. */
int pristine_load(struct pristine *pristine, int64_t number, const char *name,
                  const struct page_digest *digest, struct document *document);

/* Any file of DIR. 0 or -errno. */
int document_load(int dir_fd, const char *name, struct document *document);
void document_unload(struct document *document);

/* Nobody needs it any more. */
void pristine_remove(struct pristine *pristine, int64_t number);

#endif
