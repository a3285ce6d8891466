#include "cmd/journal/spare_room.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Some thousand rows. */
#define SPARE_ROOM_BYTES (2L << 20)

static int open_log(const char *database)
{
    char path[PATH_MAX + 8];
    snprintf(path, sizeof path, "%s-wal", database);
    return open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
}

void spare_room_keep(struct spare_room *room, const char *database)
{
    struct stat status;
    if (room->fd < 0)
        room->fd = open_log(database);
    if (room->fd < 0 || fstat(room->fd, &status) ||
        status.st_size + SPARE_ROOM_BYTES / 2 < room->until)
        return;
    off_t until = status.st_size + SPARE_ROOM_BYTES;
    if (fallocate(room->fd, FALLOC_FL_KEEP_SIZE, 0, until) == 0)
        room->until = until;
}

void spare_room_close(struct spare_room *room)
{
    if (room->fd >= 0)
        close(room->fd);
    room->fd = -1;
}
