/* nudge.c - transfers that libcurl forgets to wait for are run now and then.
 *
 * While the data connection of an FTP transfer over TLS shakes hands, libcurl 7.88 waits for that
 * alone, though the server may wait for a command that goes out when an answer has come on the
 * other connection. Programs that call all transfers once a second do not notice.
 */
#include "net/xfer/core.h"
#include <string.h>

#define NUDGE_MS 10

void loop_nudge_later(struct loop *loop, struct transfer *transfer)
{
    if (!loop->scheduled || strcmp(transfer->request->url->scheme, "ftps") != 0)
        return;
    list_push_back(&loop->nudged, &transfer->nudge_node);
    if (loop->next_nudge == DEADLINE_NEVER)
        loop->next_nudge = deadline_in_ms(NUDGE_MS);
}

/* A transfer that is allowed to go on is looked at, even one that never had to stop. */
static void transfer_nudge(struct transfer *transfer)
{
    CURL *handle = transfer->easy->handle;
    /* An error is met again when the transfer runs. */
    (void)curl_easy_pause(handle, CURLPAUSE_SEND);
    (void)curl_easy_pause(handle, CURLPAUSE_CONT);
}

int64_t loop_nudge(struct loop *loop, int64_t now)
{
    if (now < loop->next_nudge)
        return loop->next_nudge;
    struct list_node *next;
    for (struct list_node *node = list_first(&loop->nudged); node; node = next) {
        struct transfer *transfer = list_entry(node, struct transfer, nudge_node);
        next = list_next(&loop->nudged, node);
        if (!transfer->paused)
            transfer_nudge(transfer);
        /* With the first byte of the body the handshakes are over. */
        if (transfer->begun)
            list_remove(&transfer->nudge_node);
    }
    bool more = list_first(&loop->nudged) != NULL;
    loop->next_nudge = more ? now + NUDGE_MS * NSEC_PER_MSEC : DEADLINE_NEVER;
    return loop->next_nudge;
}
