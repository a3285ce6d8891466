#include "cmd/cli/cli.h"

#include "cmd/cli/option_table.h"
#include "engine/deadline.h"
#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
    EXIT_USAGE = 2,
    OPTIONS_MAX = 160, /* rows of the table, at most */
    FIRST_LONG = 1000, /* getopt's value of row i is FIRST_LONG + i */
};

/* The table as getopt_long(3) wants it. */
struct getopt_tables {
    char letters[2 * OPTIONS_MAX + 3];
    struct option longs[OPTIONS_MAX + 1];
};

static int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

static int complain(const char *format, ...)
{
    va_list args;
    fputs("fetch: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return -EINVAL;
}

static void set_defaults(struct cli *cli, enum cli_command command)
{
    *cli = (struct cli){
        .command = command,
        .get =
            {
                .jobs = JOBS_DEFAULT,
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
}

static void fill_tables(struct getopt_tables *tables, enum cli_command command)
{
    char *letter = tables->letters;
    struct option *option = tables->longs;
    /* '-': what is no option comes as value 1, in its place. ':': complaints are ours. */
    *letter++ = '-';
    *letter++ = ':';
    assert(option_count <= OPTIONS_MAX);
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
        return complain("unknown option -%c", letter);
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
    return complain("unknown option --%.*s", (int)length, name);
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
    if (result == 0 && cli->command == CLI_COMPARE && row->scope == SCOPE_ALL)
        result = pass_on(cli, &use);
    if (result == -ENOMEM)
        return complain("%s", strerror(ENOMEM));
    return result;
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
        return apply_option(cli, option_by_letter(cli->command, (char)found), typed, optarg);
    }
    /* getopt takes "--time" for "--time-out" where nothing else begins so. We do not: what is
     * typed today must not change its meaning with the next option. */
    const struct option_row *row = &option_table[found - FIRST_LONG];
    if (strcspn(word + 2, "=") != strlen(row->name))
        return refuse_word(cli->command, word, 0);
    snprintf(typed, sizeof typed, "--%s", row->name);
    return apply_option(cli, row, typed, optarg);
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
        const char *word = argv[optind ? optind : 1];
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

static bool is_directory(const char *path)
{
    struct stat status;
    size_t length = strlen(path);
    return path[length - 1] == '/' || (stat(path, &status) == 0 && S_ISDIR(status.st_mode));
}

static bool is_null_device(const struct stat *status)
{
    struct stat null;
    return S_ISCHR(status->st_mode) && stat("/dev/null", &null) == 0 && S_ISCHR(null.st_mode) &&
           null.st_rdev == status->st_rdev;
}

static bool is_stdout(const char *output)
{
    return strcmp(output, "-") == 0 || strcmp(output, "/dev/stdout") == 0;
}

/* The file that -o names gets its place when it is complete: a device or a pipe would be gone. */
static int settle_special(struct cli *cli, const struct stat *status)
{
    if (!is_null_device(status))
        return complain("option -o: %s is no plain file; -o - writes to standard output",
                        cli->get.output);
    cli->get.out_null = true;
    return 0;
}

/* Is there nothing but one URL to get? */
static bool is_single_url(const struct cli *cli)
{
    const char *source = cli->get.sources[0];
    return cli->command == CLI_GET && cli->get.source_count == 1 && source && strstr(source, "://");
}

/* -o names a directory, but for a single URL also a file, or standard output. */
static int settle_output(struct cli *cli)
{
    struct get_options *get = &cli->get;
    const char *output = get->output;
    struct stat there;
    bool single = is_single_url(cli);
    get->directory = output ? output : ".";
    if (!output)
        return 0;
    if (is_stdout(output)) {
        get->to_stdout = true;
        if (!single)
            return complain("option -o: standard output (-) is for a single URL");
        if (get->log && strcmp(get->log, "-") == 0)
            return complain("options -o and --log: only one can have standard output");
        return 0;
    }
    if (!single || is_directory(output))
        return 0;
    if (stat(output, &there) == 0 && !S_ISREG(there.st_mode))
        return settle_special(cli, &there);
    const char *slash = strrchr(output, '/');
    get->file_name = slash ? slash + 1 : output;
    get->directory = ".";
    if (!slash)
        return 0;
    /* The slash of "/file" is the directory's name. */
    cli->directory = strndup(output, slash == output ? 1 : (size_t)(slash - output));
    get->directory = cli->directory;
    return cli->directory ? 0 : complain("%s", strerror(ENOMEM));
}

/* --pass counts before a password behind --cert. */
static int settle_certificate(struct cli *cli)
{
    struct transfer_options *transfer = &cli->get.transfer;
    if ((transfer->key || transfer->key_password) && !transfer->certificate)
        return complain("options --key and --pass belong to a certificate: --cert is missing");
    if (!transfer->key_password)
        transfer->key_password = cli->certificate_password;
    return 0;
}

/* What can only be told when all options are known. */
static int settle(struct cli *cli)
{
    struct get_options *get = &cli->get;
    int error;
    if (get->source_count == 0)
        return complain("nothing to fetch: name a URL, a list file, or - for standard input");
    if (get->per_host == 0)
        get->per_host = get->jobs;
    get->transfer.jobs = get->jobs;
    error = settle_certificate(cli);
    return error ? error : settle_output(cli);
}

/* `fetch help [COMMAND]`. */
static int print_help_on(const char *command)
{
    if (!command || strcmp(command, "get") == 0)
        cli_print_help(CLI_GET);
    else if (strcmp(command, "compare") == 0)
        cli_print_help(CLI_COMPARE);
    else
        return complain("no help on '%s': get and compare are the commands", command);
    return 1;
}

/* Takes the command word, if there is one. 0; 1: all done; -EINVAL. */
static int parse_command(struct cli *cli, int *argc, char ***argv)
{
    static const char *const later[] = {"mirror", "crawl", "status"};
    const char *word = *argc > 1 ? (*argv)[1] : "";
    enum cli_command command = CLI_GET;
    for (size_t i = 0; i < sizeof later / sizeof *later; i++)
        if (strcmp(word, later[i]) == 0)
            return complain("the command %s is not built yet", word);
    if (strcmp(word, "help") == 0)
        return print_help_on(*argc > 2 ? (*argv)[2] : NULL);
    if (strcmp(word, "compare") == 0)
        command = CLI_COMPARE;
    if (command == CLI_COMPARE || strcmp(word, "get") == 0) {
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
    if (!result)
        result = parse_options(cli, argc, argv);
    if (!result)
        result = settle(cli);
    if (!result)
        return 0;
    if (result < 0)
        fprintf(stderr, "try 'fetch %s--help'\n", cli->command == CLI_COMPARE ? "compare " : "");
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
    free_list((const char *const *)cli->passed);
    free(cli->get.sources);
    free(cli->directory);
    free(cli->protocols);
    free(cli->certificate);
    *cli = (struct cli){0};
}
