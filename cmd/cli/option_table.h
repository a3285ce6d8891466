/* option_table.h - every option of the program in one table: how it is parsed, what the help says.
 * Private to cli/.
 *
 * Thread: main. Nothing here parks.
 */
#ifndef CMD_CLI_OPTION_TABLE_H
#define CMD_CLI_OPTION_TABLE_H

#include "cmd/cli/cli.h"
#include <stddef.h>

/* Where the help shows an option, in this order. */
enum option_section {
    SECTION_COMPARE,
    SECTION_STATUS,
    SECTION_SCOPE,
    SECTION_JOB,
    SECTION_FILES,
    SECTION_BOUNDS,
    SECTION_REQUEST,
    SECTION_NETWORK,
    SECTION_OUTPUT,
    SECTION_COUNT,
};

/* Which commands take an option. */
enum option_scope {
    SCOPE_GET = 1 << CLI_GET, /* compare sets it itself, or has no use for it */
    SCOPE_COMPARE = 1 << CLI_COMPARE,
    SCOPE_STATUS = 1 << CLI_STATUS,
    SCOPE_MIRROR = 1 << CLI_MIRROR,
    SCOPE_CRAWL = 1 << CLI_CRAWL,
    SCOPE_WALK = SCOPE_MIRROR | SCOPE_CRAWL,
    SCOPE_ALL = SCOPE_GET | SCOPE_COMPARE, /* compare hands it on to each get it runs */
    SCOPE_TRANSFER = SCOPE_ALL | SCOPE_WALK,
    SCOPE_FETCHED = SCOPE_GET | SCOPE_WALK,
    SCOPE_EVERY = SCOPE_TRANSFER | SCOPE_STATUS,
};

struct option_row;

/* One option as it was typed. */
struct option_use {
    const struct option_row *row;
    const char *typed; /* "-j" or "--jobs", for complaints */
    const char *value; /* NULL for an option that takes none */
};

struct option_row {
    const char *name;  /* long name */
    char letter;       /* 0: none */
    const char *value; /* what the help calls the value; NULL: takes none */
    enum option_section section;
    enum option_scope scope;
    const char *help; /* a newline begins another line; NULL: the help is silent about it */
    /* Writes the value to its place. 0; -EINVAL after a complaint; 1: it has all been said, stop.
     */
    int (*set)(struct cli *cli, const struct option_use *use);
    size_t field;             /* of struct cli, for the general setters */
    unsigned min, max;        /* numbers */
    const char *const *words; /* words, in the order of their enum, NULL-terminated */
    const char *note;         /* of an option that is refused: what to write instead */
};

extern const char *const option_section_titles[];
extern const struct option_row option_table[];
extern const size_t option_count;

/* Does `command` take it? */
bool option_belongs(const struct option_row *row, enum cli_command command);

/* The row with this long name or letter, NULL when `command` has none. */
const struct option_row *option_by_name(enum cli_command command, const char *name, size_t length);
const struct option_row *option_by_letter(enum cli_command command, char letter);

/* A command that takes the option with this name, or this letter where the name is NULL. NULL:
 * none. */
const char *option_owner(const char *name, size_t length, char letter);

/* Was it typed on the command line? */
bool option_is_typed(const struct cli *cli, const char *name);

/* The long name that was probably meant: at most two slips away. NULL: none. */
const char *option_suggest(enum cli_command command, const char *name, size_t length);

/* The long name of what another program's letter means. NULL: none that `command` has. */
const char *option_suggest_letter(enum cli_command command, char letter);

/* "fetch: option -j: ..."; returns -EINVAL. */
int refuse_value(const struct option_use *use, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
