/* limits.h - sizes that a test build shrinks, so that short lists reach what lies behind them: the
 * spill, the pages on disk, a line across many reads. Private to cmd/get.
 */
#ifndef CMD_GET_LIMITS_H
#define CMD_GET_LIMITS_H

#ifdef ENGINE_TESTING
enum {
    LIMIT_READ = 16,             /* bytes of a list read at once */
    LIMIT_SEEN_MEMORY = 64,      /* fingerprints of a set that are kept in memory */
    LIMIT_SEEN_FILTER = 256,     /* bytes of the filter before those on disk */
    LIMIT_SEEN_PAGE = 128,       /* bytes of a page of those on disk */
    LIMIT_WAITING = 16,          /* entries that wait in memory */
    LIMIT_WAITING_BYTES = 4096,  /* and how large they may be together */
    LIMIT_SPILL_BATCH = 4,       /* entries that go to disk, or come from there, together */
    LIMIT_SPILL_PAGE = 64,       /* bytes of a page of those on disk */
    LIMIT_SPILL_BYTES = 1 << 20, /* and how large they may be together */
    LIMIT_LOOK_AHEAD = 32,       /* entries that wait before reading on for other hosts ends */
    LIMIT_IDLE_HOSTS = 4,        /* hosts remembered before the first look for idle ones */
};
#else
enum {
    LIMIT_READ = 65536,
    LIMIT_SEEN_MEMORY = 16384,
    LIMIT_SEEN_FILTER = 1 << 20,
    LIMIT_SEEN_PAGE = 4096,
    LIMIT_WAITING = 65536,
    LIMIT_WAITING_BYTES = 16 << 20,
    LIMIT_SPILL_BATCH = 128,
    LIMIT_SPILL_PAGE = 4096,
    LIMIT_SPILL_BYTES = 1 << 30,
    LIMIT_LOOK_AHEAD = 4096,
    LIMIT_IDLE_HOSTS = 64,
};
#endif

#endif
