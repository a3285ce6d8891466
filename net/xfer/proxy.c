#include "net/xfer/proxy.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const scheme_names[PROXY_SCHEMES] = {"http", "https", "ftp", "ftps"};

/* curl's defaults for a proxy without a port. */
#define PORT_DEFAULT       1080
#define PORT_DEFAULT_HTTPS 443

static void proxy_free(struct proxy *proxy)
{
    if (!proxy)
        return;
    free(proxy->text);
    free(proxy->host);
    free(proxy->key);
    free(proxy);
}

static bool is_ip(const char *host)
{
    struct in6_addr parsed;
    return inet_pton(AF_INET, host, &parsed) == 1 || inet_pton(AF_INET6, host, &parsed) == 1;
}

/* The host as libcurl will look it up: without brackets and zone, names in lower case. */
static int proxy_take_host(struct proxy *proxy, CURLU *parsed)
{
    char *host;
    CURLUcode code = curl_url_get(parsed, CURLUPART_HOST, &host, CURLU_PUNYCODE);
    if (code)
        return code == CURLUE_OUT_OF_MEMORY ? -ENOMEM : -EINVAL;
    size_t length = strlen(host);
    bool bracketed = length >= 2 && host[0] == '[';
    proxy->host = bracketed ? strndup(host + 1, length - 2) : strdup(host);
    curl_free(host);
    if (!proxy->host)
        return -ENOMEM;
    for (char *p = proxy->host; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    proxy->host_is_ip = bracketed || is_ip(proxy->host);
    return 0;
}

static int proxy_take_key(struct proxy *proxy, CURLU *parsed, bool https)
{
    char *port = NULL;
    CURLUcode code = curl_url_get(parsed, CURLUPART_PORT, &port, 0);
    if (code && code != CURLUE_NO_PORT)
        return code == CURLUE_OUT_OF_MEMORY ? -ENOMEM : -EINVAL;
    unsigned long number = https ? PORT_DEFAULT_HTTPS : PORT_DEFAULT;
    if (port)
        number = strtoul(port, NULL, 10);
    curl_free(port);
    return asprintf(&proxy->key, "%s:%lu", proxy->host, number) < 0 ? -ENOMEM : 0;
}

static int proxy_fill(struct proxy *proxy, CURLU *parsed, const char *text)
{
    char *scheme;
    if (curl_url_set(parsed, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME))
        return -EINVAL;
    if (curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0))
        return -EINVAL;
    bool https = strcasecmp(scheme, "https") == 0;
    proxy->speaks_http = https || strcasecmp(scheme, "http") == 0;
    proxy->resolves_target = proxy->speaks_http || strcasecmp(scheme, "socks5h") == 0 ||
                             strcasecmp(scheme, "socks4a") == 0;
    bool known = proxy->resolves_target || strcasecmp(scheme, "socks5") == 0 ||
                 strcasecmp(scheme, "socks4") == 0 || strcasecmp(scheme, "socks") == 0;
    /* A scheme that was only guessed from the host's name ("ftp.example") means HTTP, as no scheme
     * at all does. */
    if (!known && strstr(text, "://")) {
        curl_free(scheme);
        return -EINVAL;
    }
    if (!known)
        proxy->speaks_http = proxy->resolves_target = true;
    curl_free(scheme);

    proxy->text = strdup(text);
    if (!proxy->text)
        return -ENOMEM;
    int error = proxy_take_host(proxy, parsed);
    return error ? error : proxy_take_key(proxy, parsed, https);
}

static int proxy_new(struct proxy **made, const char *text)
{
    *made = NULL;
    if (!text || !*text)
        return 0;
    struct proxy *proxy = calloc(1, sizeof *proxy);
    CURLU *parsed = curl_url();
    int error = proxy && parsed ? proxy_fill(proxy, parsed, text) : -ENOMEM;
    curl_url_cleanup(parsed);
    if (error)
        proxy_free(proxy);
    else
        *made = proxy;
    return error;
}

