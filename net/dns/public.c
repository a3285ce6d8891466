#include "net/dns/public.h"
#include <arpa/inet.h>
#include <string.h>

struct network {
    unsigned char bytes[16];
    unsigned bits;
};

static const struct network special_v4[] = {
    {{0}, 8},             /* this network */
    {{10}, 8},            /* private */
    {{100, 64}, 10},      /* shared by providers */
    {{127}, 8},           /* loopback */
    {{169, 254}, 16},     /* link-local, and the metadata of clouds */
    {{172, 16}, 12},      /* private */
    {{192, 0, 0}, 24},    /* protocol assignments */
    {{192, 0, 2}, 24},    /* documentation */
    {{192, 88, 99}, 24},  /* relays of 6to4, deprecated */
    {{192, 168}, 16},     /* private */
    {{198, 18}, 15},      /* benchmarks */
    {{198, 51, 100}, 24}, /* documentation */
    {{203, 0, 113}, 24},  /* documentation */
    {{224}, 3},           /* multicast, reserved, broadcast */
};

/* Of 2000::/3, all that is assigned. */
static const struct network special_v6[] = {
    {{0x20, 0x01}, 23},             /* protocol assignments, Teredo */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x20, 0x02}, 16},             /* 6to4 */
    {{0x3f, 0xff}, 20},             /* documentation */
};

static const struct network assigned_v6 = {{0x20}, 3};
static const struct network mapped = {{[10] = 0xff, [11] = 0xff}, 96};
static const struct network nat64 = {{0x00, 0x64, 0xff, 0x9b}, 96};

static bool contains(const struct network *network, const unsigned char *address)
{
    unsigned whole = network->bits / 8;
    unsigned rest = network->bits % 8;
    if (memcmp(network->bytes, address, whole) != 0)
        return false;
    return rest == 0 || (network->bytes[whole] ^ address[whole]) >> (8 - rest) == 0;
}

static bool in_any(const struct network *networks, size_t count, const unsigned char *address)
{
    for (size_t i = 0; i < count; i++)
        if (contains(&networks[i], address))
            return true;
    return false;
}

static bool v4_is_public(const unsigned char *address)
{
    return !in_any(special_v4, sizeof special_v4 / sizeof special_v4[0], address);
}

static bool v6_is_public(const unsigned char *address)
{
    if (contains(&mapped, address) || contains(&nat64, address))
        return v4_is_public(address + 12);
    return contains(&assigned_v6, address) &&
           !in_any(special_v6, sizeof special_v6 / sizeof special_v6[0], address);
}

bool address_is_public(const struct address *address)
{
    if (address->family == AF_INET)
        return v4_is_public((const unsigned char *)&address->v4);
    return address->family == AF_INET6 && v6_is_public((const unsigned char *)&address->v6);
}

bool address_text_is_public(const char *text, size_t length)
{
    char copy[INET6_ADDRSTRLEN];
    struct address address = {.family = AF_INET};
    if (length >= 2 && text[0] == '[' && text[length - 1] == ']') {
        text++;
        length -= 2;
    }
    if (length >= sizeof copy)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (inet_pton(AF_INET, copy, &address.v4) == 1)
        return address_is_public(&address);
    address.family = AF_INET6;
    return inet_pton(AF_INET6, copy, &address.v6) == 1 && address_is_public(&address);
}

struct address_list *address_list_public(const struct address_list *list)
{
    struct address v6[ADDRESS_LIST_MAX], v4[ADDRESS_LIST_MAX];
    size_t v6_count = 0, v4_count = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct address *address = &list->at[i];
        if (!address_is_public(address))
            continue;
        if (address->family == AF_INET6 && v6_count < ADDRESS_LIST_MAX)
            v6[v6_count++] = *address;
        else if (address->family == AF_INET && v4_count < ADDRESS_LIST_MAX)
            v4[v4_count++] = *address;
    }
    return address_list_new(v6, v6_count, v4, v4_count, list->expires);
}
