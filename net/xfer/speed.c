#include "net/xfer/speed.h"

#include "net/xfer/core.h"
#include "net/xfer/limiter.h"

/* Body bytes still to come, 0: nobody knows. */
static size_t expected_bytes(const struct transfer *transfer)
{
    int64_t left = transfer->result->content_length - transfer->delivered;
    return left > 0 && !transfer->framed ? (size_t)left : 0;
}

bool speed_allows(struct transfer *transfer, size_t length)
{
    struct limiter *limiter = transfer->client->options->limiter;
    if (!limiter)
        return true;
    int64_t now = deadline_now();
    if (transfer->booked < length) {
        size_t booked, missing = length - transfer->booked;
        transfer->due = limiter_book(limiter, missing, expected_bytes(transfer), now, &booked);
        transfer->booked += booked;
    }
    if (transfer->due <= now)
        return true;
    /* What is booked later is due later, so the list is in order. */
    list_remove(&transfer->quiet_node);
    list_push_back(&transfer->client->loop.delayed, &transfer->quiet_node);
    return false;
}

void speed_delivered(struct transfer *transfer, size_t length)
{
    transfer->booked -= transfer->booked < length ? transfer->booked : length;
    transfer->delivered += (int64_t)length;
}

void speed_transfer_ended(struct transfer *transfer)
{
    if (transfer->booked)
        limiter_return(transfer->client->options->limiter, transfer->booked);
    transfer->booked = 0;
    list_remove(&transfer->watched_node);
}

static int64_t wire_bytes(const struct transfer *transfer)
{
    curl_off_t bytes = 0;
    (void)curl_easy_getinfo(transfer->easy->handle, CURLINFO_SIZE_DOWNLOAD_T, &bytes);
    return bytes;
}

void speed_watch(struct transfer *transfer)
{
    if (!transfer->client->options->speed_limit)
        return;
    list_remove(&transfer->watched_node);
    list_push_back(&transfer->client->loop.watched, &transfer->watched_node);
    transfer->watched_since = deadline_now();
    transfer->watched_bytes = wire_bytes(transfer);
}

void speed_unwatch(struct transfer *transfer)
{
    list_remove(&transfer->watched_node);
}

static struct transfer *first_watched(const struct loop *loop)
{
    struct list_node *node = list_first(&loop->watched);
    return node ? list_entry(node, struct transfer, watched_node) : NULL;
}

static struct transfer *first_delayed(const struct loop *loop)
{
    struct list_node *node = list_first(&loop->delayed);
    return node ? list_entry(node, struct transfer, quiet_node) : NULL;
}

static int64_t judged_at(const struct transfer *transfer)
{
    int64_t time = transfer->client->options->speed_time_ns;
    int64_t since = transfer->watched_since;
    return time < DEADLINE_NEVER - since ? since + time : DEADLINE_NEVER;
}

static bool is_slow(const struct transfer *transfer)
{
    const struct transfer_options *options = transfer->client->options;
    double least = (double)options->speed_limit * (double)options->speed_time_ns / NSEC_PER_SEC;
    return (double)(wire_bytes(transfer) - transfer->watched_bytes) < least;
}

void speed_tick(struct loop *loop, int64_t now)
{
    struct transfer *transfer;
    while (!loop->broken && (transfer = first_delayed(loop)) && transfer->due <= now)
        loop_resume(loop, transfer);
    while (!loop->broken && (transfer = first_watched(loop)) && judged_at(transfer) <= now) {
        if (is_slow(transfer)) {
            transfer->stop = STOP_SLOW;
            loop_end(loop, transfer, CURLE_OK);
        } else {
            speed_watch(transfer);
        }
    }
}

int64_t speed_next(const struct loop *loop)
{
    const struct transfer *delayed = first_delayed(loop);
    const struct transfer *watched = first_watched(loop);
    return deadline_min(delayed ? delayed->due : DEADLINE_NEVER,
                        watched ? judged_at(watched) : DEADLINE_NEVER);
}
