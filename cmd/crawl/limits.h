/* limits.h - sizes that a test build shrinks, so that small crawls reach what lies behind them.
 * Private to cmd/crawl.
 */
#ifndef CMD_CRAWL_LIMITS_H
#define CMD_CRAWL_LIMITS_H

#ifdef ENGINE_TESTING
enum {
    LIMIT_SEEN_FIRST = 16, /* slots of the first partition of a seen set */
    LIMIT_SEEN_MOST = 128, /* and of any */
    LIMIT_SEEN_SPARE = 16, /* and behind the last of these, for those that others push there */
};
#else
enum {
    LIMIT_SEEN_FIRST = 448,  /* with the spare ones a page */
    LIMIT_SEEN_MOST = 32704, /* with the spare ones 256 KiB */
    LIMIT_SEEN_SPARE = 64,
};
#endif

#endif
