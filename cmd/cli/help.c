#include "cmd/cli/cli.h"

#include "cmd/cli/option_table.h"
#include "net/xfer/transfer.h"
#include <stdio.h>
#include <string.h>

/* Where the explanation of an option begins. */
#define HELP_COLUMN 30

const char *const option_section_titles[SECTION_COUNT] = {
    [SECTION_COMPARE] = "Comparison",
    [SECTION_STATUS] = "What to show",
    [SECTION_SCOPE] = "What is followed",
    [SECTION_JOB] = "The job",
    [SECTION_FILES] = "Files",
    [SECTION_BOUNDS] = "Tries and bounds",
    [SECTION_REQUEST] = "Requests",
    [SECTION_NETWORK] = "Network",
    [SECTION_OUTPUT] = "What is told",
};

static const char get_usage[] =
    "Usage: fetch [get] [OPTIONS] SOURCE...\n"
    "       fetch compare [OPTIONS] SOURCE...  the same list in every mode, compared\n"
    "       fetch mirror [OPTIONS] URL...      copies of sites, for offline use\n"
    "       fetch crawl [OPTIONS] SOURCE...    follow links, politely; check them\n"
    "       fetch status [OPTIONS] DIR         what is known of an earlier run\n"
    "       fetch help [COMMAND]\n"
    "\n"
    "Downloads many URLs at once. A SOURCE is a URL (it contains \"://\"), a list file\n"
    "with one URL a line, or - for a list on standard input.\n"
    "\n"
    "  fetch -j 50 urls.txt -o out/             all of a list into out/\n"
    "  fetch https://example.org/a.iso          one file into this directory\n"
    "  fetch https://example.org/ -o page.html  one file under a name of your own\n"
    "  find_links | fetch - --log - -q -o out/  lists may be pipes, logs too\n";

static const char compare_usage[] =
    "Usage: fetch compare [OPTIONS] SOURCE...\n"
    "\n"
    "Fetches the list once per mode and shows what each took: wall clock, CPU,\n"
    "memory, context switches. Files go to a scratch directory that is removed, or,\n"
    "with -o DIR, to DIR/MODE.\n"
    "\n"
    "  fetch compare -j 50 urls.txt\n"
    "  fetch compare --modes threads,async --runs 5 --json urls.txt\n";

static const char mirror_usage[] =
    "Usage: fetch mirror [OPTIONS] URL...\n"
    "\n"
    "Copies sites for reading offline: all that pages link to on the same host, and\n"
    "what they need to be shown, into DIR/HOST/path. Links lead to the copies. The\n"
    "same command again fetches only what has changed. It obeys robots.txt.\n"
    "\n"
    "  fetch mirror https://example.org/manual/ --no-parent -o copies/\n";

static const char crawl_usage[] =
    "Usage: fetch crawl [OPTIONS] SOURCE...\n"
    "\n"
    "Follows the links of pages, from the URLs given or those in lists, on their\n"
    "hosts or with --span-hosts on all others, politely: two connections to a host,\n"
    "a request a second, and as robots.txt asks. With -o DIR it keeps what it\n"
    "fetches, and goes on there when it was broken off.\n"
    "\n"
    "  fetch crawl https://example.org/ --log pages.jsonl\n"
    "  fetch crawl --check https://example.org/manual/ --delay 0\n";

static const char status_usage[] =
    "Usage: fetch status [OPTIONS] DIR\n"
    "\n"
    "Shows what the journal of DIR knows: how many URLs there are, what became of\n"
    "them, and why those that failed did.\n"
    "\n"
    "  fetch status out/\n"
    "  fetch status --url https://example.org/a.iso --json out/\n";

static const char status_closing[] =
    "\n"
    "Exit status: 0; 1 --url is not known; 2 the command line is wrong; 3 there is\n"
    "no journal, or it cannot be read.\n";

static const char closing[] =
    "\n"
    "Sizes take K, M, G (binary); times take ms, s, m, h (a plain number: seconds).\n"
    "-L, -f, -S and -Z of curl are accepted: fetch always does what they say.\n"
    "What could have no effect beside the other options is refused.\n"
    "\n"
    "Exit status: 0 all well; 1 some URL failed; 2 the command line is wrong; 3 the\n"
    "machine failed us (no space, no permission, ...); 130 interrupted.\n";

static void print_option(const struct option_row *row)
{
    int column = row->letter ? printf("  -%c, --%s", row->letter, row->name)
                             : printf("      --%s", row->name);
    if (row->value)
        column += printf(" %s", row->value);
    /* Too wide for its column: the explanation begins on a line of its own. */
    if (column > HELP_COLUMN - 2) {
        putchar('\n');
        column = 0;
    }
    for (const char *line = row->help;;) {
        int length = (int)strcspn(line, "\n");
        printf("%*s%.*s\n", HELP_COLUMN - column, "", length, line);
        column = 0;
        if (!line[length])
            return;
        line += length + 1;
    }
}

static void print_section(enum cli_command command, enum option_section section)
{
    bool titled = false;
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_table[i];
        if (row->section != section || !row->help || !option_belongs(row, command))
            continue;
        if (!titled)
            printf("\n%s:\n", option_section_titles[section]);
        titled = true;
        print_option(row);
    }
}

static const char *const usages[] = {
    [CLI_GET] = get_usage,       [CLI_COMPARE] = compare_usage, [CLI_STATUS] = status_usage,
    [CLI_MIRROR] = mirror_usage, [CLI_CRAWL] = crawl_usage,
};

void cli_print_help(enum cli_command command)
{
    fputs(usages[command], stdout);
    for (int section = 0; section < SECTION_COUNT; section++)
        print_section(command, (enum option_section)section);
    fputs(command == CLI_STATUS ? status_closing : closing, stdout);
}

void cli_print_version(void)
{
    printf("fetch %s\n%s\n", FETCH_VERSION, client_versions());
}
