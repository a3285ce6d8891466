/* transfer.h - one request and its answer, in a straight line.
 *
 * client_perform() runs one hop - no redirects, no retries - and parks until it is over. On a
 * scheduler the thread's CURLM drives it from the loop's own stack (loop.h); off a scheduler it
 * blocks in libcurl (blocking.c). The caller sees no difference.
 *
 * Names are resolved by us beforehand and handed over (CURLOPT_RESOLVE); a transfer for which
 * libcurl would resolve by itself is ended by the tripwire with -EDOM, which is a bug of ours.
 *
 * Ownership: a client is one thread's: client_new() to client_free(). Request and result belong to
 * the caller; result strings to the result (transfer_result_clear()). Thread: the client's.
 * Parks (or blocks): client_perform; client_free when a task calls it.
 */
#ifndef NET_XFER_TRANSFER_H
#define NET_XFER_TRANSFER_H

#include "net/dns/resolver.h"
#include "net/http/content_range.h"
#include "net/http/digest_header.h"
#include "net/http/validator.h"
#include "net/url/url.h"
#include "net/xfer/options.h"
#include "net/xfer/sink.h"

struct client;
struct transfer; /* one under way; a sink sees it to resume it */

/* What is asked for is not the whole file, or not in any case (RFC 9110 sections 13.1 and 14.2).
 * NULL: no such line. What an answer means the caller judges: a 200 may come to all of this. */
struct transfer_condition {
    const char *if_none_match;
    const char *if_modified_since;
    const char *if_range; /* an entity tag or a date */
    int64_t first;        /* the range: from this byte on ... */
    int64_t end;          /* ... to before this one; 0: to the end. Both 0: no range */
};

struct transfer_request {
    const struct url *url;
    bool send_credentials; /* -u, cookies and -H lines that carry credentials; false after the
                              origin has changed */
    bool send_own_login;   /* that of the URL itself or of a netrc file, when those stay behind: at
                              another place that the user has named */
    int64_t deadline;      /* of the whole transfer with all its hops (-m); DEADLINE_NEVER: none */
    struct sink *sink;
    const struct transfer_condition *condition; /* NULL: none. HTTP alone knows them */
    /* Lines in addition to those of -H, in place of any with the same name. Those that carry
     * credentials go with send_credentials. NULL-terminated; NULL: none. */
    const char *const *headers;
    bool head;                /* HTTP: the answer without its body (RFC 9110 section 9.3.2) */
    bool takes_links;         /* Link fields and digests of the answer are wanted */
    const char *robots_agent; /* who reads the answer for its links, as X-Robots-Tag may name it:
                                 that and Refresh are wanted; NULL: nobody does */
};

struct transfer_times {
    int64_t start;      /* wall clock, ns since 1970 */
    int64_t dns;        /* durations, ns: our resolver */
    int64_t connect;    /* TCP, 0 on a reused connection */
    int64_t tls;        /* handshake, 0 without */
    int64_t first_byte; /* from the start */
    int64_t total;
};

/* Of a Content-Type, bytes. */
#define CONTENT_TYPE_MAX 127

struct transfer_result {
    int error;              /* 0, or -errno: what went wrong on the way */
    CURLcode code;          /* libcurl's word for it, CURLE_OK if it never ran */
    int sink_error;         /* -errno the sink ended it with; 0: it did not */
    int status;             /* HTTP code (FTP: 0), 0 when none arrived */
    int http_version;       /* 10, 11, 20, 30; 0: unknown */
    bool headers_complete;  /* the blank line came: 7.88 calls a connection closed before it a
                               success */
    bool body_begun;        /* at least one body byte reached the sink */
    int64_t bytes;          /* decoded body bytes handed to the sink */
    int64_t wire_bytes;     /* body bytes as they came over the wire */
    int64_t content_length; /* as announced, -1: not */
    int64_t retry_after_ns; /* from the arrival of the header; -1: none */
    int64_t last_modified;  /* unix seconds; -1: none */
    bool encoded;           /* Content-Encoding: bytes of the body are not bytes of the file */
    bool upgraded;          /* a redirect of our own to HTTPS (HSTS): nobody was asked */
    bool unresolved;        /* the name of the host, or of its proxy: no address was found */
    bool unmet;             /* the condition of -z; no body came */
    bool refuses_ranges;    /* Accept-Ranges: none */
    bool offers_ranges;     /* Accept-Ranges: bytes */

