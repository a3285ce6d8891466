/* own_headers.h - the header lines of a request that has others than the rest. Private to net/xfer.
 *
 * Any thread; nothing here parks.
 */
#ifndef NET_XFER_OWN_HEADERS_H
#define NET_XFER_OWN_HEADERS_H

#include "net/xfer/transfer.h"
#include <curl/curl.h>

/* Is it for the first origin alone? Host too, which would name it to another. */
bool header_is_credential(const char *line);

/* Makes a list of the lines in `always` (may be NULL) that the request does not replace, its own
 * that may be sent, and those of its condition. *headers is NULL before; on an error it holds what
 * was made so far, for the caller to free. 0 or -ENOMEM. */
int own_headers_make(const struct transfer_request *request, const struct curl_slist *always,
                     struct curl_slist **headers);

#endif
