/* behaviour.h - what the query of a URL asks the origin to do: "?size=4096&delay=100ms".
 *
 * README.md in this folder lists the keys for those who write tests. An unknown key or a value that
 * makes no sense is refused, lest a misspelt test passes for the wrong reason; "n" is ignored and
 * serves to make URLs distinct. Ownership: the struct is self-contained, the spans point into its
 * own `text`, so it must not be copied. Any thread; nothing here parks.
 */
#ifndef ORIGIN_BEHAVIOUR_H
#define ORIGIN_BEHAVIOUR_H

#include "tests/origin/span.h"
#include <stdint.h>

enum {
    BEHAVIOUR_TEXT_MAX = 4096, /* all decoded values of one query, bytes */
    BEHAVIOUR_HEADERS_MAX = 8,
};

/* Each enum has 0 for "not asked for" and then the words of its key in behaviour.c's table. */
enum behaviour_reset {
    RESET_ACCEPT = 1, /* at once, whatever delay says */
    RESET_REQUEST,    /* instead of an answer */
    RESET_HEADERS,    /* inside the header block */
    RESET_AFTER_HEADERS,
    RESET_BODY, /* half way through the body */
};
enum behaviour_close { CLOSE_HEADERS = 1, CLOSE_SILENT };
enum behaviour_chunks { CHUNKS_BROKEN = 1, CHUNKS_CUT, CHUNKS_UNENDED };
enum behaviour_gzip { GZIP_ALWAYS = 1, GZIP_NEGOTIATE, GZIP_BOMB, GZIP_CUT, GZIP_DAMAGED };
enum behaviour_conn { CONN_KEEP_ALIVE = 1, CONN_CLOSE, CONN_DROP };
enum behaviour_ranges {
    RANGES_HONEST = 1,
    RANGES_WRONG,   /* other bytes than were asked for */
    RANGES_TOTAL,   /* a wrong total */
    RANGES_SHORT,   /* half of what was asked for */
    RANGES_BLIND,   /* takes no notice of If-Range */
    RANGES_REFUSED, /* 416 to all */
    RANGES_ENCODED, /* the bytes are right, but said to be compressed */
    RANGES_NONE,    /* Accept-Ranges: none */
};

#define REDIRECT_LOOP   INT64_C(-2)
#define HEADERS_ENDLESS INT64_C(-2)

struct behaviour {
    /* What is served. */
    int64_t size;
    struct span seed;
    struct span type;
    struct span etag;
    struct span disposition;
    struct span cookie;
    int64_t modified; /* unix seconds; -1: no Last-Modified */
    unsigned ranges;
    unsigned gzip;
    bool chunked;
    bool nolength;
    bool http10;
    struct span headers[BEHAVIOUR_HEADERS_MAX]; /* whole lines */
    size_t header_count;

    /* What goes differently. */
    int64_t delay_ns;
    int64_t drip_bytes; /* 0: no drip */
    int64_t drip_ns;
    int64_t stall;    /* -1: no */
    int64_t truncate; /* -1: no */
    int64_t length;   /* -1: the true one */
    unsigned reset;
    unsigned close;
    unsigned chunks;
    unsigned conn;
    bool noise;
    bool echo;
    int64_t huge_headers; /* bytes, or HEADERS_ENDLESS; 0: no */
    int64_t interim;      /* an 1xx answer that comes first; 0: none */

    /* What is answered instead. */
    int64_t status;   /* 0: whatever is right */
    int64_t redirect; /* hops left, or REDIRECT_LOOP; -1: no redirect */
    struct span location;
    struct span retry_after; /* seconds, "date+SECONDS", or anything, which is sent as it is */
    struct span auth;        /* "user:password" */

    int64_t times; /* only the first so many requests of this URL; -1: always */

    char text[BEHAVIOUR_TEXT_MAX];
    size_t text_used;
};

/* 0; or -EINVAL, and `why` is what to tell the author of the query, at most `why_size` bytes. */
int behaviour_parse(struct span query, struct behaviour *behaviour, char *why, size_t why_size);

/* After the first `times` requests: leaves what is served and forgets all that goes differently. */
void behaviour_calm(struct behaviour *behaviour);

#endif
