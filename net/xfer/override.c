#include "net/xfer/override.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* As many addresses as libcurl's own line for it has room for. */
#define ADDRESSES_LENGTH_MAX 2048

struct override {
    char *key;       /* "name:port" or "*:port", owned */
    char *addresses; /* owned; NULL: taken back */
};

/* The length of "name:port" at the start of `entry`; 0: there is none. */
static size_t key_length(const char *entry)
{
    const char *colon = strchr(entry, ':');
    if (!colon || colon == entry)
        return 0;
    char *end;
    unsigned long port = strtoul(colon + 1, &end, 10);
    if (end == colon + 1 || !strchr("0123456789", colon[1]) || port == 0 || port > 65535)
        return 0;
    return (size_t)(end - entry);
}

/* Is it an address, and of which family? 0: it is none. */
static int address_family(const char *address, size_t length)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr parsed;

    if (length >= 2 && address[0] == '[' && address[length - 1] == ']') {
        address++;
        length -= 2;
    }
    if (length == 0 || length >= sizeof text)
        return 0;
    memcpy(text, address, length);
    text[length] = '\0';
    if (inet_pton(AF_INET, text, &parsed) == 1)
        return AF_INET;
    return inet_pton(AF_INET6, text, &parsed) == 1 ? AF_INET6 : 0;
}

static bool family_wanted(enum ip_version version, int family)
{
    return version == IP_ANY || (version == IP_V4) == (family == AF_INET);
}

/* Copies the addresses of the wanted family. NULL with errno EINVAL or ENOMEM. */
static char *addresses_copy(const char *text, enum ip_version version)
{
    errno = EINVAL;
    if (strlen(text) > ADDRESSES_LENGTH_MAX)
        return NULL;
    char *copy = malloc(strlen(text) + 1);
    if (!copy)
        return NULL;

    size_t used = 0;
    while (*text) {
        size_t length = strcspn(text, ",");
        int family = address_family(text, length);
        if (!family) {
            free(copy);
            errno = EINVAL;
            return NULL;
        }
        if (family_wanted(version, family)) {
            if (used)
                copy[used++] = ',';
            memcpy(copy + used, text, length);
            used += length;
        }
        text += length;
        if (*text == ',')
            text++;
    }
    copy[used] = '\0';
    return copy;
}

static int override_parse(struct override *override, const char *entry, enum ip_version version,
                          const char **why)
{
    bool removal = *entry == '-';
    if (*entry == '-' || *entry == '+')
        entry++;
    size_t length = key_length(entry);
    if (length == 0 || entry[length] != (removal ? '\0' : ':')) {
        *why = removal ? "--resolve: -HOST:PORT expected" : "--resolve: HOST:PORT:ADDRESS expected";
        return -EINVAL;
    }
    override->key = strndup(entry, length);
    if (!override->key)
        return -ENOMEM;
    if (removal)
        return 0;
    const char *addresses = entry + length + 1;
    override->addresses = addresses_copy(addresses, version);
    if (override->addresses && *addresses)
        return 0;
    if (!override->addresses && errno == ENOMEM)
        return -ENOMEM;
    *why = "--resolve: not an IP address";
    return -EINVAL;
}

int override_list_init(struct override_list *list, const char *const *entries,
                       enum ip_version family, const char **why)
{
    *list = (struct override_list){0};
    size_t count = 0;
    while (entries && entries[count])
        count++;
    if (count == 0)
        return 0;

    list->at = calloc(count, sizeof *list->at);
    if (!list->at)
        return -ENOMEM;
    for (; list->count < count; list->count++) {
        int error = override_parse(&list->at[list->count], entries[list->count], family, why);
        if (error) {
            list->count++; /* half made: what it has is freed too */
            override_list_free(list);
            return error;
        }
    }
    return 0;
}

void override_list_free(struct override_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->at[i].key);
        free(list->at[i].addresses);
    }
    free(list->at);
    *list = (struct override_list){0};
}

static const struct override *find_key(const struct override_list *list, const char *key)
{
    for (size_t i = list->count; i > 0; i--) {
        if (strcasecmp(list->at[i - 1].key, key) == 0)
            return &list->at[i - 1];
    }
    return NULL;
}

const char *override_find(const struct override_list *list, const char *key)
{
    if (list->count == 0)
        return NULL;
    const struct override *found = find_key(list, key);
    const char *port = strrchr(key, ':');
    if ((!found || !found->addresses) && port) {
        char any[sizeof "*:65535"];
        snprintf(any, sizeof any, "*%s", port);
        found = find_key(list, any);
    }
    return found ? found->addresses : NULL;
}
