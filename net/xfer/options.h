/* options.h - how all transfers of a job are made: what the command line said, in libcurl's terms.
 *
 * Ownership: the caller's, strings too; set up before any client is made, immutable afterwards and
 * shared by all threads. The names are those of curl's options.
 */
#ifndef NET_XFER_OPTIONS_H
#define NET_XFER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct limiter;

enum http_version {
    HTTP_VERSION_ANY, /* libcurl's default: 2 over TLS, else 1.1 */
    HTTP_VERSION_1_1,
    HTTP_VERSION_2, /* transfers of one host wait for a connection that they can share */
    HTTP_VERSION_3,
};

enum ip_version {
    IP_ANY,
    IP_V4,
    IP_V6,
};

enum time_condition {
    TIME_ANY,
    TIME_MODIFIED_SINCE,
    TIME_UNMODIFIED_SINCE,
};

struct altsvc;
struct hsts;
struct netrc;

struct transfer_options {
    const char *const *headers; /* -H, NULL-terminated; NULL: none */
    const char *user_agent;     /* -A; NULL: fetch/VERSION */
    const char *referer;        /* -e */
    const char *user;           /* -u "name:password" */
    struct altsvc *altsvc;      /* --alt-svc: where else hosts are met; as hsts */
    struct hsts *hsts; /* --hsts: hosts to be met over TLS only, for all clients; NULL: none */
    const struct netrc *netrc;       /* logins by host; NULL: none */
    const char *cookie;              /* -b "name=value; ..." */
    const char *const *cookie_files; /* -b FILE, NULL-terminated; NULL: none */
    bool digest;                     /* --digest; else Basic */
    bool netrc_optional;             /* a login in the URL goes before one in there */
    bool keep_cookies;               /* what servers set is sent back: -b FILE and -c */
    const char *proxy;               /* -x; NULL: the environment's */
    const char *proxy_user;          /* -U "name:password" */
    const char *no_proxy;            /* --noproxy; NULL: the environment's */
    const char *proxy_cacert;        /* --proxy-cacert */
    const char *cacert;              /* --cacert */
    bool proxy_insecure;             /* --proxy-insecure */
    bool insecure;                   /* -k */
    const char *certificate;         /* -E, of ours; a file */
    const char *key;                 /* --key; NULL: in the certificate's file */
    const char *key_password;        /* --pass, or of -E; NULL: none */
    const char *interface;   /* --interface: a network device or an address of this machine */
    bool remote_header_name; /* -J: what Content-Disposition suggests is wanted */
    bool compressed;         /* --compressed */
    enum http_version http_version;
    enum ip_version ip_version;
    const char *const *resolve; /* --resolve HOST:PORT:ADDR..., NULL-terminated; NULL: none */
    bool deny_private;          /* --deny-private: addresses that are not public are not met */
    enum time_condition time_condition; /* -z, for requests without a condition of their own */
    int64_t time_value;                 /* unix seconds */
    const char *protocols;              /* --proto, "http,https,ftp,ftps" */
    int64_t connect_timeout_ns;         /* 0: none */
    int64_t stall_timeout_ns;           /* no byte for so long; 0: none */
    int64_t speed_limit;                /* bytes a second: a transfer that is slower ... */
    int64_t speed_time_ns;              /* ... for so long is ended; speed_limit 0: none */
    struct limiter *limiter;            /* --limit-rate, of the whole job; NULL: none */
    int64_t max_filesize;               /* decoded bytes; 0: none */
    unsigned jobs; /* transfers in flight on one client: sizes buffers and caches */
};

#endif
