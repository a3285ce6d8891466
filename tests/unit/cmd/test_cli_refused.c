/* The command line: what it refuses, and in which words. */
#include "tests/unit/cmd/cli_harness.h"
#include "tests/unit/cmd/unit.h"

static void what_is_not_built_is_refused_by_name(void **state)
{
    (void)state;
    refuses("x --level 3", "unknown option --level: it belongs to fetch mirror");
    refuses("x --level=3", "unknown option --level: it belongs to fetch mirror");
    refuses("x --accept a", "unknown option --accept: it belongs to fetch mirror");
    refuses("x -R", "unknown option -R");
    refuses("x -qR", "unknown option -R");
    refuses("x -\xc3\xa9", "unknown option -\xc3\xa9");
    refuses("help get compare", "help: on one command at a time, without 'compare'");
    refuses("help walk",
            "no help on 'walk': get, compare, mirror, crawl and status are the commands");
}

static void status_names_one_directory(void **state)
{
    (void)state;
    struct cli cli;
    assert_int_equal(parse(&cli, "status --json out --url http://h/a"), 0);
    assert_int_equal(cli.command, CLI_STATUS);
    assert_string_equal(cli.status.directory, "out");
    assert_string_equal(cli.status.url, "http://h/a");
    assert_true(cli.status.json);
    cli_free(&cli);
    refuses("status", "status: name one directory");
    refuses("status a b", "status: name one directory");
    refuses("status -j 3 a", "unknown option -j: it belongs to fetch get");
    refuses("a --url b", "unknown option --url: it belongs to fetch status");
}

static void no_abbreviations(void **state)
{
    (void)state;
    refuses("x --job 3", "unknown option --job: did you mean --jobs?");
    refuses("x --job=3", "unknown option --job: did you mean --jobs?");
    refuses("x --retry-dela 3", "unknown option --retry-dela: did you mean --retry-delay?");
    refuses("x --retry-d 3", "unknown option --retry-d: did you mean --retry?");
    refuses("x --progres", "unknown option --progres: did you mean --progress?");
    refuses("x --out", "unknown option --out");
    refuses("x --verbos", "unknown option --verbos: did you mean --verbose?");
    refuses("x --jbos 3", "unknown option --jbos: did you mean --jobs?");
    refuses("x --modes sync", "unknown option --modes: did you mean --mode?");
    refuses("compare x --mode sync", "unknown option --mode: did you mean --modes?");
    refuses("--", "nothing to fetch: name a URL, a list file, or - for standard input");
}

static void curls_habits_get_a_hint(void **state)
{
    (void)state;
    refuses("-O http://h/f", "option -O: files are named after their URLs as it is; -o DIR says "
                             "where they go");
    refuses("-C - http://h/f",
            "option -C: run the same command again: it goes on where it was broken off");
    refuses("-i list", "option -i: write the list without it: fetch urls.txt -o out/");
    refuses("-u me http://h/",
            "option -u: the password is missing: NAME:PASSWORD, or NAME: for none");
    refuses("-e ;auto http://h/", "option -e: curl's \";auto\" is not built");
}

/* Where curl's meaning of the letter is none of ours. */
static void wgets_habits_get_a_hint(void **state)
{
    (void)state;
    refuses("-P out http://h/", "unknown option -P: did you mean --output?");
    refuses("mirror --wait 1 http://h/", "unknown option --wait: did you mean --delay?");
    refuses("--wait 1 http://h/", "unknown option --wait");
    refuses("mirror --directory-prefix=d",
            "unknown option --directory-prefix: did you mean --output?");
    refuses("mirror", "nothing to fetch: name a URL");
    refuses("-t 3 http://h/", "unknown option -t: did you mean --retry?");
    refuses("-N http://h/", "unknown option -N: did you mean --if-exists?");
    refuses("-nc http://h/", "option -nc: write --if-exists skip, or -n -c FILE");
    refuses("http://h/ -R jpg", "unknown option -R");
    refuses("mirror http://h/ -R jpg", "unknown option -R: did you mean --reject?");
    refuses("crawl http://h/ -A jpg,png",
            "option -A: 'jpg,png' as User-Agent: did you mean --accept? If not, --user-agent");
    refuses("mirror -A *.pdf http://h/",
            "option -A: '*.pdf' as User-Agent: did you mean --accept? If not, --user-agent");
    refuses("mirror -H http://h/ http://i/", "option -H: 'http://h/' is not \"Name: value\"");
    refuses("status -t 3 out", "unknown option -t");
}

