/* store_limits.h - sizes of the store, which a test build shrinks so that ordinary tests reach the
 * edges: buffers that are full, batches that wait. Private to the store.
 */
#ifndef CMD_GET_STORE_LIMITS_H
#define CMD_GET_STORE_LIMITS_H

#ifdef ENGINE_TESTING
enum {
    LIMIT_BUFFER_FIRST = 16,
    LIMIT_BUFFER_SECOND = 48,
    LIMIT_BUFFER_SMALL = 128,
    LIMIT_BUFFER_LARGE = 200,
    LIMIT_BUFFER_LARGE_LEAST = 200,
    LIMIT_BUFFERS_KEPT = 1,
    LIMIT_BATCH_JOBS = 2,
    LIMIT_BATCHES = 2,
};
#else
enum {
    LIMIT_BUFFER_FIRST = 4 << 10, /* bodies are gathered in buffers that grow so ... */
    LIMIT_BUFFER_SECOND = 16 << 10,
    LIMIT_BUFFER_SMALL = 64 << 10,       /* ... up to this; longer ones become a part at once */
    LIMIT_BUFFER_LARGE = 256 << 10,      /* parts are written in steps of this ... */
    LIMIT_BUFFER_LARGE_LEAST = 16 << 10, /* ... or less when there are many jobs, but not below */
    LIMIT_BUFFERS_KEPT = 32,             /* free buffers of each size kept for the next body */
    LIMIT_BATCH_JOBS = 32,               /* commits handed over together */
    LIMIT_BATCHES = 4,                   /* batches under way at once */
};
#endif

/* A batch that is under way for so long, ns, waits for the disk rather than works. */
#define LIMIT_BATCH_PATIENCE 3000000

/* Memory that the large buffers of all jobs together may take, roughly. */
#define LIMIT_LARGE_TOTAL (64L << 20)

#endif
