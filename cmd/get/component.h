/* component.h - one component of a path, made safe (name.h says what that means). Private to those
 * that make names.
 *
 * Ownership: all work on the caller's bytes, which need no NUL. Any thread; nothing here parks.
 */
#ifndef CMD_GET_COMPONENT_H
#define CMD_GET_COMPONENT_H

#include "net/url/url.h"
#include <stddef.h>

/* Of files that are not complete yet. */
#define COMPONENT_PART_SUFFIX ".part"

/* Percent-decodes in place: the new length. A percent sign without two digits stays. */
size_t component_decode(char *text, size_t length);

/* Makes the text at out[1..length] one safe component at `out`, which has room for two bytes more:
 * its length. */
size_t component_make_safe(char *out, size_t length);

/* The first step of that: all but the length and the hazards at the end. */
size_t component_guard(char *out, size_t length);

/* The last step: dots and blanks at the end, and the name of a part; in place, with room for one
 * byte more if it is not NAME_MAX long. Its length. */
size_t component_guard_end(char *name, size_t length);

/* Turns raw[0..length) of a URL into one safe component at `out`, which has room for two bytes more
 * than raw has: its length. */
size_t component_from_url(char *out, const char *raw, size_t length);

/* "HOST" or "HOST:PORT" where the port is not the scheme's own, safe: its length, at most two bytes
 * more than that of the host's key. */
size_t component_host(char *out, const struct url *url);

/* Where the extension begins, its dot included; `length` when there is none. */
size_t component_extension(const char *name, size_t length);

/* At most `max` bytes of `text` without cutting a character in two. */
size_t component_cut(const char *text, size_t length, size_t max);

#endif
