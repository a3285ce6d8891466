/* directories.h - a directory with all that it lies in, as mkdir -p makes it.
 *
 * Any thread; nothing here parks, but for the disk.
 */
#ifndef CMD_GET_DIRECTORIES_H
#define CMD_GET_DIRECTORIES_H

/* 0, also when it is there already, or -errno. */
int directories_make(const char *path);

#endif
