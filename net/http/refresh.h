/* refresh.h - the Refresh header and <meta http-equiv=refresh>: "5; url=/next".
 *
 * One grammar for both: the HTML standard's "shared declarative refresh steps". The URL is told by
 * its place in the value, without blanks around it, so that it can be replaced there. Any thread;
 * nothing here parks.
 */
#ifndef NET_HTTP_REFRESH_H
#define NET_HTTP_REFRESH_H

#include <stddef.h>
#include <stdint.h>

struct refresh {
    int64_t delay; /* ns, whole seconds; at most a week */
    size_t url;    /* where it begins in the value */
    size_t length; /* 0: the document itself is to be read again */
};

/* 0, or -EINVAL when a browser would pass the value over. */
int refresh_parse(struct refresh *refresh, const char *value, size_t length);

#endif
