/* trees.h - are two directories the same, file by file, byte by byte?
 *
 * Thread: any. Blocks: reads both.
 */
#ifndef CMD_COMPARE_TREES_H
#define CMD_COMPARE_TREES_H

#include <stddef.h>

/* 0 the same; 1 they differ, and `what` names the first difference ("a/b.txt differs", "only in
 * ..."); -errno when one cannot be read. */
int trees_compare(const char *a, const char *b, char *what, size_t size);

/* Removes a directory and all in it, not following links. 0 or -errno. */
int trees_remove(const char *path);

#endif
