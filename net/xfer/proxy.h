/* proxy.h - through which proxy a URL is reached, decided here and told to libcurl.
 *
 * libcurl could decide by itself, but not tell us beforehand, and we must know whose name to
 * resolve. The rules are libcurl's: -x, else SCHEME_proxy (upper case too, but not HTTP_PROXY),
 * else all_proxy or ALL_PROXY; none for hosts that --noproxy, else no_proxy or NO_PROXY lists.
 *
 * Ownership: the client's; the environment is read once. Thread: read-only once made. Nothing here
 * parks.
 */
#ifndef NET_XFER_PROXY_H
#define NET_XFER_PROXY_H

#include "net/url/url.h"

struct proxy {
    char *text; /* as CURLOPT_PROXY takes it, credentials included; owned */
    char *host; /* to look up; owned */
    char *key;  /* "name:port"; owned */
    bool host_is_ip;
    bool speaks_http;     /* else SOCKS */
    bool resolves_target; /* gets the target's name, not its address */
};

enum { PROXY_SCHEMES = 4 };

struct proxy_rules {
    struct proxy *by_scheme[PROXY_SCHEMES]; /* http, https, ftp, ftps; owned; NULL: none */
    char *bypass;                           /* --noproxy or NO_PROXY, owned; NULL: none */
};

/* `proxy` is -x, `bypass` --noproxy; NULL: the environment's. 0, -ENOMEM, or -EINVAL with `why` (a
 * literal). */
int proxy_rules_init(struct proxy_rules *rules, const char *proxy, const char *bypass,
                     const char **why);
void proxy_rules_free(struct proxy_rules *rules);

/* NULL: directly. */
const struct proxy *proxy_for(const struct proxy_rules *rules, const struct url *url);

/* Does `bypass` (as NO_PROXY has it) list this host? */
bool proxy_bypasses(const char *bypass, const char *host, bool host_is_ip);

#endif
