/* escape.h - escapes in names, strings and URLs (CSS Syntax 3, section 4.3.7). Private to net/css/.
 *
 * Thread: the scanner's. Nothing here parks.
 */
#ifndef NET_CSS_ESCAPE_H
#define NET_CSS_ESCAPE_H

#include "net/css/css.h"

/* At a backslash in what css->state says, and what goes on after the escape. Returns where. */
const char *css_escape_begin(struct css *css, const char *at);

/* In one of the CSS_ESCAPE states: takes of [at, end), which is not empty, what belongs to it. */
const char *css_escape_read(struct css *css, const char *at, const char *end);

/* The sheet ends within an escape. */
void css_escape_finish(struct css *css);

/* A piece of text begins at `at`, if there is a text that somebody wants: after an escape, or at
 * the begin of a chunk. */
void css_text_resume(struct css *css, const char *at);

/* The unquoted URL turns out to be none. */
void css_url_spoil(struct css *css);

#endif
