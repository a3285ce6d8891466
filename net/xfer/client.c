#include "net/dns/public.h"
#include "net/http/hsts.h"
#include "net/xfer/core.h"
#include "net/xfer/result.h"
#include <ares.h>
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define CONNECTIONS_MIN 64

int client_global_init(void)
{
    /* Sockets whose peer has gone: an error to us, not a reason to die. */
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        return -errno;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return -ENOMEM;
    if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS) {
        curl_global_cleanup();
        return -ENOMEM;
    }
    return 0;
}

void client_global_cleanup(void)
{
    ares_library_cleanup();
    curl_global_cleanup();
}

static char versions[1024];

static void versions_make(void)
{
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    int used = snprintf(versions, sizeof versions, "%s c-ares/%s\nFeatures:", curl_version(),
                        ares_version(NULL));
    for (const char *const *name = info->feature_names; name && *name; name++) {
        if (used > 0 && (size_t)used < sizeof versions)
            used += snprintf(versions + used, sizeof versions - (size_t)used, " %s", *name);
    }
}

const char *client_versions(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, versions_make); /* fails only for an invalid `once` */
    return versions;
}

/* Connections worth keeping: enough for all transfers and as many idle ones, if there are
 * descriptors for them. */
static size_t connections_worth_keeping(unsigned jobs)
{
    size_t worth = 2 * (size_t)jobs;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        worth > limit.rlim_cur / 2)
        worth = limit.rlim_cur / 2;
    return worth > CONNECTIONS_MIN ? worth : CONNECTIONS_MIN;
}

int client_new(struct client **made, const struct client_options *options, const char **why)
{
    const struct transfer_options *transfer = options->transfer;
    struct client *client = calloc(1, sizeof *client);
    *made = NULL;
    if (!client)
        return -ENOMEM;
    client->options = transfer;

    int error =
        override_list_init(&client->overrides, transfer->resolve, transfer->ip_version, why);
    if (error)
        goto no_overrides;
    error = interface_init(&client->interface, transfer->interface, why);
    if (error)
        goto no_proxies;
    error = proxy_rules_init(&client->proxies, transfer->proxy, transfer->no_proxy, why);
    if (error)
        goto no_proxies;
    error = resolver_new(&client->resolver, options->resolver, why);
    if (error)
        goto no_resolver;
    error = peer_table_init(&client->peers, connections_worth_keeping(transfer->jobs));
    if (error)
        goto no_peers;
    error = cookie_store_init(&client->cookies, transfer, why);
    if (error)
        goto no_cookies;
    client->first_cookies = cookie_store_lines(&client->cookies);
    error = easy_pool_init(&client->easies, client, why);
    if (error)
        goto no_easies;
    error = loop_init(&client->loop, client);
    if (error)
        goto no_loop;
    *made = client;
    return 0;

no_loop:
    easy_pool_free(&client->easies);
no_easies:
    curl_slist_free_all(client->first_cookies);
    cookie_store_free(&client->cookies);
no_cookies:
    peer_table_free(&client->peers);
no_peers:
    resolver_free(client->resolver);
no_resolver:
    proxy_rules_free(&client->proxies);
no_proxies:
    override_list_free(&client->overrides);
no_overrides:
    free(client);
    return error;
}

/* Connections first: while libcurl closes them it tells the peers. */
static void client_close_libcurl(struct client *client)
{
    loop_close(&client->loop);
    easy_pool_free(&client->easies);
    cookie_store_free(&client->cookies);
    peer_table_free(&client->peers);
}

/* A task waits until the scheduler's own stack has closed a client's connections. */
struct closing {
    struct sched_message message;
    struct client *client;
    struct task *task;
    bool done;
};

static void closing_run(struct sched_message *message)
{
    struct closing *closing = list_entry(message, struct closing, message);
    client_close_libcurl(closing->client);
    closing->done = true;
    task_wake(closing->task);
}

void client_free(struct client *client)
{
    if (!client)
        return;
    if (task_self()) {
        struct closing closing = {{.run = closing_run}, client, task_self(), false};
        sched_post(sched_self(), &closing.message);
        while (!closing.done)
            (void)task_park_uncancelable(); /* woken is all it can be */
    } else {
        client_close_libcurl(client);
    }
    resolver_free(client->resolver);
    proxy_rules_free(&client->proxies);
    override_list_free(&client->overrides);
    curl_slist_free_all(client->first_cookies);
    free(client);
}

void client_cookies(const struct client *client, const struct curl_slist **before,
                    struct curl_slist **now)
{
    *before = client->first_cookies;
    *now = cookie_store_lines(&client->cookies);
}

