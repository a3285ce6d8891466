/* easy.h - a pool of libcurl's easy handles that remember how they were set. Private to net/xfer.
 *
 * curl_easy_reset() and the whole table of options cost 9 % of a small transfer. So what is the
 * same for all transfers of a client is set once, when a handle is made, and from one transfer to
 * the next only what differs.
 *
 * Ownership: the client's pool owns handles that are free; one in use belongs to its transfer.
 * Thread: the client's, on its own stack. Nothing here parks.
 */
#ifndef NET_XFER_EASY_H
#define NET_XFER_EASY_H

#include "net/xfer/options.h"
#include <curl/curl.h>

struct client;
struct proxy;
struct transfer;

/* CURLOPT_DNS_CACHE_TIMEOUT: names stay until they are taken back. */
#define NEVER_SWEEP (-1L)

/* Sets one option unless an earlier one failed; wants `handle` and `code` in scope. */
#define SET(option, value)                                      \
    do {                                                        \
        if (code == CURLE_OK)                                   \
            code = curl_easy_setopt(handle, (option), (value)); \
    } while (0)

struct easy {
    CURL *handle;
    struct easy *next;         /* in the pool */
    struct transfer *transfer; /* whose it is now; NULL: free */
    /* How the handle is set. */
    bool credentials;
    const struct netrc_login *login; /* of the netrc file; NULL: none */
    bool fresh;                      /* CURLOPT_FRESH_CONNECT */
    bool passing;                    /* CURLOPT_FORBID_REUSE */
    bool sharing;                    /* CURLOPT_PIPEWAIT */
    bool timed;                      /* CURLOPT_TIMECONDITION */
    bool private;                    /* CURLOPT_USE_SSL */
    bool filetime;                   /* FTP: ask for it */
    bool head;                       /* CURLOPT_NOBODY */
    bool sweeping;                   /* its end sweeps libcurl's address cache */
    const struct proxy *proxy;
    /* For this transfer only, owned. */
    CURLU *stripped;              /* URL without credentials; NULL: as it came */
    struct curl_slist *elsewhere; /* CURLOPT_CONNECT_TO; NULL: none */
    struct curl_slist *resolve;   /* addresses handed over; NULL: none */
    struct curl_slist *headers;   /* its own; NULL: the pool's */
    int attempt_v4;               /* socket that is being connected, the latest; -1: none */
    int attempt_v6;
    char error[CURL_ERROR_SIZE];
};

struct easy_pool {
    struct easy *free;                /* latest used first: warm */
    struct curl_slist *headers;       /* -H; owned */
    struct curl_slist *plain_headers; /* those that carry no credentials; owned */
    unsigned unnamed; /* transfers since the last sweep that may have left an IP in the cache */
};

/* Makes a first handle, so that options which libcurl refuses are found out here. 0, -ENOMEM, or
 * -EINVAL with `why` (a literal). */
int easy_pool_init(struct easy_pool *pool, struct client *client, const char **why);
void easy_pool_free(struct easy_pool *pool);

/* Sets what is the same for all transfers of the client (easy_setup.c). CURLE_OUT_OF_MEMORY, or
 * another code with `why`, a literal. */
CURLcode easy_set_up(struct easy *easy, struct client *client, const char **why);

/* A handle, set for this transfer, all names known. 0 or -ENOMEM. */
int easy_take(struct easy **easy, struct transfer *transfer);

/* Back into the pool; libcurl has let go of it. */
void easy_release(struct easy *easy);

#endif
