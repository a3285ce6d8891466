#include "cmd/cli/generate.h"

#include "cmd/cli/option_table.h"
#include <stdbool.h>
#include <string.h>

/* In the words of man(7): \- is a hyphen that can be copied, and a line must not begin with a
 * point or a quote that is text. */
static void put_text(FILE *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bool begins = i == 0 || text[i - 1] == '\n';
        if (begins && (text[i] == '.' || text[i] == '\''))
            fputs("\\&", out);
        if (text[i] == '\\')
            fputs("\\e", out);
        else if (text[i] == '-')
            fputs("\\-", out);
        else
            fputc(text[i], out);
    }
}

static void put_word(FILE *out, const char *text)
{
    put_text(out, text, strlen(text));
}

/* "-j, --jobs N", letters bold and the value's name slanted. `command`: whose alone it is; NULL: it
 * goes without saying. */
static void put_option(FILE *out, const struct option_row *row, const char *command)
{
    fputs(".TP\n", out);
    if (row->letter)
        fprintf(out, "\\fB\\-%c\\fR, ", row->letter);
    fputs("\\fB\\-\\-", out);
    put_word(out, row->name);
    fputs("\\fR", out);
    if (row->value) {
        fputs(" \\fI", out);
        put_word(out, row->value);
        fputs("\\fR", out);
    }
    fputc('\n', out);
    if (command)
        fprintf(out, "%s: ", command);
    put_word(out, row->help);
    fputc('\n', out);
}

/* The options of a section that `command` takes and none of `others`' sections has shown. */
static void put_section(FILE *out, enum cli_command command, enum option_section section)
{
    bool titled = false;
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_table[i];
        if (row->section != section || !row->help || !option_belongs(row, command))
            continue;
        if (!titled)
            fprintf(out, ".SS %s\n", option_section_titles[section]);
        titled = true;
        put_option(out, row, NULL);
    }
}

/* What mirror and crawl take besides; what only one of them takes, or both with another default,
 * says so. */
static void put_walk_section(FILE *out)
{
    fputs(".SS Mirror and crawl\n", out);
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_table[i];
        if (!row->help || !(row->scope & SCOPE_WALK) || (row->scope & SCOPE_GET))
            continue;
        bool both = (row->scope & SCOPE_WALK) == SCOPE_WALK;
        put_option(out, row, both ? NULL : row->scope & SCOPE_MIRROR ? "mirror" : "crawl");
    }
}

static const char opening[] =
    ".SH NAME\n"
    "fetch \\- concurrent downloader for the command line\n"
    ".SH SYNOPSIS\n"
    ".B fetch\n"
    "[\\fBget\\fR] [\\fIOPTIONS\\fR] \\fISOURCE\\fR...\n"
    ".br\n"
    ".B fetch compare\n"
    "[\\fIOPTIONS\\fR] \\fISOURCE\\fR...\n"
    ".br\n"
    ".B fetch mirror\n"
    "[\\fIOPTIONS\\fR] \\fIURL\\fR...\n"
    ".br\n"
    ".B fetch crawl\n"
    "[\\fIOPTIONS\\fR] \\fISOURCE\\fR...\n"
    ".br\n"
    ".B fetch status\n"
    "[\\fIOPTIONS\\fR] \\fIDIR\\fR\n"
    ".br\n"
    ".B fetch help\n"
    "[\\fICOMMAND\\fR]\n"
    ".SH DESCRIPTION\n"
    "Downloads many URLs at once, on one thread: where a transfer would wait, another goes on.\n"
    "A \\fISOURCE\\fR is a URL (it contains \"://\"), a list file with one URL a line, or \\-\n"
    "for a list on standard input.\n"
    ".PP\n"
    "A file under its final name is complete, always. Each failure is told with its URL and its\n"
    "reason on standard error; the last line there sums up, and every URL of the list is in\n"
    "exactly one of its counts.\n"
    ".PP\n"
    "\\fBfetch compare\\fR fetches the list once per mode - one after another, on threads, in\n"
    "processes, on coroutines - and shows what each took.\n"
    ".PP\n"
    "\\fBfetch status\\fR shows what is recorded of a directory in DIR/.fetch/journal.db: how "
    "many\n"
    "URLs there are, what became of them, and why those that failed did.\n"
    ".PP\n"
    "\\fBfetch mirror\\fR copies sites for reading offline, and brings copies up to date;\n"
    "\\fBfetch crawl\\fR follows the links of many sites, and checks them with "
    "\\fB\\-\\-check\\fR.\n"
    "Both obey robots.txt.\n"
    ".PP\n"
    "Sizes take K, M, G (binary); times take ms, s, m, h (a plain number: seconds).\n"
    "\\fB\\-L\\fR, \\fB\\-f\\fR, \\fB\\-S\\fR and \\fB\\-Z\\fR of curl are accepted: fetch always\n"
    "does what they say. An option that could have no effect beside the others is refused.\n"
    ".SH OPTIONS\n";

