/* reserve.h - --min-free: room on the disk that the job leaves to others.
 *
 * Whoever is about to write asks first. As soon as one finds that too little would be left, all of
 * the job know, child processes too, and it stops: parts stay, and the same command goes on when
 * there is room again.
 *
 * Ownership: part of the store_directory; `crowded` lies in memory that all processes share.
 * Any thread; blocks on the disk for as long as statvfs(3) takes.
 */
#ifndef CMD_GET_RESERVE_H
#define CMD_GET_RESERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reserve {
    int dir_fd;            /* on the disk in question */
    int64_t bytes;         /* to be left; 0: no such bound */
    _Atomic bool *crowded; /* it was reached */
};

/* May `size` bytes be written? 0, or -ENOSPC. */
int reserve_ask(const struct reserve *reserve, size_t size);

bool reserve_is_reached(const struct reserve *reserve);

/* "less than 1.0 GiB would be left in DIR (--min-free)", a new string; NULL when memory runs out.
 */
char *reserve_problem(const struct reserve *reserve, const char *dir);

#endif