/* HTTP_PROXY is not looked at: in a CGI program it is the client's Proxy header. */
static const char *environment_proxy(const char *scheme)
{
    char name[16];
    snprintf(name, sizeof name, "%s_proxy", scheme);
    const char *value = getenv(name);
    if (!value && strcmp(scheme, "http") != 0) {
        for (char *p = name; *p; p++)
            *p = (char)toupper((unsigned char)*p);
        value = getenv(name);
    }
    if (!value)
        value = getenv("all_proxy");
    return value ? value : getenv("ALL_PROXY");
}

int proxy_rules_init(struct proxy_rules *rules, const char *proxy, const char *bypass,
                     const char **why)
{
    *rules = (struct proxy_rules){0};
    if (!bypass)
        bypass = getenv("no_proxy");
    if (!bypass)
        bypass = getenv("NO_PROXY");

    int error = 0;
    bool any = false;
    for (int i = 0; i < PROXY_SCHEMES && !error; i++) {
        error = proxy_new(&rules->by_scheme[i], proxy ? proxy : environment_proxy(scheme_names[i]));
        any = any || rules->by_scheme[i];
    }
    if (!error && any && bypass) {
        rules->bypass = strdup(bypass);
        error = rules->bypass ? 0 : -ENOMEM;
    }
    if (error == -EINVAL)
        *why = proxy ? "the proxy (-x) cannot be understood"
                     : "a proxy in the environment cannot be understood";
    if (error)
        proxy_rules_free(rules);
    return error;
}

void proxy_rules_free(struct proxy_rules *rules)
{
    for (int i = 0; i < PROXY_SCHEMES; i++)
        proxy_free(rules->by_scheme[i]);
    free(rules->bypass);
    *rules = (struct proxy_rules){0};
}

/* "192.0.2.0/24", "2001:db8::/32" or a single address. */
static bool network_contains(const char *network, size_t length, const char *host)
{
    char text[64];
    if (length >= sizeof text)
        return false;
    memcpy(text, network, length);
    text[length] = '\0';
    unsigned long bits = 0;
    char *slash = strchr(text, '/');
    if (slash) {
        *slash = '\0';
        bits = strtoul(slash + 1, NULL, 10);
    }

    int family = strchr(host, ':') ? AF_INET6 : AF_INET;
    unsigned long width = family == AF_INET6 ? 128 : 32;
    unsigned char a[16];
    unsigned char b[16];
    if (inet_pton(family, text, a) != 1 || inet_pton(family, host, b) != 1 || bits > width)
        return false;
    if (bits == 0)
        bits = width;
    if (memcmp(a, b, bits / 8) != 0)
        return false;
    return bits % 8 == 0 || ((a[bits / 8] ^ b[bits / 8]) & (0xff << (8 - bits % 8)) & 0xff) == 0;
}

/* "example.com" and ".example.com" both mean the domain and all below it. */
static bool domain_contains(const char *domain, size_t length, const char *host)
{
    size_t host_length = strlen(host);
    if (host_length && host[host_length - 1] == '.')
        host_length--;
    if (length && domain[length - 1] == '.')
        length--;
    if (length && domain[0] == '.') {
        domain++;
        length--;
    }
    if (length == 0 || length > host_length)
        return false;
    const char *tail = host + host_length - length;
    return strncasecmp(tail, domain, length) == 0 && (tail == host || tail[-1] == '.');
}

bool proxy_bypasses(const char *bypass, const char *host, bool host_is_ip)
{
    if (strcmp(bypass, "*") == 0)
        return true;
    while (*bypass) {
        bypass += strspn(bypass, ", \t");
        size_t length = strcspn(bypass, ", \t");
        if (length && (host_is_ip ? network_contains(bypass, length, host)
                                  : domain_contains(bypass, length, host)))
            return true;
        bypass += length;
    }
    return false;
}

const struct proxy *proxy_for(const struct proxy_rules *rules, const struct url *url)
{
    for (int i = 0; i < PROXY_SCHEMES; i++) {
        if (!rules->by_scheme[i] || strcmp(url->scheme, scheme_names[i]) != 0)
            continue;
        if (rules->bypass && proxy_bypasses(rules->bypass, url->host, url->host_is_ip))
            return NULL;
        return rules->by_scheme[i];
    }
    return NULL;
}
