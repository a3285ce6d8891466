#include "tests/origin/connection.h"

#include "engine/engine.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* A client that takes nothing for so long is given up. */
enum { SEND_PATIENCE_MS = 600000 };

int output_open(struct output *output, struct connection *connection)
{
    *output = (struct output){.connection = connection, .data = malloc(OUTPUT_SIZE)};
    return output->data ? 0 : -ENOMEM;
}

int output_flush(struct output *output)
{
    if (!output->error && output->used) {
        ssize_t sent = io_write(output->connection->fd, output->data, output->used,
                                deadline_in_ms(SEND_PATIENCE_MS));
        output->error = sent < 0 ? (int)sent : 0;
    }
    output->used = 0;
    return output->error;
}

char *output_room(struct output *output, size_t size)
{
    if (OUTPUT_SIZE - output->used < size)
        output_flush(output);
    return output->error ? NULL : output->data + output->used;
}

void output_add(struct output *output, struct span bytes)
{
    while (bytes.size) {
        size_t piece = bytes.size < OUTPUT_SIZE ? bytes.size : OUTPUT_SIZE;
        char *to = output_room(output, piece);
        if (!to)
            return;
        memcpy(to, bytes.data, piece);
        output->used += piece;
        bytes = span_skip(bytes, piece);
    }
}

void output_print(struct output *output, const char *format, ...)
{
    char line[512];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    /* Only for short lines; what comes from outside goes through output_add(). */
    if (size < 0 || size >= (int)sizeof(line))
        output->error = -EMSGSIZE;
    else
        output_add(output, (struct span){line, (size_t)size});
}

void output_close(struct output *output)
{
    free(output->data);
}
