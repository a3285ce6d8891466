#include "net/url/parts.h"

#include "net/url/host.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* "scheme://host[:port]path[?query]", as libcurl would print it. Returns its end. */
static char *url_print(char *end, const struct url_parts *parts)
{
    end = stpcpy(stpcpy(end, parts->scheme), "://");
    end = stpcpy(end, parts->host);
    if (!parts->default_port)
        end = stpcpy(stpcpy(end, ":"), parts->port);
    end = stpcpy(end, parts->path);
    if (parts->query && *parts->query)
        end = stpcpy(stpcpy(end, "?"), parts->query);
    return end + 1;
}

/* Copies `size` bytes to the end of the block and closes them with a NUL. */
static char *pack(char **end, const char *bytes, size_t size)
{
    char *start = *end;
    memcpy(start, bytes, size);
    start[size] = '\0';
    *end += size + 1;
    return start;
}

/* One block for all strings: a URL in flight costs two allocations beside libcurl's. */
int url_pack(struct url *url, const struct url_parts *parts)
{
    size_t scheme = strlen(parts->scheme), path = strlen(parts->path), port = strlen(parts->port);
    size_t query = parts->query ? strlen(parts->query) : 0;
    size_t zone = parts->zone ? strlen(parts->zone) : 0;
    const char *name = parts->host;
    size_t host = strlen(name);
    size_t text = parts->text ? strlen(parts->text) : scheme + host + port + path + query + 5;
    bool brackets = *name == '[' && host >= 2;

    if (brackets) {
        name++;
        host -= 2;
    }
    char *end = malloc(text + scheme + path + query + port + 2 * (host + zone) + 16);
    if (!end)
        return -ENOMEM;
    url->text = end;
    if (parts->text)
        pack(&end, parts->text, text);
    else
        end = url_print(end, parts);
    url->scheme = pack(&end, parts->scheme, scheme);
    url->path = pack(&end, parts->path, path);
    url->query = query ? pack(&end, parts->query, query) : NULL;
    url->host = pack(&end, name, host);
    if (zone) {
        end[-1] = '%';
        pack(&end, parts->zone, zone);
    }
    url->host_key = end;
    end = stpcpy(stpcpy(stpcpy(end, brackets ? "[" : ""), url->host), brackets ? "]:" : ":");
    memcpy(end, parts->port, port + 1);
    url->port = (unsigned)strtoul(parts->port, NULL, 10);
    url->host_is_ip = brackets || host_is_ipv4(url->host);
    return 0;
}
