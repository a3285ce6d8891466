#include "tests/origin/answer.h"

#include "engine/deadline.h"
#include <stdio.h>

enum {
    PIECE = 16384,              /* body bytes gathered at a time; a chunk's size */
    PADDING_LINE = 1000,        /* of a huge header block */
    ENDLESS_HEADERS = 10 << 20, /* "endless" ends here, for the sake of who tests */
    CHUNK_HEAD = 10,            /* "00004000\r\n" */
    BLIND_HALF = 1024,          /* "half" of a body whose size is not known */
    STALL_SECONDS = 600,
};

/* The body on its way out. */
struct flow {
    const struct answer *answer;
    struct output *output;
    struct body body;
    int64_t sent;  /* of the body, framing not counted */
    int64_t limit; /* where the misbehaviour begins */
};

static int64_t find_limit(const struct answer *answer)
{
    const struct behaviour *behaviour = answer->behaviour;
    int64_t half = answer->wire_size < 0 ? BLIND_HALF : answer->wire_size / 2;
    if (behaviour->stall >= 0)
        return behaviour->stall;
    if (behaviour->truncate >= 0)
        return behaviour->truncate;
    if (behaviour->reset == RESET_BODY || behaviour->chunks == CHUNKS_BROKEN ||
        behaviour->chunks == CHUNKS_CUT)
        return half;
    return INT64_MAX;
}

static size_t read_text(struct flow *flow, char *buf, size_t size)
{
    int64_t offset = flow->answer->first + flow->sent;
    int64_t left = flow->answer->end - offset;
    if (left < (int64_t)size)
        size = (size_t)left;
    memcpy(buf, flow->answer->text.data + offset, size);
    return size;
}

/* Puts the next piece, as a chunk if need be, into the output. Returns the body bytes in it, 0 at
 * the end or after an error. */
static size_t send_piece(struct flow *flow, size_t size)
{
    size_t head = flow->answer->framing == FRAMING_CHUNKED ? CHUNK_HEAD : 0;
    char *to = output_room(flow->output, head + size);
    char line[CHUNK_HEAD + 1];
    if (!to)
        return 0;
    size = flow->answer->text.data ? read_text(flow, to + head, size)
                                   : body_read(&flow->body, to + head, size);
    if (!size)
        return 0;
    if (head) {
        snprintf(line, sizeof(line), "%08x\r\n", (unsigned)size);
        memcpy(to, line, head);
    }
    flow->output->used += head + size;
    if (head)
        output_add(flow->output, span_of("\r\n"));
    return size;
}

static int send_until_limit(struct flow *flow)
{
    int64_t drip = flow->answer->behaviour->drip_bytes;
    int error = 0;
    while (flow->sent < flow->limit && !error) {
        int64_t size = drip && drip < PIECE ? drip : PIECE;
        if (size > flow->limit - flow->sent)
            size = flow->limit - flow->sent;
        size = (int64_t)send_piece(flow, (size_t)size);
        if (!size)
            break;
        flow->sent += size;
        if (drip)
            error = output_flush(flow->output);
        if (drip && !error)
            error = connection_pause(flow->output->connection, flow->answer->behaviour->drip_ns);
    }
    return error ? error : flow->output->error;
}

/* What comes after the body, or after the part of it that the behaviour lets through. */
static void send_ending(const struct flow *flow)
{
    if (flow->answer->framing != FRAMING_CHUNKED)
        return;
    switch (flow->answer->behaviour->chunks) {
    case CHUNKS_BROKEN:
        output_add(flow->output, span_of("zz\r\nthis is no chunk\r\n"));
        break;
    case CHUNKS_CUT:
        output_add(flow->output, span_of("00001000\r\n"));
        break;
    case CHUNKS_UNENDED:
        break;
    default:
        if (flow->limit == INT64_MAX)
            output_add(flow->output, span_of("0\r\n\r\n"));
    }
}

static bool may_keep(const struct answer *answer)
{
    const struct behaviour *behaviour = answer->behaviour;
    bool is_honest = answer->framing != FRAMING_LENGTH || !answer->has_body ||
                     answer->content_length == answer->wire_size;
    return answer->request->keep_alive && !answer->request->has_body && is_honest &&
           answer->framing != FRAMING_CLOSE && !behaviour->chunks && !behaviour->http10 &&
           behaviour->truncate < 0 && behaviour->conn != CONN_CLOSE && behaviour->conn != CONN_DROP;
}

static enum respond_after send_body(const struct answer *answer, struct output *output)
{
    struct flow flow = {.answer = answer, .output = output, .limit = find_limit(answer)};
    uint64_t hash = body_hash(answer->request->path, answer->behaviour->seed);
    if (body_open(&flow.body, hash, answer->first, answer->end, answer->coding))
        return RESPOND_RESET;
    int error = send_until_limit(&flow);
    body_close(&flow.body);
    if (!error)
        send_ending(&flow);
    if (error || output_flush(output))
        return RESPOND_CLOSE;
    if (answer->behaviour->stall >= 0) {
        /* Ends when the client gives up, which is what we wait for: no need to ask how. */
        (void)connection_pause(output->connection, STALL_SECONDS * NSEC_PER_SEC);
        return RESPOND_CLOSE;
    }
    return answer->behaviour->reset == RESET_BODY ? RESPOND_RESET_LATER : RESPOND_KEEP;
}

static void send_padding(int64_t size, struct output *output)
{
    char padding[PADDING_LINE];
    int64_t end = size == HEADERS_ENDLESS ? ENDLESS_HEADERS : size;
    memset(padding, 'a', sizeof(padding));
    for (int64_t sent = 0; sent < end && !output->error; sent += PADDING_LINE) {
        output_add(output, span_of("X-Padding: "));
        output_add(output, (struct span){padding, sizeof(padding)});
        output_add(output, span_of("\r\n"));
    }
}

static enum respond_after flushed(struct output *output, enum respond_after after)
{
    return output_flush(output) ? RESPOND_CLOSE : after;
}

enum respond_after answer_send(const struct answer *answer, struct output *output)
{
    const struct behaviour *behaviour = answer->behaviour;
    if (behaviour->interim)
        output_print(output, "HTTP/1.1 %d %s\r\nLink: </style.css>\r\n\r\n",
                     (int)behaviour->interim, answer_reason((int)behaviour->interim));
    answer_write_head(answer, output);
    if (behaviour->huge_headers)
        send_padding(behaviour->huge_headers, output);
    if (behaviour->close == CLOSE_HEADERS || behaviour->huge_headers == HEADERS_ENDLESS)
        return flushed(output, RESPOND_CLOSE);
    if (behaviour->reset == RESET_HEADERS)
        return flushed(output, RESPOND_RESET_LATER);
    output_add(output, span_of("\r\n"));
    if (behaviour->reset == RESET_AFTER_HEADERS)
        return flushed(output, RESPOND_RESET_LATER);
    if (answer->has_body) {
        enum respond_after after = send_body(answer, output);
        if (after != RESPOND_KEEP)
            return after;
    }
    return flushed(output, may_keep(answer) ? RESPOND_KEEP : RESPOND_CLOSE);
}
