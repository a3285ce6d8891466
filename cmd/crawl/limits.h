/* limits.h - sizes that a test build shrinks, so that small crawls reach what lies behind them.
 * Private to cmd/crawl.
 */
#ifndef CMD_CRAWL_LIMITS_H
#define CMD_CRAWL_LIMITS_H

#ifdef ENGINE_TESTING
enum {
    LIMIT_SEEN_FIRST = 16,      /* slots of the first partition of a seen set */
    LIMIT_SEEN_MOST = 128,      /* and of any */
    LIMIT_SEEN_SPARE = 16,      /* and behind the last of these, for those that others push there */
    LIMIT_LANES = 8,            /* hosts in memory */
    LIMIT_TURN = 4,             /* URLs of one host before others on disk have their turn */
    LIMIT_WINDOWS = 64,         /* URLs in memory */
    LIMIT_WINDOW = 8,           /* and of one host */
    LIMIT_CHANGES = 64,         /* URLs pushed and acked that make a commit worth while */
    LIMIT_CHANGES_BYTES = 8192, /* and that hold up who pushes more */
    LIMIT_READS = 4,            /* hosts that are read for at once */
    LIMIT_KEPT_BYTES = 4096,    /* memory that is kept for the next changes */
};
#else
enum {
    LIMIT_SEEN_FIRST = 448,  /* with the spare ones a page */
    LIMIT_SEEN_MOST = 32704, /* with the spare ones 256 KiB */
    LIMIT_SEEN_SPARE = 64,
    LIMIT_LANES = 65536,
    LIMIT_TURN = 256,
    LIMIT_WINDOWS = 131072,
    LIMIT_WINDOW = 64,
    LIMIT_CHANGES = 4096,
    LIMIT_CHANGES_BYTES = 8 << 20,
    LIMIT_READS = 1024,
    LIMIT_KEPT_BYTES = 1 << 20,
};
#endif

#endif
