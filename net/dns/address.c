#include "net/dns/address.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static size_t at_most(size_t count, size_t limit)
{
    return count < limit ? count : limit;
}

struct address_list *address_list_new(const struct address *v6, size_t v6_count,
                                      const struct address *v4, size_t v4_count, int64_t expires)
{
    v6_count = at_most(v6_count, ADDRESS_LIST_MAX);
    v4_count = at_most(v4_count, ADDRESS_LIST_MAX);
    size_t count = v6_count + v4_count;
    struct address_list *list = malloc(sizeof(*list) + count * sizeof(list->at[0]));
    if (!list)
        return NULL;

    list->references = 1;
    list->expires = expires;
    list->count = 0;
    for (size_t i = 0; list->count < count; i++) {
        if (i < v6_count)
            list->at[list->count++] = v6[i];
        if (i < v4_count)
            list->at[list->count++] = v4[i];
    }
    return list;
}

struct address_list *address_list_hold(struct address_list *list)
{
    list->references++;
    return list;
}

void address_list_drop(struct address_list *list)
{
    if (list && --list->references == 0)
        free(list);
}

int address_list_print(const struct address_list *list, char *buf, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct address *address = &list->at[i];
        bool v6 = address->family == AF_INET6;
        char text[INET6_ADDRSTRLEN];
        inet_ntop(address->family, v6 ? (const void *)&address->v6 : &address->v4, text,
                  sizeof(text));
        int length = snprintf(buf + used, size - used, "%s%s%s%s", i ? "," : "", v6 ? "[" : "",
                              text, v6 ? "]" : "");
        if ((size_t)length >= size - used)
            return -ENOSPC;
        used += (size_t)length;
    }
    if (used >= size)
        return -ENOSPC;
    buf[used] = '\0';
    return (int)used;
}
