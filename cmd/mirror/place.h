/* place.h - files of DIR by their names, whatever somebody has put in the way: a symbolic link is
 * not followed, anywhere in the name.
 *
 * Any thread; nothing here parks; all of it blocks on the disk.
 */
#ifndef CMD_MIRROR_PLACE_H
#define CMD_MIRROR_PLACE_H

/* The directory that `name`, relative to dir_fd, lies in; *base is the last part of the name. A
 * descriptor for place_close(); -ENOENT; -ENOTDIR, also where a symbolic link is in the way;
 * another -errno. */
int place_open(int dir_fd, const char *name, const char **base);
void place_close(int dir_fd, int place);

/* Removes the file. 0, also when there is none; -errno. */
int place_remove(int dir_fd, const char *name);

#endif
