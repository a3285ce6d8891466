#include "cmd/get/buffers.h"

#include "cmd/get/store_limits.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

void buffers_init(struct buffers *buffers, const size_t sizes[BUFFER_SIZES])
{
    *buffers = (struct buffers){0};
    for (size_t i = 0; i < BUFFER_SIZES; i++)
        buffers->shelf[i].size = sizes[i];
}

void buffers_clear(struct buffers *buffers)
{
    for (size_t i = 0; i < BUFFER_SIZES; i++) {
        void *next;
        for (void *data = buffers->shelf[i].first; data; data = next) {
            memcpy(&next, data, sizeof next);
            free(data);
        }
        buffers->shelf[i].first = NULL;
        buffers->shelf[i].kept = 0;
    }
}

int buffers_take(struct buffers *buffers, size_t size, struct buffer *buffer)
{
    size_t i = 0;
    while (i < BUFFER_SIZES && buffers->shelf[i].size < size)
        i++;
    if (i < BUFFER_SIZES)
        size = buffers->shelf[i].size;
    if (i < BUFFER_SIZES && buffers->shelf[i].first) {
        buffer->data = buffers->shelf[i].first;
        memcpy(&buffers->shelf[i].first, buffer->data, sizeof buffers->shelf[i].first);
        buffers->shelf[i].kept--;
    } else {
        buffer->data = malloc(size);
    }
    buffer->size = buffer->data ? size : 0;
    return buffer->data ? 0 : -ENOMEM;
}

void buffers_give(struct buffers *buffers, struct buffer *buffer)
{
    for (size_t i = 0; i < BUFFER_SIZES && buffer->data; i++) {
        if (buffers->shelf[i].size != buffer->size || buffers->shelf[i].kept == LIMIT_BUFFERS_KEPT)
            continue;
        memcpy(buffer->data, &buffers->shelf[i].first, sizeof buffers->shelf[i].first);
        buffers->shelf[i].first = buffer->data;
        buffers->shelf[i].kept++;
        buffer->data = NULL;
    }
    free(buffer->data);
    *buffer = (struct buffer){0};
}
