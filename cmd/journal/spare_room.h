/* spare_room.h - room on the disk that a journal keeps ahead of itself.
 *
 * When downloads have filled the disk, what became of the rest is still to be recorded. What is
 * committed goes to the end of SQLite's log (journal.db-wal) first: so blocks behind its end are
 * its own before they are needed. Should there be no room for the log's contents in the database
 * itself, they stay in the log until there is.
 *
 * Ownership: embedded; spare_room_close() closes the descriptor. SQLite locks other files than this
 * one, so opening it once more does no harm. Any thread, one at a time; blocks on the disk.
 */
#ifndef CMD_JOURNAL_SPARE_ROOM_H
#define CMD_JOURNAL_SPARE_ROOM_H

#include <sys/types.h>

struct spare_room {
    int fd;      /* of the log; -1: not opened yet */
    off_t until; /* so far it is ours */
};

/* After a commit: sees to it that some 2 MiB behind the end of the log of `database` are set aside,
 * if there are so many. A file system that cannot do so is no reason to complain: without, the
 * journal merely misses room when all do. */
void spare_room_keep(struct spare_room *room, const char *database);

void spare_room_close(struct spare_room *room);

#endif
