/* condition.h - the header lines of a request that is conditional or for a range. Private to
 * net/xfer.
 *
 * Any thread; nothing here parks.
 */
#ifndef NET_XFER_CONDITION_H
#define NET_XFER_CONDITION_H

#include "net/xfer/transfer.h"
#include <curl/curl.h>

/* Adds the lines of the condition to the list. On an error it may have some of them, for the caller
 * to free. 0 or -ENOMEM. */
int condition_headers(const struct transfer_condition *condition, struct curl_slist **headers);

#endif
