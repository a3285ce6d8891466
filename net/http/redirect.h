/* redirect.h - following redirects by ourselves (RFC 9110 section 15.4).
 *
 * Each hop is a transfer of its own, because each must be resolved by us, checked against protocol
 * and address rules, and stripped of credentials once the origin has changed.
 *
 * Any thread; nothing here parks.
 */
#ifndef NET_HTTP_REDIRECT_H
#define NET_HTTP_REDIRECT_H

#include "net/url/url.h"
#include "net/xfer/transfer.h"

/* Does this answer send us elsewhere: 301, 302, 303, 307, 308 with a Location? */
bool redirect_wanted(const struct transfer_result *result);

/* Where to: fills `next`. 0; -EINVAL with `why` for a Location that is no URL; -EPROTONOSUPPORT for
 * a scheme that is not in `protocols` (comma-separated, lower case). On the same origin `next` has
 * the credentials of `from`. */
int redirect_target(const struct url *from, const struct transfer_result *result,
                    const char *protocols, struct url *next, const char **why);

/* Is `scheme` in the comma-separated list? */
bool redirect_protocol_allowed(const char *protocols, const char *scheme);

#endif
