/* cookies.h - the cookies that all transfers of a client share. Private to net/xfer.
 *
 * libcurl's own engine, behind one share of all the client's handles: files are read once, and what
 * one transfer is given the next one sends. Only where the options want an engine at all.
 *
 * Ownership: the client's; handles that use the share are freed first. Thread: the client's.
 * Nothing here parks; reading the files waits for the disk, before anything else runs.
 */
#ifndef NET_XFER_COOKIES_H
#define NET_XFER_COOKIES_H

#include "net/xfer/options.h"
#include <curl/curl.h>

struct cookie_store {
    CURLSH *share; /* NULL: no cookies are kept */
    CURL *keeper;  /* a handle that transfers nothing */
};

/* 0, -ENOMEM, or -EINVAL with `why` (a literal). A file that cannot be read is an empty one. */
int cookie_store_init(struct cookie_store *store, const struct transfer_options *options,
                      const char **why);
void cookie_store_free(struct cookie_store *store);

/* All that have not expired, a line each as in a cookie file: a new list; NULL: none. */
struct curl_slist *cookie_store_lines(const struct cookie_store *store);

#endif
