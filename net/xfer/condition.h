/* condition.h - the header lines of a request that is conditional or for a range. Private to
 * net/xfer.
 *
 * Any thread; nothing here parks.
 */
#ifndef NET_XFER_CONDITION_H
#define NET_XFER_CONDITION_H

#include "net/xfer/transfer.h"
#include <curl/curl.h>

/* Makes a list of the lines in `always` (may be NULL) and those of the condition. *headers is NULL
 * before; on an error it holds what was made so far, for the caller to free. 0 or -ENOMEM. */
int condition_headers(const struct transfer_condition *condition, const struct curl_slist *always,
                      struct curl_slist **headers);

#endif
