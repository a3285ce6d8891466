/* feed.h - the URLs in sitemaps (sitemaps.org: urlset, sitemapindex, text with a URL a line), RSS
 * 0.9x to 2.0 and Atom (RFC 4287).
 *
 * The document is written in bits of any size; each URL is handed on as soon as its element is
 * complete, so that a long document takes no more memory than a short one: some 40 KiB, and expat's
 * own. A gzip'ed file is noticed by its first byte.
 *
 * The document is the server's. Entity declarations are refused (a bare document type, as RSS 0.91
 * has it, is fine); elements may be only so deep, a document only so long, and a URL that is longer
 * than FEED_URL_MAX is passed over. What is not well-formed ends the reading; what came before it
 * counts. Known prefixes are taken at their word (image:, video:, xhtml:, media:, atom:, itunes:),
 * since many feeds do not declare them. Of encodings that expat does not know, URLs in ASCII come
 * out right. xml:base is not looked at, nor HTML within entries.
 *
 * Ownership: feed_new() to feed_free(). Thread: one at a time. Nothing here parks.
 */
#ifndef NET_FEED_FEED_H
#define NET_FEED_FEED_H

#include <stddef.h>
#include <stdint.h>

#define FEED_URL_MAX   8192                  /* bytes */
#define FEED_DEPTH_MAX 256                   /* elements within each other */
#define FEED_SIZE_MAX  (UINT64_C(128) << 20) /* bytes, unpacked; sitemaps.org allows 50 MiB */

enum feed_format {
    FEED_UNKNOWN, /* no element so far */
    FEED_TEXT,
    FEED_SITEMAP,
    FEED_RSS,
    FEED_ATOM,
};

enum feed_link_kind {
    FEED_PAGE,
    FEED_ALTERNATE, /* the page in another language */
    FEED_MEDIA,     /* image, video, enclosure */
    FEED_FEED,      /* another sitemap, or more of this feed */
};

struct feed_link {
    enum feed_link_kind kind;
    const char *url; /* as written, without white space around it; closed by a NUL; not checked */
    size_t length;
    const char *element; /* a literal: "loc", "enclosure", ...; "" in text */
    uint64_t line;       /* of the document, where the element begins */
};

struct feed;

/* `on_link` gets each link, which lives for the call. NULL when memory runs out. */
struct feed *feed_new(void (*on_link)(void *ctx, const struct feed_link *link), void *ctx);
void feed_free(struct feed *feed); /* NULL is fine */

/* 0; -EINVAL: this is neither sitemap nor feed, or is broken (feed_problem()); -EFBIG; -ENOMEM.
 * After an error all that follows is that error. */
int feed_write(struct feed *feed, const void *data, size_t size);

/* That was all. As feed_write(). */
int feed_finish(struct feed *feed);

/* Of the document's first element. */
enum feed_format feed_format(const struct feed *feed);

/* What is wrong, for the user, and where. */
const char *feed_problem(const struct feed *feed);
uint64_t feed_line(const struct feed *feed);

#endif
