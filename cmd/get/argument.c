#include "cmd/get/argument.h"

#include "cmd/get/escape.h"
#include "cmd/get/source.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool argument_is_url(const struct get_options *options, const char *argument)
{
    return strstr(argument, "://") && argument != options->metalink;
}

bool arguments_are_single_url(const struct get_options *options)
{
    return !options->walks && options->source_count == 1 &&
           argument_is_url(options, options->sources[0]);
}

static bool is_stdin(const char *argument)
{
    return strcmp(argument, "-") == 0;
}

const char *argument_path(const char *argument)
{
    return is_stdin(argument) ? NULL : argument;
}

const char *argument_name(const char *argument)
{
    return is_stdin(argument) ? "standard input" : argument;
}

bool argument_ends_in(const char *text, const char *suffix)
{
    size_t length = strlen(text);
    size_t size = strlen(suffix);
    return length >= size && strcasecmp(text + length - size, suffix) == 0;
}

char *argument_complaint(const char *verb, const char *name, const char *why)
{
    char *text = NULL;
    return asprintf(&text, "cannot %s %s: %s", verb, name, why) < 0 ? NULL : text;
}

/* Is it rather a URL without its scheme than a file: "example.org/file", "localhost:8080"? */
static bool is_like_url(const char *argument)
{
    size_t length = strcspn(argument, "/");
    bool has_name = memchr(argument, '.', length) && *argument != '.';
    bool has_port = memchr(argument, ':', length);
    return (has_name || has_port) && !argument_ends_in(argument, ".txt") &&
           !argument_ends_in(argument, ".csv") && !argument_ends_in(argument, ".gz");
}

/* As argument_complaint(); who meant a URL is told what one looks like. */
static char *complaint_open(const char *argument, int error)
{
    char *text = strdup(argument_name(argument));
    char *told = NULL;
    if (!text)
        return NULL;
    escape_credentials(text);
    if (error != -ENOENT || !is_like_url(argument))
        told = argument_complaint("open", text, strerror(-error));
    else if (asprintf(&told, "cannot open %s: %s (a URL has a scheme: http://%s)", text,
                      strerror(-error), text) < 0)
        told = NULL;
    free(text);
    return told;
}

int arguments_check(const struct get_options *options, char **place)
{
    for (size_t i = 0; i < options->source_count; i++) {
        const char *source = options->sources[i];
        bool url = argument_is_url(options, source);
        int error = url ? 0 : source_check(argument_path(source));
        if (error) {
            *place = complaint_open(source, error);
            return error;
        }
    }
    return 0;
}
