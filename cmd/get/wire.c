#include "cmd/get/wire.h"

#include "engine/io/io.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* No entry or outcome comes near this: what claims more is broken. */
#define WIRE_LENGTH_MAX (1U << 22)

struct wire_header {
    uint32_t type;
    uint32_t length;
};

void wire_begin(struct wire *wire, enum wire_type type)
{
    wire->type = type;
    wire->length = 0;
    wire->place = 0;
    wire->bad = false;
}

static bool wire_reserve(struct wire *wire, size_t size)
{
    if (wire->length + size <= wire->capacity)
        return true;
    size_t capacity = 2 * (wire->length + size);
    char *body = realloc(wire->body, capacity);
    if (!body) {
        wire->bad = true;
        return false;
    }
    wire->body = body;
    wire->capacity = capacity;
    return true;
}

static void wire_put(struct wire *wire, const void *data, size_t size)
{
    if (!size || !wire_reserve(wire, size))
        return;
    memcpy(wire->body + wire->length, data, size);
    wire->length += size;
}

void wire_put_number(struct wire *wire, int64_t number)
{
    wire_put(wire, &number, sizeof number);
}

void wire_put_string(struct wire *wire, const char *string)
{
    size_t length = string ? strlen(string) : 0;
    wire_put_number(wire, string ? (int64_t)length : -1);
    wire_put(wire, string, length);
}

static bool wire_get(struct wire *wire, void *data, size_t size)
{
    if (wire->bad || size > wire->length - wire->place) {
        wire->bad = true;
        return false;
    }
    memcpy(data, wire->body + wire->place, size);
    wire->place += size;
    return true;
}

int64_t wire_get_number(struct wire *wire)
{
    int64_t number = 0;
    wire_get(wire, &number, sizeof number);
    return number;
}

char *wire_get_string(struct wire *wire)
{
    int64_t length = wire_get_number(wire);
    if (wire->bad || length < 0)
        return NULL;
    if ((uint64_t)length > wire->length - wire->place) {
        wire->bad = true;
        return NULL;
    }
    char *string = strndup(wire->body + wire->place, (size_t)length);
    if (!string)
        wire->bad = true;
    wire->place += (size_t)length;
    return string;
}

static void wire_put_known(struct wire *wire, const struct known *known)
{
    wire_put_number(wire, known != NULL);
    if (!known)
        return;
    wire_put_number(wire, known->outcome);
    wire_put_number(wire, known->size);
    wire_put_number(wire, known->mtime_ns);
    wire_put_string(wire, known->etag);
    wire_put_string(wire, known->last_modified);
    wire_put_number(wire, known->settled);
    wire_put_number(wire, known->verified);
}

/* NULL when there is none, or the message is bad. */
static struct known *wire_get_known(struct wire *wire)
{
    if (wire_get_number(wire) == 0)
        return NULL;
    struct known read = {.outcome = (enum outcome_kind)wire_get_number(wire)};
    read.size = wire_get_number(wire);
    read.mtime_ns = wire_get_number(wire);
    char *etag = wire_get_string(wire);
    char *last_modified = wire_get_string(wire);
    read.etag = etag;
    read.last_modified = last_modified;
    read.settled = wire_get_number(wire) != 0;
    read.verified = wire_get_number(wire) != 0;
    struct known *known = wire->bad ? NULL : known_new(&read);
    free(etag);
    free(last_modified);
    wire->bad = !known;
    return known;
}

static void wire_put_past(struct wire *wire, const struct past *past)
{
    wire_put_number(wire, past->tries);
    wire_put_number(wire, past->attempts);
    wire_put_number(wire, past->started);
    wire_put_number(wire, past->first_start);
}

static void wire_get_past(struct wire *wire, struct past *past)
{
    past->tries = (unsigned)wire_get_number(wire);
    past->attempts = (unsigned)wire_get_number(wire);
    past->started = wire_get_number(wire);
    past->first_start = wire_get_number(wire);
}

void wire_put_entry(struct wire *wire, const struct entry *entry)
{
    wire_put_string(wire, entry->url.text);
    wire_put_string(wire, entry->name);
    wire_put_string(wire, entry->group);
    wire_put_number(wire, (int64_t)entry->number);
    wire_put_number(wire, entry->leased);
    wire_put_number(wire, entry->named);
    wire_put_number(wire, entry->twin);
    wire_put_past(wire, &entry->past);
    wire_put_details(wire, entry->details);
    wire_put_known(wire, entry->known);
}

