#include "net/http/redirect.h"
#include <errno.h>
#include <string.h>

bool redirect_wanted(const struct transfer_result *result)
{
    switch (result->status) {
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
        return result->location && *result->location;
    default:
        return false;
    }
}

bool redirect_protocol_allowed(const char *protocols, const char *scheme)
{
    size_t wanted = strlen(scheme);
    for (const char *p = protocols; *p;) {
        size_t length = strcspn(p, ",");
        if (length == wanted && memcmp(p, scheme, length) == 0)
            return true;
        p += length;
        p += *p == ',';
    }
    return false;
}

int redirect_target(const struct url *from, const struct transfer_result *result,
                    const char *protocols, struct url *next, const char **why)
{
    int error = url_join(next, from, result->location, why);
    if (error)
        return error;
    if (!redirect_protocol_allowed(protocols, next->scheme)) {
        url_clear(next);
        *why = "redirect to a protocol that is not allowed";
        return -EPROTONOSUPPORT;
    }
    *why = "out of memory";
    error = url_inherit_credentials(next, from);
    if (error)
        url_clear(next);
    return error;
}
