/* option_find.c - finding rows of the table of options, and what is said of them. */
#include "cmd/cli/option_table.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const cli_command_words[CLI_COMMANDS] = {
    [CLI_GET] = "get",       [CLI_COMPARE] = "compare", [CLI_STATUS] = "status",
    [CLI_MIRROR] = "mirror", [CLI_CRAWL] = "crawl",
};

bool option_belongs(const struct option_row *row, enum cli_command command)
{
    return (unsigned)row->scope & 1U << command;
}

const struct option_row *option_by_name(enum cli_command command, const char *name, size_t length)
{
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_table[i];
        if (option_belongs(row, command) && strncmp(row->name, name, length) == 0 &&
            row->name[length] == '\0')
            return row;
    }
    return NULL;
}

const struct option_row *option_by_letter(enum cli_command command, char letter)
{
    for (size_t i = 0; i < option_count; i++)
        if (letter && option_table[i].letter == letter && option_belongs(&option_table[i], command))
            return &option_table[i];
    return NULL;
}

const char *option_owner(const char *name, size_t length, char letter)
{
    for (int i = 0; i < CLI_COMMANDS; i++) {
        enum cli_command command = (enum cli_command)i;
        const struct option_row *row =
            name ? option_by_name(command, name, length) : option_by_letter(command, letter);
        if (row && row->help)
            return cli_command_words[command];
    }
    return NULL;
}

bool option_is_typed(const struct cli *cli, const char *name)
{
    const struct option_row *row = option_by_name(cli->command, name, strlen(name));
    return row && cli->typed[row - option_table];
}

int refuse_value(const struct option_use *use, const char *format, ...)
{
    va_list args;
    fprintf(stderr, "fetch: option %s: ", use->typed);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return -EINVAL;
}
