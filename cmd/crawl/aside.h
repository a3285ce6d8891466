/* aside.h - a database of the crawl's that cannot be used is put aside, so that a new one can take
 * its place and nothing is lost that somebody may want to look at.
 *
 * NAME becomes NAME.aside, with SQLite's log; what was put aside before gives way. The database is
 * not open. Thread: any. Nothing here parks; it blocks on the disk.
 */
#ifndef CMD_CRAWL_ASIDE_H
#define CMD_CRAWL_ASIDE_H

/* 0; -EINVAL: what has that name is no plain file, and stays; another -errno. */
int aside_put(const char *directory, const char *name);

#endif
