/* cookie_merge.h - one jar from what several workers did to the same cookies.
 *
 * Each worker keeps cookies of its own, which begin as those of -b FILE. What it changed it tells
 * as lines of a cookie file with a sign before them: '-' this one is gone, '+' this one is new. A
 * cookie that got another value is both.
 *
 * Ownership: nothing is kept; lines stay the caller's. Any thread; nothing here parks.
 */
#ifndef CMD_GET_COOKIE_MERGE_H
#define CMD_GET_COOKIE_MERGE_H

#include <curl/curl.h>
#include <stdio.h>

/* Writes how `now` differs from `before`, a signed line each. 0 or -ENOMEM; errors of `out` are for
 * the caller to ask it for. */
int cookie_changes_write(FILE *out, const struct curl_slist *before, const struct curl_slist *now);

/* Writes `before` with all changes (cut up in place): of several new values of one cookie (domain,
 * path and name) the last, and it stays when one worker has it and another lost it. 0 or -ENOMEM.
 */
int cookie_changes_apply(FILE *out, const struct curl_slist *before, char *changes);

#endif