struct curl_slist *client_read_cookies(const struct transfer_options *options)
{
    struct cookie_store store;
    const char *why;
    if (cookie_store_init(&store, options, &why))
        return NULL;
    struct curl_slist *lines = cookie_store_lines(&store);
    cookie_store_free(&store);
    return lines;
}

struct resolver *client_resolver(struct client *client)
{
    return client->resolver;
}

void client_foresee(struct client *client, const struct url *url)
{
    if (url->host_is_ip || proxy_for(&client->proxies, url) ||
        override_find(&client->overrides, url->host_key))
        return;
    resolver_prefetch(client->resolver, url->host);
}

/* A proxy's address is the user's own choice. */
static bool wants_public(const struct transfer *transfer, const struct peer *peer)
{
    return transfer->client->options->deny_private && peer == transfer->target;
}

/* "addr,addr" of --resolve: whoever says something else twice is refused. */
static int take_given(struct transfer *transfer, struct peer *peer, const char *given)
{
    peer_learn_text(peer, given);
    if (wants_public(transfer, peer)) {
        for (size_t length; *given; given += length + (given[length] == ',')) {
            length = strcspn(given, ",");
            if (!address_text_is_public(given, length))
                return -EACCES;
        }
    }
    return *peer->text ? 0 : -ENOENT;
}

/* Of an answer only what is public, whatever else is in it. */
static int take_public(struct peer *peer, struct address_list *addresses)
{
    struct address_list *public = address_list_public(addresses);
    address_list_drop(addresses);
    if (!public)
        return -ENOMEM;
    if (public->count == 0) {
        address_list_drop(public);
        return -EACCES;
    }
    peer_learn(peer, public);
    return 0;
}

/* What libcurl will look up under `peer` is asked of the user's list, then of the resolver. */
static int find_addresses(struct transfer *transfer, struct peer *peer, const char *host)
{
    struct client *client = transfer->client;
    const char *given = override_find(&client->overrides, peer->key);
    if (given)
        return take_given(transfer, peer, given);
    int64_t patience = client->options->connect_timeout_ns;
    int64_t deadline = transfer->request->deadline;
    if (patience)
        deadline = deadline_min(deadline, deadline_in(patience));
    struct address_list *addresses;
    int error = resolver_lookup(client->resolver, host, deadline, &addresses);
    if (!error && wants_public(transfer, peer))
        return take_public(peer, addresses);
    if (!error)
        peer_learn(peer, addresses);
    return error;
}

static int refuse_private(struct transfer *transfer, const char *address)
{
    result_fail(transfer->result, -EACCES, "%s is not a public address (--deny-private)", address);
    return -EACCES;
}

/* An address in the URL has the family that it has. libcurl would call one that is not wanted
 * unreachable, as if another try could help. */
static int check_literal(struct transfer *transfer, const struct peer *peer, const char *address)
{
    enum ip_version wanted = transfer->client->options->ip_version;
    bool is_v6 = strchr(address, ':') != NULL;
    if (wants_public(transfer, peer) && !address_text_is_public(address, strlen(address)))
        return refuse_private(transfer, address);
    if (wanted == IP_ANY || is_v6 == (wanted == IP_V6))
        return 0;
    result_fail(transfer->result, -EAFNOSUPPORT, "%s is an %s address, and only %s is wanted",
                address, is_v6 ? "IPv6" : "IPv4", is_v6 ? "IPv4" : "IPv6");
    return -EAFNOSUPPORT;
}

static int resolve_one(struct transfer *transfer, struct peer *peer, const char *host, bool is_ip)
{
    if (is_ip)
        return check_literal(transfer, peer, host);
    int error = find_addresses(transfer, peer, host);
    if (error == -ETIMEDOUT && deadline_clock() >= transfer->request->deadline)
        transfer->stop = STOP_DEADLINE;
    if (error == -EACCES)
        result_fail(transfer->result, error, "%s has no public address (--deny-private)", host);
    else if (error)
        result_unresolved(transfer->result, host, error);
    return error;
}

/* Where the proxy looks names up, nobody can promise what it will find. */
static int check_behind_proxy(struct transfer *transfer)
{
    const struct url *url = transfer->request->url;
    if (!transfer->client->options->deny_private)
        return 0;
    if (url->host_is_ip)
        return address_text_is_public(url->host, strlen(url->host))
                   ? 0
                   : refuse_private(transfer, url->host);
    result_fail(transfer->result, -EACCES,
                "this proxy looks up names by itself, so --deny-private cannot hold");
    return -EACCES;
}

