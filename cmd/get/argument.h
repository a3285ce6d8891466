/* argument.h - a source as it was typed: a URL, a file, "-" for standard input.
 *
 * Ownership: strings are the caller's. Any thread; nothing here parks.
 */
#ifndef CMD_GET_ARGUMENT_H
#define CMD_GET_ARGUMENT_H

#include "cmd/get/options.h"
#include <stdbool.h>

bool argument_is_url(const struct get_options *options, const char *argument);

/* Is there nothing but one URL to get? */
bool arguments_are_single_url(const struct get_options *options);

/* The file to open; NULL: standard input. */
const char *argument_path(const char *argument);

/* For the user. */
const char *argument_name(const char *argument);

/* In any case of letters. */
bool argument_ends_in(const char *argument, const char *suffix);

/* A string for the user: "cannot VERB NAME: WHY". NULL when memory runs out. */
char *argument_complaint(const char *verb, const char *name, const char *why);

/* Can every file be read, as far as one can tell without opening it? 0, or -errno with `place` as
 * in url_list_open(). */
int arguments_check(const struct get_options *options, char **place);

#endif
