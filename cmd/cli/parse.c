#include "cmd/cli/cli.h"

#include "cmd/cli/complain.h"
#include "cmd/cli/option_table.h"
#include "cmd/cli/setters.h"
#include "cmd/cli/settle.h"
#include "cmd/exit_status.h"
#include "engine/deadline.h"
#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_LONG = 1000, /* getopt's value of row i is FIRST_LONG + i */
};

/* The table as getopt_long(3) wants it. */
struct getopt_tables {
    char letters[2 * CLI_OPTIONS_MAX + 3];
    struct option longs[CLI_OPTIONS_MAX + 1];
};

/* A mirror is asked for by who knows the site; a crawl meets strangers. */
static void set_walk_defaults(struct cli *cli)
{
    cli->crawl.mirror = cli->command == CLI_MIRROR;
    cli->get.walks = true;
    cli->get.per_host = cli->crawl.mirror ? 8 : 2;
    cli->crawl.delay_ns = cli->crawl.mirror ? 0 : NSEC_PER_SEC;
    cli->crawl.scope.requisites = cli->crawl.mirror;
}

static void set_defaults(struct cli *cli, enum cli_command command)
{
    *cli = (struct cli){
        .command = command,
        .get =
            {
                .jobs = JOBS_DEFAULT,
                .split = 1,
                .min_split_size = 20 << 20,
                .threads = 1,
                .mode = MODE_ASYNC,
                .retry = 3,
                .retry_delay_ns = NSEC_PER_SEC,
                .retry_max_time_ns = 600 * NSEC_PER_SEC,
                .max_redirs = 10,
                .stats_fd = -1,
                .transfer =
                    {
                        .protocols = "http,https,ftp,ftps",
                        .connect_timeout_ns = 15 * NSEC_PER_SEC,
                        .stall_timeout_ns = 30 * NSEC_PER_SEC,
                    },
            },
        .mode_order = {MODE_SYNC, MODE_THREADS, MODE_PROCESSES, MODE_ASYNC},
        .mode_count = 4,
        .modes = {true, true, true, true},
        .runs = 1,
    };
    if (command == CLI_MIRROR || command == CLI_CRAWL)
        set_walk_defaults(cli);
}

static void fill_tables(struct getopt_tables *tables, enum cli_command command)
{
    char *letter = tables->letters;
    struct option *option = tables->longs;
    /* '-': what is no option comes as value 1, in its place. ':': complaints are ours. */
    *letter++ = '-';
    *letter++ = ':';
    assert(option_count <= CLI_OPTIONS_MAX);
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_table[i];
        if (!option_belongs(row, command))
            continue;
        *option++ = (struct option){
            .name = row->name,
            .has_arg = row->value ? required_argument : no_argument,
            .val = FIRST_LONG + (int)i,
        };
        if (row->letter)
            *letter++ = row->letter;
        if (row->letter && row->value)
            *letter++ = ':';
    }
    *letter = '\0';
    *option = (struct option){0};
}

/* `typed`: as far as it is its name. */
static int refuse_unknown(const char *typed, size_t length)
{
    bool is_long = typed[1] == '-';
    const char *owner =
        is_long ? option_owner(typed + 2, length - 2, 0) : option_owner(NULL, 0, typed[1]);
    return complain("unknown option %.*s%s%s", (int)length, typed,
                    owner ? ": it belongs to fetch " : "", owner ? owner : "");
}

/* getopt did not like `word` ("--split=2", or a cluster of letters with `letter` in it). */
static int refuse_word(enum cli_command command, const char *word, int letter)
{
    if (word[0] != '-' || word[1] != '-') {
        const struct option_row *row = option_by_letter(command, (char)letter);
        if (row)
            return complain("option -%c: a value is missing (%s)", letter, row->value);
        /* Half of a character of several bytes says nothing. */
        if (letter < '!' || letter > '~')
            return complain("unknown option %s", word);
        const char *meant = option_suggest_letter(command, (char)letter);
        if (meant)
            return complain("unknown option -%c: did you mean --%s?", letter, meant);
        return refuse_unknown((const char[]){'-', (char)letter}, 2);
    }
    const char *name = word + 2;
    size_t length = strcspn(name, "=");
    const struct option_row *row = option_by_name(command, name, length);
    if (row && row->value)
        return complain("option --%s: a value is missing (%s)", row->name, row->value);
    if (row)
        return complain("option --%s: takes no value", row->name);
    const char *meant = option_suggest(command, name, length);
    if (meant)
        return complain("unknown option --%.*s: did you mean --%s?", (int)length, name, meant);
    return refuse_unknown(word, length + 2);
}

