/* core.h - what a client and a transfer under way are made of. Private to net/xfer.
 *
 * A transfer's struct lives on the stack of client_perform(), which does not return before libcurl
 * has let go of it. It passes through one pair of hands at a time: client.c finds out where to
 * connect (on the task's stack), the loop gives it to libcurl with an easy handle of the pool, the
 * callbacks in header.c and sink.c fill it, the loop takes it back and result.c puts into words
 * what became of it.
 *
 * Ownership: the client owns its parts. Thread: the client's; libcurl is only ever called from the
 * thread's own stack, never from a task's.
 */
#ifndef NET_XFER_CORE_H
#define NET_XFER_CORE_H

#include "engine/list.h"
#include "engine/sched/task.h"
#include "net/http/altsvc.h"
#include "net/xfer/cookies.h"
#include "net/xfer/decoder.h"
#include "net/xfer/easy.h"
#include "net/xfer/interface.h"
#include "net/xfer/loop.h"
#include "net/xfer/override.h"
#include "net/xfer/peer.h"
#include "net/xfer/proxy.h"
#include "net/xfer/speed.h"
#include "net/xfer/transfer.h"

/* Why we ended a transfer, where libcurl would not have. */
enum transfer_stop {
    STOP_NONE,
    STOP_CANCELED,
    STOP_DEADLINE,
    STOP_STALLED,
    STOP_SLOW,          /* --speed-limit */
    STOP_SINK,          /* result->sink_error says with what */
    STOP_TOO_LARGE,     /* --max-filesize */
    STOP_BROKEN_CODING, /* the body cannot be decoded */
    STOP_UNKNOWN_CODING,
    STOP_TRANSFER_CODING, /* one that we have not asked for */
    STOP_HEADERS_TOO_BIG, /* HEADER_BYTES_MAX */
    STOP_PAUSED_BLOCKING, /* a sink paused where nobody could resume it */
    STOP_LOOP_BROKEN,     /* libcurl lost track of its transfers */
    STOP_NO_MEMORY,
};

/* What a task wants of the loop. */
enum transfer_command {
    COMMAND_START = 1,
    COMMAND_STOP = 2,
    COMMAND_RESUME = 4,
};

/* How far the headers have come. */
enum header_state {
    HEADER_STATUS, /* a status line is next */
    HEADER_FIELDS,
    HEADER_DONE, /* the final blank line came: what follows are trailers */
};

struct transfer {
    struct client *client;
    const struct transfer_request *request;
    struct transfer_result *result;
    struct task *task; /* to be woken at the end; NULL off a scheduler */

    /* Where to connect: set before the start. */
    const struct proxy *proxy;              /* NULL: directly */
    const struct altsvc_place *alternative; /* instead of the URL's host; NULL: none */
    struct peer *target;                    /* the URL's host */
    struct peer *via;                       /* the proxy's host; NULL: directly */

    /* The loop's. */
    struct easy *easy;             /* while libcurl has it */
    struct list_node command_node; /* loop->commands */
    struct list_node active_node;  /* loop->active, while libcurl has it */
    struct list_node nudge_node;   /* loop->nudged, if libcurl may forget it */
    struct list_node quiet_node;   /* loop->quiet; paused: loop->yielded, ->delayed or none */
    struct list_node watched_node; /* loop->watched, if its speed counts */
    unsigned commands;             /* COMMAND_* bits to be carried out */
    bool ended;                    /* nobody but us has a pointer to it any more */
    bool paused;
    size_t booked;         /* with the limiter, and not delivered yet */
    int64_t due;           /* when they may be */
    int64_t delivered;     /* body bytes, as they came */
    int64_t watched_since; /* its speed counts from here ... */
    int64_t watched_bytes; /* ... when so many bytes had come */
    int64_t last_byte;     /* when something last arrived */

    /* The callbacks'. */
    enum transfer_stop stop;
    struct decoder *decoder; /* content_length is not the body's size; owned; NULL: as it comes */
    struct sink decoded;     /* what the decoder writes into */
    size_t decoded_bytes;    /* since the transfer last let others have their turn */
    bool yields;             /* it is to let them now */
    enum header_state headers;
    bool is_http;   /* has status line and blank line */
    bool connected; /* with all handshakes: the request goes out */
    bool framed;    /* Transfer-Encoding: content_length does not count */
    bool offered;   /* an alternative, by this answer */
    bool begun;     /* the sink's begin() was called */
    size_t header_bytes;
    bool denied;      /* an address that is not public was not connected to */
    int socket_error; /* -errno of socket(2) or of its lack of memory; 0: none */
    int64_t started;
    int64_t first_byte; /* when the first header line or body byte arrived; 0: not yet */
};

/* More header bytes than this, of all answers to one request, are an attack; curl 8 has the same
 * limit. */
#define HEADER_BYTES_MAX ((size_t)300 * 1024)

/* Tells the sink that the body may begin, once. 0, or the sink's -errno. */
int transfer_begin(struct transfer *transfer);

/* The write() of transfer->decoded. */
int transfer_take_decoded(struct sink *sink, const void *data, size_t size);

/* Sockets and connections (socket.c): CURLOPT_OPENSOCKETFUNCTION and CURLOPT_PREREQFUNCTION of a
 * struct easy, CURLOPT_CLOSESOCKETFUNCTION of a client; and what they counted for a transfer ends
 * with it. */
curl_socket_t socket_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *address);
int socket_connected(void *ctx, char *remote_ip, char *local_ip, int remote_port, int local_port);
int socket_close(void *ctx, curl_socket_t fd);
void socket_transfer_ended(struct transfer *transfer);

/* CURLOPT_HEADERFUNCTION and CURLOPT_WRITEFUNCTION, of a struct easy. */
size_t header_receive(char *line, size_t size, size_t count, void *ctx);
size_t body_receive(char *data, size_t size, size_t count, void *ctx);

struct client {
    const struct transfer_options *options;
    struct resolver *resolver;
    struct override_list overrides;
    struct proxy_rules proxies;
    struct interface interface;
    struct cookie_store cookies;
    struct curl_slist *first_cookies; /* those of the files; owned */
    struct peer_table peers;
    struct easy_pool easies;
    struct loop loop;
};

/* May transfers share a connection, as HTTP/2 allows? Not where they are held back: of a connection
 * that is read for another's sake libcurl reads theirs too, and keeps it in memory. */
static inline bool client_multiplexes(const struct client *client)
{
    return !client->options->limiter;
}

#endif
