#include "cmd/get/spill.h"

#include "cmd/get/limits.h"
#include "cmd/get/temp_file.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* A page begins with the number of the next, in its queue or among the spare ones; 0: none. */
enum { PAGE_HEAD = sizeof(uint64_t), PAGE_DATA = LIMIT_SPILL_PAGE - PAGE_HEAD };

struct spill {
    int fd;         /* -1: none yet */
    uint64_t bytes; /* in all queues */
    uint64_t pages; /* in the file, numbered from 1 */
    uint64_t spare; /* first page that nobody uses */
};

struct spill *spill_new(void)
{
    struct spill *spill = malloc(sizeof *spill);
    if (spill)
        *spill = (struct spill){.fd = -1};
    return spill;
}

void spill_free(struct spill *spill)
{
    if (spill && spill->fd >= 0)
        close(spill->fd);
    free(spill);
}

static off_t page_place(uint64_t page, size_t at)
{
    return (off_t)((page - 1) * LIMIT_SPILL_PAGE + at);
}

static int page_write(struct spill *spill, uint64_t page, size_t at, const char *from, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t put = pwrite(spill->fd, from + done, size - done, page_place(page, at + done));
        if (put < 0 && errno != EINTR)
            return -errno;
        done += put > 0 ? (size_t)put : 0;
    }
    return 0;
}

static int page_read(struct spill *spill, uint64_t page, size_t at, char *to, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = pread(spill->fd, to + done, size - done, page_place(page, at + done));
        if (got == 0)
            return -EIO;
        if (got < 0 && errno != EINTR)
            return -errno;
        done += got > 0 ? (size_t)got : 0;
    }
    return 0;
}

static int page_link(struct spill *spill, uint64_t page, uint64_t next)
{
    return page_write(spill, page, 0, (const char *)&next, sizeof next);
}

static int page_next(struct spill *spill, uint64_t page, uint64_t *next)
{
    return page_read(spill, page, 0, (char *)next, sizeof *next);
}

static int page_take(struct spill *spill, uint64_t *page)
{
    if (!spill->spare) {
        *page = ++spill->pages;
        return 0;
    }
    *page = spill->spare;
    return page_next(spill, *page, &spill->spare);
}

static int page_give(struct spill *spill, uint64_t page)
{
    int error = page_link(spill, page, spill->spare);
    spill->spare = page;
    return error;
}

static int spill_open(struct spill *spill)
{
    if (spill->fd < 0)
        spill->fd = temp_file_open(NULL);
    return spill->fd < 0 ? spill->fd : 0;
}

/* A page at the end of the queue. */
static int queue_extend(struct spill *spill, struct spill_queue *queue)
{
    uint64_t page;
    int error = page_take(spill, &page);
    if (!error && queue->last)
        error = page_link(spill, queue->last, page);
    if (error)
        return error;
    if (!queue->last) {
        queue->first = page;
        queue->first_at = 0;
    }
    queue->last = page;
    queue->last_at = 0;
    return 0;
}

int spill_put(struct spill *spill, struct spill_queue *queue, const void *from, size_t size)
{
    int error = spill_open(spill);
    for (size_t done = 0; done < size && !error;) {
        if (!queue->last || queue->last_at == PAGE_DATA)
            error = queue_extend(spill, queue);
        if (error)
            break;
        size_t room = PAGE_DATA - queue->last_at;
        size_t part = size - done < room ? size - done : room;
        error = page_write(spill, queue->last, PAGE_HEAD + queue->last_at,
                           (const char *)from + done, part);
        queue->last_at += part;
        done += part;
    }
    if (error)
        return error;
    queue->bytes += size;
    spill->bytes += size;
    return 0;
}

/* The page at the start of the queue has been read. */
static int queue_advance(struct spill *spill, struct spill_queue *queue)
{
    uint64_t read = queue->first;
    int error = page_next(spill, read, &queue->first);
    queue->first_at = 0;
    return error ? error : page_give(spill, read);
}

/* The queue is empty: its page is free, and perhaps the file. */
static int queue_reset(struct spill *spill, struct spill_queue *queue)
{
    uint64_t page = queue->last;
    *queue = (struct spill_queue){0};
    if (spill->bytes > 0)
        return page_give(spill, page);
    spill->pages = 0;
    spill->spare = 0;
    return ftruncate(spill->fd, 0) ? -errno : 0;
}

int spill_get(struct spill *spill, struct spill_queue *queue, void *to, size_t size)
{
    assert(size <= queue->bytes);
    int error = 0;
    for (size_t done = 0; done < size && !error;) {
        if (queue->first_at == PAGE_DATA)
            error = queue_advance(spill, queue);
        if (error)
            break;
        size_t left = PAGE_DATA - queue->first_at;
        size_t part = size - done < left ? size - done : left;
        error =
            page_read(spill, queue->first, PAGE_HEAD + queue->first_at, (char *)to + done, part);
        queue->first_at += part;
        done += part;
    }
    if (error)
        return error;
    queue->bytes -= size;
    spill->bytes -= size;
    return queue->bytes > 0 ? 0 : queue_reset(spill, queue);
}

uint64_t spill_size(const struct spill *spill)
{
    return spill->pages * LIMIT_SPILL_PAGE;
}