/* Notes an option for the `fetch get` that compare will run. */
static int pass_on(struct cli *cli, const struct option_use *use)
{
    char **longer = realloc(cli->passed, (cli->passed_count + 2) * sizeof *longer);
    if (!longer)
        return -ENOMEM;
    cli->passed = longer;
    char *text;
    int length = use->value ? asprintf(&text, "--%s=%s", use->row->name, use->value)
                            : asprintf(&text, "--%s", use->row->name);
    if (length < 0)
        return -ENOMEM;
    longer[cli->passed_count++] = text;
    longer[cli->passed_count] = NULL;
    return 0;
}

static int apply_option(struct cli *cli, const struct option_row *row, const char *typed,
                        const char *value)
{
    struct option_use use = {.row = row, .typed = typed, .value = value};
    int result = row->set(cli, &use);
    if (result == 0 && cli->command == CLI_COMPARE && (row->scope & SCOPE_ALL) == SCOPE_ALL)
        result = pass_on(cli, &use);
    if (result == -ENOMEM)
        return complain("%s", strerror(ENOMEM));
    return result;
}

/* On the command line. */
static int apply_typed(struct cli *cli, const struct option_row *row, const char *typed)
{
    cli->typed[row - option_table] = true;
    return apply_option(cli, row, typed, optarg);
}

/* What getopt found in `word`. */
static int apply_found(struct cli *cli, int found, const char *word)
{
    char typed[64];
    if (found == 1) {
        cli->get.sources[cli->get.source_count++] = optarg;
        return 0;
    }
    if (found == '?' || found == ':')
        return refuse_word(cli->command, word, optopt);
    if (found < FIRST_LONG) {
        snprintf(typed, sizeof typed, "-%c", found);
        return apply_typed(cli, option_by_letter(cli->command, (char)found), typed);
    }
    /* getopt takes "--time" for "--time-out" where nothing else begins so. We do not: what is
     * typed today must not change its meaning with the next option. */
    const struct option_row *row = &option_table[found - FIRST_LONG];
    if (strcspn(word + 2, "=") != strlen(row->name))
        return refuse_word(cli->command, word, 0);
    snprintf(typed, sizeof typed, "--%s", row->name);
    return apply_typed(cli, row, typed);
}

static int apply_line(struct cli *cli, const struct config_line *line)
{
    const char *path = cli->config.path;
    char typed[64];
    const struct option_row *row = option_by_name(cli->command, line->name, strlen(line->name));
    /* Meant for another command, and no mistake. */
    if (!row && option_owner(line->name, strlen(line->name), 0))
        return 0;
    if (!row || !row->help)
        return complain("%s:%u: unknown option %s", path, line->number, line->name);
    if (row->value && !line->value)
        return complain("%s:%u: option %s: a value is missing (%s)", path, line->number, row->name,
                        row->value);
    if (!row->value && line->value)
        return complain("%s:%u: option %s: takes no value", path, line->number, row->name);
    snprintf(typed, sizeof typed, "--%s", row->name);
    if (row->set == set_help || row->set == set_version)
        return complain("%s:%u: option %s is for the command line only", path, line->number,
                        row->name);
    int result = apply_option(cli, row, typed, line->value);
    return result ? complain("that is what %s:%u says", path, line->number) : 0;
}

/* Before the command line, which so has the last word. */
static int parse_config(struct cli *cli)
{
    char *path = config_path();
    struct config_line line = {0};
    int error = path ? config_read(&cli->config, path) : -ENOENT;
    int result = 0;
    /* A HOME that is not ours to look into is as good as none. */
    bool none = error == -ENOENT || error == -ENOTDIR || error == -EACCES;
    if (error && !none)
        result = complain("cannot read %s: %s", path, strerror(-error));
    free(path);
    while (!error && !result && (error = config_next(&cli->config, &line)) == 0)
        result = apply_line(cli, &line);
    if (!result && error == -EINVAL)
        result =
            complain("%s:%u: a quote that does not end the line", cli->config.path, line.number);
    return result;
}

/* Looked for before anything is parsed: what it forbids comes first. */
static bool wants_config(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--no-config") == 0)
            return false;
    return true;
}

/* wget's "no clobber" would be read as curl's letters, and cookies be written to what comes next.
 */
