#include "cmd/cli/conflicts.h"

#include "cmd/cli/complain.h"
#include "cmd/cli/option_table.h"
#include "cmd/get/argument.h"
#include <assert.h>

static bool keeps_no_files(const struct cli *cli)
{
    return cli->get.out_null || cli->get.to_stdout;
}

/* Unlike -o /dev/null, which comes to the same; and a crawl keeps in DIR what is left to do. */
static bool is_told_to_keep_no_files(const struct cli *cli)
{
    return option_is_typed(cli, "out-null") && cli->command != CLI_CRAWL;
}

static bool checks_links(const struct cli *cli)
{
    return cli->crawl.check;
}

static bool names_the_file(const struct cli *cli)
{
    return cli->get.file_name != NULL;
}

static bool is_dry(const struct cli *cli)
{
    return cli->get.dry_run;
}

static bool is_never_async(const struct cli *cli)
{
    return cli->command == CLI_COMPARE ? !cli->modes[MODE_ASYNC] : cli->get.mode != MODE_ASYNC;
}

static bool has_idle_threads(const struct cli *cli)
{
    return cli->get.threads > 1 && is_never_async(cli);
}

static bool splits_in_vain(const struct cli *cli)
{
    return cli->get.split > 1 && is_never_async(cli);
}

static bool is_never_split(const struct cli *cli)
{
    return cli->get.split == 1;
}

static bool has_no_list(const struct cli *cli)
{
    for (size_t i = 0; i < cli->get.source_count; i++)
        if (!argument_is_url(&cli->get, cli->get.sources[i]))
            return false;
    return true;
}

static_assert(CRAWL_REDIRECTS_MAX == 14, "the table says how many");

static bool follows_fewer(const struct cli *cli)
{
    return (cli->command == CLI_MIRROR || cli->command == CLI_CRAWL) &&
           cli->get.max_redirs > CRAWL_REDIRECTS_MAX;
}

static bool asks_the_system(const struct cli *cli)
{
    return cli->get.resolver.kind == RESOLVER_SYSTEM;
}

static const struct {
    const char *option;
    bool (*has_no_effect)(const struct cli *cli);
    const char *why;
} conflicts[] = {
    {"output", is_told_to_keep_no_files, "--out-null throws bodies away"},
    {"output", checks_links, "--check keeps no files"},
    {"output-dir", checks_links, "--check keeps no files"},
    {"output-dir", keeps_no_files, "no files are kept"},
    {"layout", keeps_no_files, "no files are kept"},
    {"if-exists", keeps_no_files, "no files are kept"},
    {"remote-header-name", is_told_to_keep_no_files, "no files are kept"},
    {"no-remote-time", keeps_no_files, "no files are kept"},
    {"fsync", keeps_no_files, "no files are kept"},
    {"min-free", keeps_no_files, "no files are kept"},
    {"exec", keeps_no_files, "without files there is nothing to run it for"},
    {"layout", names_the_file, "-o names the file; with a slash at its end it is a directory"},
    {"remote-header-name", is_dry, "--dry-run asks no server for names"},
    {"cookie-jar", is_dry, "--dry-run asks no server"},
    {"exec", is_dry, "--dry-run fetches no file to run it for"},
    {"log", is_dry, "--dry-run fetches nothing that could be told"},
    {"har", is_dry, "--dry-run fetches nothing that could be told"},
    {"report", is_dry, "--dry-run fetches nothing that could be told"},
    {"threads", has_idle_threads, "only mode async has schedulers"},
    {"split", splits_in_vain, "only mode async brings a file in pieces"},
    {"min-split-size", is_never_split, "without --split a file comes in one piece"},
    {"list-format", has_no_list, "there is no list"},
    {"max-redirs", follows_fewer, "mirror and crawl follow 14 at most"},
    {"dns-servers", asks_the_system, "--resolver system asks the system's"},
};

int conflicts_check(const struct cli *cli)
{
    /* A mode of compare gets the options of all. */
    if (option_is_typed(cli, "stats-fd"))
        return 0;
    for (size_t i = 0; i < sizeof conflicts / sizeof *conflicts; i++)
        if (option_is_typed(cli, conflicts[i].option) && conflicts[i].has_no_effect(cli))
            return complain("option --%s: %s", conflicts[i].option, conflicts[i].why);
    return 0;
}