/* Options beside which they could only be ignored. */
static void options_without_effect_are_refused(void **state)
{
    (void)state;
    refuses("x --out-null -o out", "option --output: --out-null throws bodies away");
    refuses("x --out-null --output-dir out", "option --output-dir: no files are kept");
    refuses("x --out-null --fsync", "option --fsync: no files are kept");
    refuses("x --out-null -J", "option --remote-header-name: no files are kept");
    refuses("http://h/ -o - --if-exists skip", "option --if-exists: no files are kept");
    refuses("http://h/ -o - --output-dir d", "option --output-dir: no files are kept");
    refuses("http://h/ -o /dev/null --layout path", "option --layout: no files are kept");
    refuses("http://h/ -o - --exec true",
            "option --exec: without files there is nothing to run it for");
    refuses("http://h/ -o name --layout path",
            "option --layout: -o names the file; with a slash at its end it is a directory");
    refuses("x --dry-run --log f", "option --log: --dry-run fetches nothing that could be told");
    refuses("x --dry-run -J", "option --remote-header-name: --dry-run asks no server for names");
    refuses("x --mode sync --threads 2", "option --threads: only mode async has schedulers");
    refuses("x --mode threads --split 2",
            "option --split: only mode async brings a file in pieces");
    refuses("compare x --modes sync,threads --split 2",
            "option --split: only mode async brings a file in pieces");
    refuses("x --min-split-size 1M",
            "option --min-split-size: without --split a file comes in one piece");
    refuses("http://h/ --list-format csv", "option --list-format: there is no list");
    refuses("x --resolver system --dns-servers 127.0.0.1",
            "option --dns-servers: --resolver system asks the system's");
    refuses("compare x --if-exists skip", "unknown option --if-exists: it belongs to fetch get");
    refuses("compare x -q", "unknown option -q: it belongs to fetch get");
}

static void options_beside_which_others_have_an_effect(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "http://h/ -o /dev/null",
        "http://h/ -J -o name",
        "http://h/ -A me",
        "mirror http://h/ -A Me/1.0",
        "mirror http://h/ --user-agent me",
        "http://h/ -J -o -",
        "http://h/ --layout path -o name/",
        "x --mode sync --threads 1 --split 1",
        "compare x --split 2 --threads 2",
        "x --split 2 --min-split-size 1M",
        "x http://h/ --list-format csv",
        "x --mode sync --split 2 --stats-fd 3", /* as compare runs it */
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct cli cli;
        if (parse(&cli, lines[i]))
            fail_msg("%s: %s", lines[i], said);
        cli_free(&cli);
    }
}

static void wrong_values_are_named(void **state)
{
    (void)state;
    refuses("", "nothing to fetch: name a URL, a list file, or - for standard input");
    refuses("x -j 0", "option -j: '0' is not a number from 1 to 100000");
    refuses("x -j 100001", "option -j: '100001' is not a number from 1 to 100000");
    refuses("x -j -5", "option -j: '-5' is not a number from 1 to 100000");
    refuses("x -j 5x", "option -j: '5x' is not a number from 1 to 100000");
    refuses("x --jobs 99999999999999999999999",
            "option --jobs: '99999999999999999999999' is not a number from 1 to 100000");
    refuses("x --threads many", "option --threads: 'many' is not a number from 1 to 1024");
    refuses("x -m soon", "option -m: 'soon' is not a time: seconds, or with ms, s, m or h");
    refuses("x --max-time=9999999999h", "option --max-time: '9999999999h' is too long");
    refuses("x --max-filesize big",
            "option --max-filesize: 'big' is not a size: bytes, or with K, M or G");
    refuses("x --mode fast", "option --mode: 'fast' is not async, sync, threads or processes");
    refuses("x --jobs", "option --jobs: a value is missing (N)");
    refuses("x -j", "option -j: a value is missing (N)");
    refuses("x --quiet=1", "option --quiet: takes no value");
    refuses("x --resolve host", "option --resolve: 'host' is not HOST:PORT:ADDR");
    refuses("x -H nonsense", "option -H: 'nonsense' is not \"Name: value\"");
    refuses("x -H @/no/file", "option -H: cannot open '/no/file': No such file or directory");
    refuses("x -H @-", "option -H: headers are not read from standard input: name a file");
    refuses("x -H a;b", "option -H: 'a;b' is not \"Name: value\"");
    refuses("x -H :b", "option -H: ':b' is not \"Name: value\"");
    refuses("x --log= -q", "option --log: a value is missing (FILE)");
    refuses("x --exec=", "option --exec: a value is missing (COMMAND)");
    refuses("crawl x --accept=", "option --accept: a value is missing (LIST)");
    refuses("crawl x --accept=", "option --accept: a value is missing (LIST)");
    refuses("status --url= out", "option --url: a value is missing (URL|PATH)");
    refuses("x -H A:\rb", "option -H: a header is a single line");
    refuses("compare x --modes sync,fast",
            "option --modes: 'fast' is not async, sync, threads or processes");
    refuses("compare x --modes sync,sync", "option --modes: sync twice");
    refuses("compare x --runs 0", "option --runs: '0' is not a number from 1 to 1000");
    refuses("compare x --log f", "unknown option --log: it belongs to fetch get");
    refuses("compare", "nothing to fetch: name a URL, a list file, or - for standard input");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_built_is_refused_by_name),
        cmocka_unit_test(status_names_one_directory),
        cmocka_unit_test(no_abbreviations),
        cmocka_unit_test(curls_habits_get_a_hint),
        cmocka_unit_test(wgets_habits_get_a_hint),
        cmocka_unit_test(options_without_effect_are_refused),
        cmocka_unit_test(options_beside_which_others_have_an_effect),
        cmocka_unit_test(wrong_values_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
