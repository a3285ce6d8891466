/* login.h - whose login of a netrc file a transfer gets. Private to net/xfer.
 *
 * Any thread; nothing here parks.
 */
#ifndef NET_XFER_LOGIN_H
#define NET_XFER_LOGIN_H

#include "net/http/netrc.h"
#include "net/xfer/transfer.h"

/* What -u says goes first, then the file, then the URL; with --netrc-optional the URL before the
 * file, which adds the password of a user in the URL. NULL: the file says nothing.
 *
 * An entry belongs to a host, whoever leads there: after a redirect to another origin it is used
 * too, but only one that names the host, over TLS, at the scheme's own port. Everything else
 * another might have chosen to learn the password. */
const struct netrc_login *login_choose(const struct transfer_options *options,
                                       const struct transfer_request *request);

#endif
