/* expression.h - one regular expression (PCRE2) over URLs that come from strangers. Private to
 * cmd/crawl.
 *
 * Found anywhere in the text, as wget does. An expression that some text would keep busy for long
 * is given up, which is told apart from "not found".
 *
 * Ownership: expression_new() to expression_free(). Thread: one at a time. Nothing here parks.
 */
#ifndef CMD_CRAWL_EXPRESSION_H
#define CMD_CRAWL_EXPRESSION_H

#include <stddef.h>

struct expression;

/* 0; -EINVAL with *why, a new string for the user (NULL when memory runs out); -ENOMEM. */
int expression_new(struct expression **expression, const char *pattern, char **why);
void expression_free(struct expression *expression); /* NULL is fine */

/* 1: found; 0: not; -E2BIG: given up, or without memory for it. */
int expression_find(struct expression *expression, const char *text, size_t length);

#endif