static const char lists[] =
    ".SH LISTS\n"
    "A list has one URL a line. Blank lines and lines that begin with # are skipped. A list may\n"
    "be packed with gzip. A URL that comes again is skipped, and counted as such.\n"
    ".PP\n"
    "Several URLs on a line, with tabs between them, are mirrors of one file: the next one is\n"
    "asked when one has failed. Before the first may stand a digest of the file, as\n"
    ".BR sha256sum (1)\n"
    "writes it; its length tells the algorithm.\n"
    ".PP\n"
    "Mirrors that the server names (Link: rel=duplicate, RFC 6249) count too, where it tells the\n"
    "file's SHA\\-256 (Digest, Repr\\-Digest) or the list does.\n"
    ".PP\n"
    "Lines that begin with white space give options for the URL above, as in the input files of\n"
    ".BR aria2c (1):\n"
    ".TP\n.BI out= NAME\nthe name of the file, perhaps with directories before it\n"
    ".TP\n.BI dir= DIR\nwhere it goes, below the output directory\n"
    ".TP\n.BI checksum= ALGO = HEX\nwhat it must have: md5, sha\\-1, sha\\-256 or sha\\-512\n"
    ".TP\n.BI header= LINE\na header of its request; may be repeated\n"
    ".TP\n.BI referer= URL\nas Referer; * is the URL itself\n"
    ".TP\n.BI user\\-agent= NAME\nas User\\-Agent\n"
    ".PP\n"
    "Other options of aria2c have no effect; each is told once. A wrong line or option is told\n"
    "with its place, counts as failed, and the rest goes on.\n"
    ".PP\n"
    "From a pipe a URL is fetched when the next line is there, or after a moment; once there have\n"
    "been options, always after the next line.\n"
    ".PP\n"
    "In a file that ends in .csv or .csv.gz, or with \\fB\\-\\-list\\-format csv\\fR, a line is\n"
    "URL,FILENAME or just a URL, quoted as RFC 4180 says, but for line breaks in a field.\n";

static const char closing[] =
    ".SH EXIT STATUS\n"
    ".TP\n.B 0\nall well\n"
    ".TP\n.B 1\nsome URL failed\n"
    ".TP\n.B 2\nthe command line is wrong\n"
    ".TP\n.B 3\nthe machine failed us: no space, no permission, I/O error, out of memory\n"
    ".TP\n.B 130\ninterrupted by SIGINT or SIGTERM\n"
    ".SH EXAMPLES\n"
    ".TP\n.B fetch \\-j 50 urls.txt \\-o out/\nall of a list into out/\n"
    ".TP\n.B fetch https://example.org/a.iso\none file into this directory\n"
    ".TP\n.B fetch https://example.org/ \\-o page.html\none file under a name of your own\n"
    ".TP\n.B find_links | fetch \\- \\-\\-log \\- \\-q \\-o out/\nlists may be pipes, logs too\n"
    ".TP\n.B fetch compare \\-j 50 urls.txt\nthe same list in every mode, compared\n"
    ".TP\n.B fetch mirror \\-np https://example.org/manual/ \\-o copies/\na manual, to be read "
    "from "
    "disk\n"
    ".TP\n.B fetch crawl https://example.org/ \\-\\-log pages.jsonl\na line for each page of a "
    "site\n"
    ".SH FILES\n"
    ".TP\n.I ~/.config/fetch/config\n"
    "options that are always wanted, one a line without its dashes (jobs = 50); it may also be\n"
    "$XDG_CONFIG_HOME/fetch/config. What is typed has the last word, and what does not apply is\n"
    "left out; \\fB\\-\\-no\\-config\\fR leaves out all of it\n"
    ".TP\n.I DIR/.fetch/\n"
    "the record of a job, journal.db, and parts of files that were broken off; of a mirror or "
    "crawl\n"
    "also what is still to be fetched (frontier.db), what pages said (pages.db), and pages as "
    "they\n"
    "were sent (pristine/)\n"
    ".SH ENVIRONMENT\n"
    ".TP\n.BR http_proxy \", \" https_proxy \", \" all_proxy \", \" no_proxy\n"
    "as for curl; \\fB\\-x\\fR overrides them\n"
    ".TP\n.B NO_COLOR\nset and not empty: no colours\n"
    ".TP\n.B TMPDIR\nwhere a crawl without \\fB\\-o\\fR keeps what is to be fetched (/tmp),\n"
    "\\fBcompare\\fR its files (/tmp), and a job what does not fit memory (/var/tmp)\n"
    ".TP\n.B TERM\n\\(lqdumb\\(rq: no live view, but a line now and then\n"
    ".TP\n.BR LC_ALL \", \" LC_CTYPE \", \" LANG\n"
    "whether the terminal shows UTF-8; if not, the live view is ASCII\n"
    ".SH SEE ALSO\n"
    ".BR curl (1),\n"
    ".BR wget2 (1),\n"
    ".BR aria2c (1)\n";

void generate_manual(FILE *out)
{
    fprintf(out, ".TH FETCH 1 \"\" \"fetch %s\" \"User Commands\"\n", FETCH_VERSION);
    fputs(opening, out);
    for (int section = 0; section < SECTION_COUNT; section++)
        if (section != SECTION_COMPARE && section != SECTION_STATUS)
            put_section(out, CLI_GET, (enum option_section)section);
    put_walk_section(out);
    put_section(out, CLI_COMPARE, SECTION_COMPARE);
    put_section(out, CLI_STATUS, SECTION_STATUS);
    fputs(lists, out);
    fputs(closing, out);
}
