/* reserve.h - room on the disk that the journal keeps for itself.
 *
 * When downloads have filled the disk, there must still be room to record what became of them. So a
 * file of fixed size is set aside at the start, and removed when the journal finds the disk full.
 *
 * Any thread. Blocks on the disk.
 */
#ifndef CMD_JOURNAL_RESERVE_H
#define CMD_JOURNAL_RESERVE_H

#include <stdbool.h>

/* Sets room aside in `directory`, if there is that much: without, the journal is merely the first
 * to miss it. */
void reserve_take(const char *directory);

/* Gives it back. Was there any? */
bool reserve_release(const char *directory);

#endif
