/* cli.h - from argv to options: one table of options serves get and compare, help included.
 *
 * GNU order and getopt_long(3), but without abbreviations: an option that is not built is refused
 * by name. Every complaint names the option and goes to standard error.
 *
 * Ownership: cli_free() frees what parsing allocated; argv outlives the options. Thread:
 * main, once. Nothing here parks.
 */
#ifndef CMD_CLI_CLI_H
#define CMD_CLI_CLI_H

#include "cmd/cli/config.h"
#include "cmd/crawl/options.h"
#include "cmd/get/options.h"
#include "cmd/status/status.h"
#include "net/http/netrc.h"

/* Rows of the table, at most. */
#define CLI_OPTIONS_MAX 160

enum cli_command {
    CLI_GET,
    CLI_COMPARE,
    CLI_STATUS,
    CLI_MIRROR,
    CLI_CRAWL,
};
#define CLI_COMMANDS (CLI_CRAWL + 1)

/* What is typed for them. */
extern const char *const cli_command_words[CLI_COMMANDS];

struct cli {
    enum cli_command command;
    struct get_options get; /* also what compare runs */
    bool modes[4];          /* compare --modes, by enum run_mode */
    unsigned mode_order[4]; /* as typed; the first is the baseline */
    unsigned mode_count;
    unsigned runs; /* compare --runs: 1 */
    bool json;     /* compare --json */
    struct status_options status;
    struct crawl_options crawl; /* of mirror and crawl, on top of `get` */
    char **passed; /* compare: the options to hand to each `fetch get`, argv style; owned array */
    size_t passed_count;
    bool typed[CLI_OPTIONS_MAX]; /* on the command line, by row of the table */
    const char *output_dir;      /* --output-dir; NULL: none */
    char *output;                /* what get.output points to, where it is no part of argv */
    char *directory;             /* what get.directory points to, where it is no part of argv */
    char *protocols;             /* likewise */
    char *cookie;                /* likewise */
    struct netrc *logins;        /* likewise */
    bool netrc;                  /* --netrc */
    const char *netrc_file;      /* --netrc-file; NULL: ~/.netrc */
    char *certificate;           /* likewise */
    char *certificate_password;  /* behind its end; NULL: none */
    struct config config;        /* where the options of the configuration file lie */
};

/* 0: go on. -EINVAL: stop, nothing to free, with *exit_status (0 after --help or --version, 2 after
 * a complaint). */
int cli_parse(struct cli *cli, int argc, char **argv, int *exit_status);
void cli_free(struct cli *cli);

/* Sizes take K, M, G (binary), times take ms, s, m, h (plain: seconds, fractions allowed). 0 or
 * -EINVAL, -ERANGE. */
int cli_parse_size(const char *text, int64_t *bytes);
int cli_parse_time(const char *text, int64_t *ns);

/* "2/s", "0.5/m", "1000/h", "5/d": the time from one to the next, at least 1 ns. The same errors.
 */
int cli_parse_rate(const char *text, int64_t *interval);

void cli_print_help(enum cli_command command);
void cli_print_version(void);

#endif
