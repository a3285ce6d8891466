#include "net/url/host.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define LABEL_LENGTH_MAX 63
#define NAME_LENGTH_MAX  253

bool host_length_is_valid(const char *host)
{
    size_t length = 0;
    for (const char *label = host; *label; label += *label == '.') {
        size_t size = strcspn(label, ".");
        if (size > LABEL_LENGTH_MAX)
            return false;
        label += size;
        length = (size_t)(label - host);
    }
    return length <= NAME_LENGTH_MAX;
}

bool host_is_ipv4(const char *host)
{
    struct in_addr v4;
    return inet_pton(AF_INET, host, &v4) == 1;
}

/* As browsers have it, a name whose last label is a number is an IPv4 address or nothing:
 * otherwise "%30x7f.1" would pass here as a name and reach inet_aton() in some resolver. */
static bool ends_in_number(const char *host)
{
    size_t length = strlen(host);
    if (length && host[length - 1] == '.')
        length--;
    size_t start = length;
    while (start > 0 && host[start - 1] != '.')
        start--;
    if (length - start >= 2 && host[start] == '0' && host[start + 1] == 'x')
        return strspn(host + start + 2, "0123456789abcdef") >= length - start - 2;
    return length > start && strspn(host + start, "0123456789") >= length - start;
}

static void lower(char *text)
{
    for (; *text; text++)
        *text = (char)tolower((unsigned char)*text);
}

static bool normalise_ipv6(char *host)
{
    struct in6_addr address;
    char text[INET6_ADDRSTRLEN];
    size_t length = strlen(host);
    if (length < 2 || host[length - 1] != ']')
        return false;
    host[length - 1] = '\0';
    if (inet_pton(AF_INET6, host + 1, &address) != 1)
        return false;
    host[length - 1] = ']';
    lower(host);
    /* "::1:2" would become the longer "::0.1.0.2", which nobody wants to see either. */
    if (strlen(inet_ntop(AF_INET6, &address, text, sizeof(text))) <= length - 2)
        sprintf(host, "[%s]", text);
    return true;
}

bool host_normalise(char *host)
{
    if (*host == '[')
        return normalise_ipv6(host);
    for (const char *p = host; *p; p++) {
        unsigned char byte = (unsigned char)*p;
        if (byte <= ' ' || byte >= 0x7f || byte == '%')
            return false;
    }
    lower(host);
    return !ends_in_number(host) || host_is_ipv4(host);
}

bool host_zone_is_valid(const char *zone)
{
    static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                     "0123456789-._~";
    return zone[strspn(zone, unreserved)] == '\0';
}