static int resolve_alternative(struct transfer *transfer)
{
    const char *host = transfer->alternative->host;
    struct in6_addr address;
    bool is_ip =
        inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1;
    return resolve_one(transfer, transfer->target, host, is_ip);
}

/* Finds out through whom to go and all addresses that libcurl will need. */
static int transfer_resolve(struct transfer *transfer)
{
    const struct url *url = transfer->request->url;
    const struct proxy *proxy = transfer->proxy;
    int64_t begun = deadline_clock();
    int error = 0;

    if (transfer->alternative)
        error = resolve_alternative(transfer);
    else if (proxy)
        error = resolve_one(transfer, transfer->via, proxy->host, proxy->host_is_ip);
    if (!error && !transfer->alternative)
        error = proxy && proxy->resolves_target
                    ? check_behind_proxy(transfer)
                    : resolve_one(transfer, transfer->target, url->host, url->host_is_ip);
    transfer->result->times.dns = deadline_clock() - begun;
    return error;
}

static int transfer_enter_peers(struct transfer *transfer)
{
    struct peer_table *peers = &transfer->client->peers;
    const char *key = transfer->request->url->host_key;
    transfer->target = peer_enter(peers, transfer->alternative ? transfer->alternative->key : key);
    if (transfer->target && transfer->proxy)
        transfer->via = peer_enter(peers, transfer->proxy->key);
    return transfer->target && (transfer->via || !transfer->proxy) ? 0 : -ENOMEM;
}

static bool speaks_http(const struct transfer *transfer)
{
    return strncmp(transfer->request->url->scheme, "http", 4) == 0 ||
           (transfer->proxy && transfer->proxy->speaks_http);
}

static void transfer_run(struct transfer *transfer)
{
    struct loop *loop = &transfer->client->loop;
    if (loop->scheduled)
        loop_perform(loop, transfer);
    else
        blocking_perform(loop, transfer);
}

/* A host that wants TLS only is not asked otherwise: the answer is ours. */
static bool is_upgraded(const struct transfer *transfer)
{
    const struct url *url = transfer->request->url;
    struct hsts *hsts = transfer->client->options->hsts;
    struct transfer_result *result = transfer->result;
    if (!hsts || url->host_is_ip || strcmp(url->scheme, "http") != 0 ||
        !hsts_covers(hsts, url->host, time(NULL)))
        return false;
    char *text = hsts_upgrade(url);
    result->location = text ? strdup(text) : NULL;
    curl_free(text);
    if (!result->location)
        result_fail(result, -ENOMEM, "out of memory");
    result->status = 307;
    result->headers_complete = true;
    result->upgraded = true;
    return true;
}

/* To the URL's host, or to an alternative. True when nobody was met. */
static bool perform_at(struct client *client, const struct transfer_request *request,
                       const struct altsvc_place *alternative, struct transfer_result *result)
{
    struct transfer transfer = {
        .client = client,
        .request = request,
        .result = result,
        .proxy = proxy_for(&client->proxies, request->url),
        .alternative = alternative,
        .decoded.write = transfer_take_decoded,
        .started = deadline_clock(),
    };
    result_init(result);
    transfer.is_http = speaks_http(&transfer);

    if (request->deadline <= transfer.started)
        transfer.stop = STOP_DEADLINE;
    else if (is_upgraded(&transfer))
        return false;
    else if (transfer_enter_peers(&transfer) != 0)
        transfer.stop = STOP_NO_MEMORY;
    else if (transfer_resolve(&transfer) == 0)
        transfer_run(&transfer);
    peer_leave(&client->peers, transfer.target);
    peer_leave(&client->peers, transfer.via);
    result_conclude(&transfer);
    decoder_free(transfer.decoder);
    return result->error && !transfer.connected && transfer.stop == STOP_NONE;
}

static bool find_alternative(const struct client *client, const struct url *url,
                             struct altsvc_place *place)
{
    const struct transfer_options *options = client->options;
    return options->altsvc && strcmp(url->scheme, "https") == 0 &&
           !proxy_for(&client->proxies, url) &&
           altsvc_find(options->altsvc, url->host, url->port,
                       options->http_version != HTTP_VERSION_1_1, time(NULL), place);
}

int client_perform(struct client *client, const struct transfer_request *request,
                   struct transfer_result *result)
{
    struct altsvc_place place;
    if (!find_alternative(client, request->url, &place)) {
        perform_at(client, request, NULL, result);
    } else if (perform_at(client, request, &place, result)) {
        /* It was worth a try (RFC 7838 section 2.4). */
        altsvc_avoid(client->options->altsvc, request->url->host, request->url->port, &place);
        transfer_result_clear(result);
        perform_at(client, request, NULL, result);
    }
    return result->error;
}
