#include "net/dns/name.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#define LABEL_LENGTH_MAX 63

static bool byte_is_fine(unsigned char byte)
{
    return byte > ' ' && byte < 0x7f && byte != '\\';
}

bool name_normalise(const char *host, char name[NAME_LENGTH_MAX + 1])
{
    size_t length = 0;
    size_t label = 0;
    for (; host[length]; length++) {
        unsigned char byte = (unsigned char)host[length];
        if (length == NAME_LENGTH_MAX || !byte_is_fine(byte) || (byte == '.' && label == 0))
            return false;
        label = byte == '.' ? 0 : label + 1;
        if (label > LABEL_LENGTH_MAX)
            return false;
        name[length] = (char)tolower(byte);
    }
    name[length] = '\0';
    return length > 0 && (length < NAME_LENGTH_MAX || label == 0);
}

bool name_is_address(const char *host, struct address *address)
{
    char text[INET6_ADDRSTRLEN];
    size_t length = strcspn(host, "%");
    if (length >= sizeof(text))
        return false;
    memcpy(text, host, length);
    text[length] = '\0';
    address->family = AF_INET;
    if (host[length] == '\0' && inet_pton(AF_INET, text, &address->v4) == 1)
        return true;
    address->family = AF_INET6;
    return inet_pton(AF_INET6, text, &address->v6) == 1;
}

bool name_is_localhost(const char *name)
{
    static const char localhost[] = "localhost";
    size_t tail = sizeof(localhost) - 1;
    size_t length = strlen(name);
    if (length && name[length - 1] == '.')
        length--;
    return length >= tail && memcmp(name + length - tail, localhost, tail) == 0 &&
           (length == tail || name[length - tail - 1] == '.');
}