int wire_get_entry(struct wire *wire, struct entry *entry)
{
    const char *why;
    char *text = wire_get_string(wire);
    entry->name = wire_get_string(wire);
    entry->group = wire_get_string(wire);
    entry->number = (uint64_t)wire_get_number(wire);
    entry->leased = wire_get_number(wire) != 0;
    entry->named = wire_get_number(wire) != 0;
    entry->twin = (unsigned)wire_get_number(wire);
    wire_get_past(wire, &entry->past);
    int error = wire_get_details(wire, &entry->details);
    entry->known = wire_get_known(wire);
    if (!error)
        error = wire->bad || !text ? -EPROTO : url_parse(&entry->url, text, strlen(text), &why);
    free(text);
    return error;
}

void wire_put_outcome(struct wire *wire, const struct outcome *outcome)
{
    wire_put_number(wire, outcome->kind);
    wire_put_number(wire, outcome->failure);
    wire_put_number(wire, outcome->resent);
    wire_put_number(wire, outcome->postponed);
    wire_put_past(wire, &outcome->past);
    wire_put_number(wire, outcome->machine_error);
    wire_put_number(wire, outcome->status);
    wire_put_number(wire, outcome->bytes);
    wire_put_number(wire, outcome->attempts);
    wire_put_number(wire, outcome->http_version);
    wire_put(wire, &outcome->times, sizeof outcome->times);
    wire_put_number(wire, outcome->last_start);
    wire_put(wire, outcome->remote_ip, sizeof outcome->remote_ip);
    wire_put_string(wire, outcome->final_url);
    wire_put_string(wire, outcome->error);
    wire_put_string(wire, outcome->path);
    wire_put_string(wire, outcome->name);
    wire_put_number(wire, outcome->file_size);
    wire_put_number(wire, outcome->mtime_ns);
    wire_put_string(wire, outcome->etag);
    wire_put_string(wire, outcome->last_modified);
    wire_put_string(wire, outcome->checksum);
    wire_put_string(wire, outcome->remarks);
}

int wire_get_outcome(struct wire *wire, struct outcome *outcome)
{
    outcome->kind = (enum outcome_kind)wire_get_number(wire);
    outcome->failure = (enum failure_kind)wire_get_number(wire);
    outcome->resent = wire_get_number(wire) != 0;
    outcome->postponed = wire_get_number(wire) != 0;
    wire_get_past(wire, &outcome->past);
    outcome->machine_error = (int)wire_get_number(wire);
    outcome->status = (int)wire_get_number(wire);
    outcome->bytes = wire_get_number(wire);
    outcome->attempts = (unsigned)wire_get_number(wire);
    outcome->http_version = (int)wire_get_number(wire);
    wire_get(wire, &outcome->times, sizeof outcome->times);
    outcome->last_start = wire_get_number(wire);
    wire_get(wire, outcome->remote_ip, sizeof outcome->remote_ip);
    outcome->final_url = wire_get_string(wire);
    outcome->error = wire_get_string(wire);
    outcome->path = wire_get_string(wire);
    outcome->name = wire_get_string(wire);
    outcome->file_size = wire_get_number(wire);
    outcome->mtime_ns = wire_get_number(wire);
    outcome->etag = wire_get_string(wire);
    outcome->last_modified = wire_get_string(wire);
    outcome->checksum = wire_get_string(wire);
    outcome->remarks = wire_get_string(wire);
    return wire->bad || (unsigned)outcome->failure >= FAILURE_KINDS ? -EPROTO : 0;
}

int wire_send(int fd, const struct wire *wire)
{
    struct wire_header header = {.type = wire->type, .length = (uint32_t)wire->length};
    if (wire->bad || wire->length > WIRE_LENGTH_MAX)
        return -ENOMEM;
    ssize_t sent = io_write(fd, &header, sizeof header, DEADLINE_NEVER);
    if (sent >= 0 && wire->length)
        sent = io_write(fd, wire->body, wire->length, DEADLINE_NEVER);
    return sent < 0 ? (int)sent : 0;
}

/* Reads exactly `size` bytes: 0, -EPIPE at the end of the stream, -errno. */
static int receive_all(int fd, void *buf, size_t size)
{
    ssize_t got = io_read_full(fd, buf, size, DEADLINE_NEVER);
    if (got < 0)
        return (int)got;
    return (size_t)got < size ? -EPIPE : 0;
}

int wire_receive(int fd, struct wire *wire)
{
    struct wire_header header;
    int error = receive_all(fd, &header, sizeof header);
    if (error)
        return error;
    if (header.length > WIRE_LENGTH_MAX)
        return -EPROTO;
    wire_begin(wire, (enum wire_type)header.type);
    if (!wire_reserve(wire, header.length))
        return -ENOMEM;
    wire->length = header.length;
    return receive_all(fd, wire->body, header.length);
}

void wire_clear(struct wire *wire)
{
    free(wire->body);
    *wire = (struct wire){0};
}