    struct content_range range; /* CONTENT_RANGE_NONE: not told */
    struct validators validators;
    char content_type[CONTENT_TYPE_MAX + 1]; /* as sent; "": not told, or longer than that */
    char date[DATE_MAX + 1]; /* when the server answered, by its clock and as sent; "": not told */

    char *location;  /* of a redirect; owned; NULL: none */
    char *file_name; /* that the server suggests, see disposition.h; owned; NULL: none */
    char *refresh;   /* Refresh, as sent; owned; NULL: none, or not wanted */
    unsigned robots; /* ROBOTS_ bits of X-Robots-Tag (net/robots/directives.h) */
    char *links;     /* Link fields, joined by commas; owned; NULL: none, or not wanted */
    bool has_sha256; /* the server has told a digest of the whole, as it is on the way */
    unsigned char sha256[DIGEST_SHA256_SIZE];
    char remote_ip[48]; /* "" unknown */
    struct transfer_times times;
    char message[256]; /* in words for the user when error != 0: no URL, no secrets */
};

struct client_options {
    const struct transfer_options *transfer; /* shared, outlives the client */
    const struct resolver_options *resolver;
};

/* A client made where the thread has a scheduler is driven by that and must be freed before it.
 * 0 or -errno, -EINVAL with `why` (a literal) for options libcurl or c-ares refuse. */
int client_new(struct client **client, const struct client_options *options, const char **why);

/* Nothing may be under way. NULL is fine. */
void client_free(struct client *client);

/* The cookies that the client began with (of -b FILE; the client's) and those that it has now (a
 * new list), a line each as in a cookie file. NULL: none. */
void client_cookies(const struct client *client, const struct curl_slist **before,
                    struct curl_slist **now);

/* The cookies in the files of these options, likewise: a new list. Needs no client. */
struct curl_slist *client_read_cookies(const struct transfer_options *options);

struct resolver *client_resolver(struct client *client);

/* Asks for the name of `url` ahead of its transfer, unless a proxy, --resolve or the URL itself
 * makes that needless. Never parks; needs a scheduler. */
void client_foresee(struct client *client, const struct url *url);

/* An address in words, with its NUL. */
#define CLIENT_ADDRESS_SIZE 46

/* Where `url` would be met: of its host's addresses the lowest, IPv4 first, so that names with the
 * same addresses give the same in whatever order a server tells them. 0; -ENOENT: through a proxy,
 * or nowhere; other errors as resolver_lookup(). Parks (or blocks). */
int client_locate(struct client *client, const struct url *url, char address[CLIENT_ADDRESS_SIZE]);

/* Resolves, transfers, fills `result`. Returns result->error: 0 when an answer came in full,
 * whatever its status; -ECANCELED; -ETIMEDOUT (connect, stall or deadline: the message says which);
 * -EFBIG (--max-filesize); -EBADMSG (a compressed body that is damaged or ends too early);
 * -ECONNRESET and the like; the sink's own error. Before it returns, the
 * sink has been called for the last time. */
int client_perform(struct client *client, const struct transfer_request *request,
                   struct transfer_result *result);

/* Continues a transfer that its sink paused. From the transfer's own thread; never from inside a
 * sink's functions. Off a scheduler sinks must not pause. */
void transfer_resume(struct transfer *transfer);

/* Ends one under way as if its sink had returned `error`. Likewise. */
void transfer_end(struct transfer *transfer, int error);

/* Of all links of an answer together, bytes: what is beyond is not kept. */
#define LINKS_MAX ((size_t)32 * 1024)

void transfer_result_clear(struct transfer_result *result);

/* Is this failure worth another try: timeouts, resets, temporary DNS failures, net unreachable,
 * damaged bodies? */
bool transfer_error_is_transient(const struct transfer_result *result);

/* How often libcurl tried to resolve a name by itself, in all clients of the process. Zero, or we
 * have a bug. */
uint64_t client_tripwire_count(void);

/* "libcurl/7.88.1 OpenSSL/3.0 ... c-ares/1.18.1" and features, for --version. Static storage. */
const char *client_versions(void);

/* Once a process, before threads: libcurl, c-ares, SIGPIPE. 0 or -errno. */
int client_global_init(void);
void client_global_cleanup(void);

#endif
