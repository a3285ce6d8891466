/* wire.h - messages between the parent and a child of mode processes, over a socket pair.
 *
 * A message is a type, a length and a body of numbers and strings, in the machine's own byte order:
 * both ends are the same program. Built and read field by field; a message that ends too early
 * reads as zeros and sets `bad`.
 *
 * Ownership: a zeroed struct is an empty message; wire_clear() frees its body. Thread: one at a
 * time. Parks (or blocks): wire_send, wire_receive.
 */
#ifndef CMD_GET_WIRE_H
#define CMD_GET_WIRE_H

#include "cmd/get/entry.h"
#include "cmd/get/outcome.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum wire_type {
    WIRE_ENTRY,   /* parent -> child: fetch this */
    WIRE_OUTCOME, /* child -> parent: that became of it */
    WIRE_ENTER, /* child -> parent: may I have a connection to this host? Answered by WIRE_ANSWER */
    WIRE_LEAVE, /* child -> parent: here it is back. No answer */
    WIRE_PAUSE, /* child -> parent: this host wants a pause. Answered by WIRE_ANSWER */
    WIRE_ANSWER, /* parent -> child: a number */
    WIRE_NAME,   /* child -> parent: the server suggests this name. Answered likewise: an error, and
                    the name that the file gets */
};

struct wire {
    enum wire_type type;
    char *body; /* owned */
    size_t length;
    size_t capacity;
    size_t place; /* read so far */
    bool bad;     /* out of memory while writing, out of bytes while reading */
};

void wire_begin(struct wire *wire, enum wire_type type);
void wire_put_number(struct wire *wire, int64_t number);
void wire_put_string(struct wire *wire, const char *string);             /* NULL stays NULL */
void wire_put_details(struct wire *wire, const struct details *details); /* NULL stays NULL */
void wire_put_entry(struct wire *wire, const struct entry *entry);
void wire_put_outcome(struct wire *wire, const struct outcome *outcome);

int64_t wire_get_number(struct wire *wire);
char *wire_get_string(struct wire *wire); /* a new string or NULL */
/* New details or NULL, also on an error the caller's: 0, -EPROTO, -ENOMEM. */
int wire_get_details(struct wire *wire, struct details **details);
int wire_get_entry(struct wire *wire, struct entry *entry);
int wire_get_outcome(struct wire *wire, struct outcome *outcome);

/* 0 or -errno; -EPIPE when the other end is gone. */
int wire_send(int fd, const struct wire *wire);
int wire_receive(int fd, struct wire *wire);
void wire_clear(struct wire *wire);

#endif
