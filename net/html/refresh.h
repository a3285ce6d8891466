/* refresh.h - the URL in a refresh: "5; url=next.html" (WHATWG HTML 4.2.5.3, the shared declarative
 * refresh steps). Any thread; nothing here parks.
 */
#ifndef NET_HTML_REFRESH_H
#define NET_HTML_REFRESH_H

#include <stdbool.h>
#include <stddef.h>

/* False when there is no URL in it: the page itself is to be asked again, or it is no refresh. */
bool html_refresh_find(const char *text, size_t length, size_t *offset, size_t *size);

#endif