static int refuse_cluster(enum cli_command command, const char *word)
{
    if (strcmp(word, "-nc") != 0)
        return 0;
    if (command == CLI_MIRROR || command == CLI_CRAWL)
        return complain("option -nc: %s has none; or write -n -c FILE", cli_command_words[command]);
    return complain("option -nc: write --if-exists skip, or -n -c FILE");
}

/* Words of wget's that people type, though they look like two letters. */
static char *spell_out(enum cli_command command, char *word)
{
    static char no_parent[] = "--no-parent";
    static char no_host[] = "--no-host-directories";
    if (!word || (command != CLI_MIRROR && command != CLI_CRAWL))
        return word;
    if (strcmp(word, "-np") == 0)
        return no_parent;
    return strcmp(word, "-nH") == 0 ? no_host : word;
}

static int parse_options(struct cli *cli, int argc, char **argv)
{
    struct getopt_tables tables;
    fill_tables(&tables, cli->command);
    cli->get.sources = calloc((size_t)argc + 1, sizeof *cli->get.sources);
    if (!cli->get.sources)
        return complain("%s", strerror(ENOMEM));
    optind = 0; /* glibc: begin anew */
    int result = 0;
    while (!result) {
        char **at = &argv[optind ? optind : 1];
        *at = spell_out(cli->command, *at);
        const char *word = *at ? *at : "";
        result = refuse_cluster(cli->command, word);
        if (result)
            break;
        int found = getopt_long(argc, argv, tables.letters, tables.longs, NULL);
        if (found == -1)
            break;
        result = apply_found(cli, found, word);
    }
    /* Behind "--". */
    for (int i = optind; !result && i < argc; i++)
        cli->get.sources[cli->get.source_count++] = argv[i];
    return result;
}

/* The command of that name: false when there is none. */
static bool find_command(const char *word, enum cli_command *command)
{
    for (int i = 0; i < CLI_COMMANDS; i++) {
        if (strcmp(word, cli_command_words[i]) != 0)
            continue;
        *command = (enum cli_command)i;
        return true;
    }
    return false;
}

/* `fetch help [COMMAND]`. */
static int print_help_on(const char *word, const char *more)
{
    enum cli_command command = CLI_GET;
    if (more)
        return complain("help: on one command at a time, without '%s'", more);
    if (word && !find_command(word, &command))
        return complain("no help on '%s': get, compare, mirror, crawl and status are the commands",
                        word);
    cli_print_help(command);
    return 1;
}

/* Takes the command word, if there is one. 0; 1: all done; -EINVAL. */
static int parse_command(struct cli *cli, int *argc, char ***argv)
{
    const char *word = *argc > 1 ? (*argv)[1] : "";
    enum cli_command command = CLI_GET;
    if (strcmp(word, "help") == 0)
        return print_help_on((*argv)[2], *argc > 3 ? (*argv)[3] : NULL);
    if (find_command(word, &command)) {
        --*argc;
        ++*argv;
    }
    set_defaults(cli, command);
    return 0;
}

int cli_parse(struct cli *cli, int argc, char **argv, int *exit_status)
{
    *cli = (struct cli){0};
    int result = parse_command(cli, &argc, &argv);
    if (!result && wants_config(argc, argv))
        result = parse_config(cli);
    if (!result)
        result = parse_options(cli, argc, argv);
    if (!result)
        result = cli_settle(cli);
    if (!result)
        return 0;
    if (result < 0)
        fprintf(stderr, "try 'fetch %s%s--help'\n",
                cli->command == CLI_GET ? "" : cli_command_words[cli->command],
                cli->command == CLI_GET ? "" : " ");
    cli_free(cli);
    *exit_status = result < 0 ? EXIT_USAGE : 0;
    return -EINVAL;
}

static void free_list(const char *const *list)
{
    for (size_t i = 0; list && list[i]; i++)
        free((void *)list[i]);
    free((void *)list);
}

void cli_free(struct cli *cli)
{
    free_list(cli->get.transfer.headers);
    free_list(cli->get.transfer.resolve);
    free_list(cli->get.transfer.cookie_files);
    free_list((const char *const *)cli->passed);
    free(cli->get.sources);
    free(cli->output);
    free(cli->directory);
    free(cli->protocols);
    free(cli->certificate);
    free(cli->cookie);
    netrc_free(cli->logins);
    config_clear(&cli->config);
    *cli = (struct cli){0};
}
