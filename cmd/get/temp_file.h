/* temp_file.h - swap space on disk: a file without a name, gone with its descriptor.
 *
 * Ownership: the descriptor is the caller's. Any thread; nothing here parks.
 */
#ifndef CMD_GET_TEMP_FILE_H
#define CMD_GET_TEMP_FILE_H

/* Opens a new file in `directory`. NULL: in TMPDIR if that is set, else in /var/tmp or /tmp, in
 * that order because /tmp is often memory. The descriptor, or -errno. */
int temp_file_open(const char *directory);

#endif
