#include "cmd/cli/settle.h"

#include "cmd/cli/complain.h"
#include "cmd/cli/conflicts.h"
#include "cmd/cli/setters.h"
#include "cmd/get/argument.h"
#include "engine/deadline.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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

static bool walks(const struct cli *cli)
{
    return cli->command == CLI_MIRROR || cli->command == CLI_CRAWL;
}

/* Each mode of compare has a directory. */
static bool is_single_url(const struct cli *cli)
{
    return cli->command == CLI_GET && arguments_are_single_url(&cli->get);
}

/* What is --output-dir's need not be there to be a directory. */
static int join_output(struct cli *cli)
{
    const char *output = cli->get.output;
    if (!cli->output_dir || (output && is_stdout(output)))
        return 0;
    if (asprintf(&cli->output, "%s/%s", cli->output_dir, output ? output : "") < 0) {
        cli->output = NULL;
        return complain("%s", strerror(ENOMEM));
    }
    cli->get.output = cli->output;
    return 0;
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
        if (walks(cli))
            return complain("option -o: %s needs a directory, not standard output (-)",
                            cli_command_words[cli->command]);
        get->to_stdout = true;
        if (!single)
            return complain("option -o: standard output (-) is for a single URL");
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

/* Two at once would be neither. */
static int settle_standard_output(const struct cli *cli)
{
    const struct get_options *get = &cli->get;
    const struct {
        const char *name;
        bool wanted;
    } options[] = {
        {"-o", get->to_stdout},
        {"-c", get->cookie_jar && strcmp(get->cookie_jar, "-") == 0},
        {"--log", get->log && strcmp(get->log, "-") == 0},
        {"--har", get->har && strcmp(get->har, "-") == 0},
        {"--report", get->report && strcmp(get->report, "-") == 0},
    };
    const char *owner = NULL;
    if (cli->command == CLI_COMPARE && get->report && strcmp(get->report, "-") == 0)
        return complain("option --report: standard output has the table already");
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (options[i].wanted && owner)
            return complain("options %s and %s: only one can have standard output", owner,
                            options[i].name);
        if (options[i].wanted)
            owner = options[i].name;
    }
    return 0;
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

/* As curl: each has a default that goes with the other. */
static void settle_speed(struct transfer_options *transfer)
{
    if (transfer->speed_time_ns && !transfer->speed_limit)
        transfer->speed_limit = 1;
    if (!transfer->speed_time_ns)
        transfer->speed_time_ns = 30 * NSEC_PER_SEC;
}

/* fetch status [OPTIONS] DIR */
static int settle_status(struct cli *cli)
{
    if (cli->get.source_count != 1)
        return complain("status: name one directory");
    cli->status.directory = cli->get.sources[0];
    return 0;
}

/* --retry-failed goes by the journal: there must be one. */
static int settle_journal(const struct get_options *get)
{
    if (get->retry_failed && (get->no_journal || get->out_null || get->to_stdout || get->file_name))
        return complain("option --retry-failed: this run has no journal to go by");
    return 0;
}

static int settle_checksum(const struct cli *cli)
{
    if (cli->get.checksum.algorithm != CHECKSUM_NONE && !is_single_url(cli))
        return complain("option --checksum: for a single URL; in a list it stands before each");
    return 0;
}

/* "http:", "mailto:"? To what page a link without one would be relative, nobody said. */
static bool has_scheme(const char *url)
{
    size_t length = strcspn(url, ":/?#");
    return length > 0 && url[length] == ':';
}

/* fetch mirror, fetch crawl: what get does not know. */
static int settle_walk(struct cli *cli)
{
    struct get_options *get = &cli->get;
    if (cli->crawl.why && !has_scheme(cli->crawl.why))
        return complain("option --why: '%s' is no URL; it has no scheme", cli->crawl.why);
    cli->crawl.scope.level = cli->crawl.level ? (int)cli->crawl.level : -1;
    cli->crawl.scope.requisites = cli->crawl.scope.requisites && !cli->crawl.no_requisites;
    get->rate_interval_ns =
        get->rate_interval_ns > cli->crawl.delay_ns ? get->rate_interval_ns : cli->crawl.delay_ns;
    get->layout = LAYOUT_PATH;
    if (cli->command == CLI_CRAWL && !get->output)
        get->out_null = true;
    for (size_t i = 0; cli->crawl.mirror && i < get->source_count; i++)
        if (!argument_is_url(get, get->sources[i]))
            return complain("mirror: %s is no URL; it contains no \"://\"", get->sources[i]);
    return 0;
}

int cli_settle(struct cli *cli)
{
    struct get_options *get = &cli->get;
    if (cli->command == CLI_STATUS)
        return settle_status(cli);
    if (get->metalink) /* there is room for all of argv */
        get->sources[get->source_count++] = get->metalink;
    if (get->source_count == 0)
        return complain(cli->command == CLI_MIRROR
                            ? "nothing to fetch: name a URL"
                            : "nothing to fetch: name a URL, a list file, or - for standard input");
    if (get->per_host == 0)
        get->per_host = get->jobs > get->split ? get->jobs : get->split;
    if (get->min_split_size < 1)
        get->min_split_size = 1;
    get->transfer.jobs = get->jobs;
    settle_speed(&get->transfer);
    int error = settle_certificate(cli);
    if (!error)
        error = settle_netrc(cli);
    if (!error)
        error = settle_checksum(cli);
    if (!error)
        error = join_output(cli);
    if (!error)
        error = settle_output(cli);
    if (!error)
        error = settle_standard_output(cli);
    if (!error)
        error = settle_journal(get);
    if (!error && walks(cli))
        error = settle_walk(cli);
    return error ? error : conflicts_check(cli);
}
