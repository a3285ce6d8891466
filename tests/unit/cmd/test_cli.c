/* The command line: what it means. */
#include "cmd/cli/option_table.h"
#include "engine/deadline.h"
#include "tests/unit/cmd/cli_harness.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void defaults(void **state)
{
    (void)state;
    struct cli cli;
    assert_int_equal(parse(&cli, "urls.txt"), 0);
    const struct get_options *get = &cli.get;
    assert_int_equal(cli.command, CLI_GET);
    assert_int_equal(get->source_count, 1);
    assert_string_equal(get->sources[0], "urls.txt");
    assert_string_equal(get->directory, ".");
    assert_int_equal(get->jobs, 32);
    assert_int_equal(get->per_host, 32);
    assert_int_equal(get->transfer.jobs, 32);
    assert_int_equal(get->threads, 1);
    assert_int_equal(get->mode, MODE_ASYNC);
    assert_int_equal(get->if_exists, EXISTS_UPDATE);
    assert_int_equal(get->retry, 3);
    assert_int_equal(get->retry_delay_ns, NSEC_PER_SEC);
    assert_int_equal(get->retry_max_time_ns, 600 * NSEC_PER_SEC);
    assert_int_equal(get->max_time_ns, 0);
    assert_int_equal(get->transfer.connect_timeout_ns, 15 * NSEC_PER_SEC);
    assert_int_equal(get->transfer.stall_timeout_ns, 30 * NSEC_PER_SEC);
    assert_int_equal(get->max_redirs, 10);
    assert_string_equal(get->transfer.protocols, "http,https,ftp,ftps");
    assert_int_equal(get->stats_fd, -1);
    assert_null(get->transfer.headers);
    cli_free(&cli);
}

static void options_mix_with_sources(void **state)
{
    (void)state;
    struct cli cli;
    assert_int_equal(parse(&cli, "get a -j50 --retry=0 b --max-time 2m - -o out/ -qvv -- -c --d"),
                     0);
    static const char *const sources[] = {"a", "b", "-", "-c", "--d"};
    assert_int_equal(cli.get.source_count, 5);
    for (int i = 0; i < 5; i++)
        assert_string_equal(cli.get.sources[i], sources[i]);
    assert_int_equal(cli.get.jobs, 50);
    assert_int_equal(cli.get.retry, 0);
    assert_int_equal(cli.get.max_time_ns, 120 * NSEC_PER_SEC);
    assert_string_equal(cli.get.directory, "out/");
    assert_true(cli.get.quiet);
    assert_int_equal(cli.get.verbose, 2);
    cli_free(&cli);
    /* The environment of a POSIX purist changes nothing. */
    setenv("POSIXLY_CORRECT", "1", 1);
    assert_int_equal(parse(&cli, "a -j 7"), 0);
    unsetenv("POSIXLY_CORRECT");
    assert_int_equal(cli.get.jobs, 7);
    cli_free(&cli);
}

static void options_of_transfers(void **state)
{
    (void)state;
    struct cli cli;
    assert_int_equal(parse(&cli, "x -H A:1 -HB; --header C: -A me -e http://r/ -u n:p -x http://p "
                                 "-k4 --compressed --http1.1"),
                     0);
    const struct transfer_options *transfer = &cli.get.transfer;
    assert_string_equal(transfer->headers[0], "A:1");
    assert_string_equal(transfer->headers[1], "B;");
    assert_string_equal(transfer->headers[2], "C:");
    assert_null(transfer->headers[3]);
    assert_string_equal(transfer->user_agent, "me");
    assert_string_equal(transfer->referer, "http://r/");
    assert_string_equal(transfer->user, "n:p");
    assert_string_equal(transfer->proxy, "http://p");
    assert_true(transfer->insecure);
    assert_true(transfer->compressed);
    assert_int_equal(transfer->http_version, HTTP_VERSION_1_1);
    assert_int_equal(transfer->ip_version, IP_V4);
    assert_int_equal(cli.get.resolver.family, RESOLVER_IPV4);
    cli_free(&cli);
    assert_int_equal(parse(&cli, "x --resolve h:80:127.0.0.1 --resolve i:81:[::1] --http2 -6 "
                                 "--dns-servers 127.0.0.1:53 --cacert /dev/null"),
                     0);
    assert_string_equal(cli.get.transfer.resolve[1], "i:81:[::1]");
    assert_null(cli.get.transfer.resolve[2]);
    assert_int_equal(cli.get.transfer.http_version, HTTP_VERSION_2);
    assert_int_equal(cli.get.resolver.family, RESOLVER_IPV6);
    assert_string_equal(cli.get.resolver.servers, "127.0.0.1:53");
    cli_free(&cli);
    assert_int_equal(parse(&cli, "x --resolver system --resolve -h:80 -A me"), 0);
    assert_int_equal(cli.get.resolver.kind, RESOLVER_SYSTEM);
    assert_string_equal(cli.get.transfer.resolve[0], "-h:80");
    cli_free(&cli);
}

static void options_of_logins(void **state)
{
    (void)state;
    struct cli cli;
    assert_int_equal(parse(&cli, "x -U a:b --noproxy c -E /dev/null:d --key /dev/zero --digest "
                                 "--oauth2-bearer e --interface lo --http3"),
                     0);
    const struct transfer_options *transfer = &cli.get.transfer;
    assert_string_equal(transfer->proxy_user, "a:b");
    assert_string_equal(transfer->no_proxy, "c");
    assert_string_equal(transfer->certificate, "/dev/null");
    assert_string_equal(transfer->key_password, "d");
    assert_string_equal(transfer->key, "/dev/zero");
    assert_string_equal(transfer->headers[0], "Authorization: Bearer e");
    assert_string_equal(transfer->interface, "lo");
    assert_true(transfer->digest);
    assert_int_equal(transfer->http_version, HTTP_VERSION_3);
    cli_free(&cli);
    /* The last word on anything counts. */
    assert_int_equal(parse(&cli, "x -E /dev/null:d -E /dev/zero --digest --basic"), 0);
    assert_string_equal(cli.get.transfer.certificate, "/dev/zero");
    assert_null(cli.get.transfer.key_password);
    assert_false(cli.get.transfer.digest);
    cli_free(&cli);
    refuses("x -U nobody", "option -U: the password is missing: NAME:PASSWORD, or NAME: for none");
    refuses("x --key /dev/null",
            "options --key and --pass belong to a certificate: --cert is missing");
}

static void words_and_bounds(void **state)
{
    (void)state;
    struct cli cli;
    assert_int_equal(parse(&cli, "x --mode processes --layout path --if-exists fail --progress bar "
                                 "--per-host 4 --max-redirs -1 --max-filesize 2K --fsync"),
                     0);
    assert_int_equal(cli.get.mode, MODE_PROCESSES);
    assert_int_equal(cli.get.layout, LAYOUT_PATH);
    assert_int_equal(cli.get.if_exists, EXISTS_FAIL);
    assert_int_equal(cli.get.progress, PROGRESS_BAR);
    assert_int_equal(cli.get.per_host, 4);
    assert_int_equal(cli.get.max_redirs, UINT_MAX);
    assert_int_equal(cli.get.transfer.max_filesize, 2048);
    assert_true(cli.get.fsync);
    cli_free(&cli);
    assert_int_equal(parse(&cli, "x --threads auto --out-null --log - --stats-fd 5 -LfSZ"), 0);
    assert_true(cli.get.threads >= 1);
    assert_true(cli.get.out_null);
    assert_string_equal(cli.get.log, "-");
    assert_int_equal(cli.get.stats_fd, 5);
    cli_free(&cli);
}

static void allowed_protocols(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"https", "https"},
        {"=https", "https"},
        {"http,https", "http,https"},
        {"-ftp,-ftps", "http,https"},
        {"-all,+https", "https"},
        {"+ftp", "http,https,ftp,ftps"},
        {"all,-http", "https,ftp,ftps"},
        {"=http,ftp", "http,ftp"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct cli cli;
        char line[64];
        snprintf(line, sizeof line, "x --proto ftps --proto %s", pairs[i][0]);
        assert_int_equal(parse(&cli, line), 0);
        assert_string_equal(cli.get.transfer.protocols, pairs[i][1]);
        cli_free(&cli);
    }
    refuses("x --proto gopher", "option --proto: 'gopher' is not http, https, ftp, ftps or all");
    refuses("x --proto http,,ftp", "option --proto: '' is not http, https, ftp, ftps or all");
    refuses("x --proto -all", "option --proto: no protocol is left");
}

static void output_of_a_single_url(void **state)
{
    (void)state;
    static const struct {
        const char *line, *directory, *file;
        bool to_stdout;
    } cases[] = {
        {"http://h/f", ".", NULL, false},
        {"http://h/f -o name", ".", "name", false},
        {"http://h/f -o sub/name", "sub", "name", false},
        {"http://h/f -o /name", "/", "name", false},
        {"http://h/f -o a/b/name", "a/b", "name", false},
        {"http://h/f -o name/", "name/", NULL, false},
        {"http://h/f -o /tmp", "/tmp", NULL, false},
        {"http://h/f -o ..", "..", NULL, false},
        {"http://h/f -o -", "-", NULL, true},
        {"http://h/f -o ./-", ".", "-", false},
        {"http://h/f http://h/g -o name", "name", NULL, false},
        {"list -o name", "name", NULL, false},
        {"- -o name", "name", NULL, false},
        {"compare http://h/f -o name", "name", NULL, false},
        {"http://h/f --output-dir d", "d/", NULL, false},
        {"http://h/f --output-dir d -o name", "d", "name", false},
        {"http://h/f -o sub/name --output-dir d", "d/sub", "name", false},
        {"list --output-dir d", "d/", NULL, false},
        {"list --output-dir d -o sub", "d/sub", NULL, false},
        {"compare http://h/f --output-dir d", "d/", NULL, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cli cli;
        assert_int_equal(parse(&cli, cases[i].line), 0);
        assert_string_equal(cli.get.directory, cases[i].directory);
        if (cases[i].file)
            assert_string_equal(cli.get.file_name, cases[i].file);
        else
            assert_null(cli.get.file_name);
        assert_int_equal(cli.get.to_stdout, cases[i].to_stdout);
        cli_free(&cli);
    }
    refuses("list -o -", "option -o: standard output (-) is for a single URL");
    refuses("http://h/ http://i/ -o -", "option -o: standard output (-) is for a single URL");
    refuses("http://h/ -o - --log -", "options -o and --log: only one can have standard output");
}

static void headers_come_from_a_file(void **state)
{
    (void)state;
    struct cli cli;
    char path[] = "/tmp/test_cli_XXXXXX", line[64];
    static const char text[] = "A: 1\r\n\nB;\nC: 3";
    int fd = mkstemp(path);
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    close(fd);
    snprintf(line, sizeof line, "x -H @%s -H D:", path);
    assert_int_equal(parse(&cli, line), 0);
    unlink(path);
    static const char *const headers[] = {"A: 1", "B;", "C: 3", "D:"};
    for (int i = 0; i < 4; i++)
        assert_string_equal(cli.get.transfer.headers[i], headers[i]);
    assert_null(cli.get.transfer.headers[4]);
    cli_free(&cli);
}

static void compare_hands_options_on(void **state)
{
    (void)state;
    struct cli cli;
    assert_int_equal(
        parse(&cli, "compare -j50 x --modes async,sync --runs 3 --json -o d -kv -HA:b"), 0);
    static const char *const passed[] = {"--jobs=50", "--insecure", "--verbose", "--header=A:b"};
    assert_int_equal(cli.command, CLI_COMPARE);
    assert_int_equal(cli.mode_count, 2);
    assert_int_equal(cli.mode_order[0], MODE_ASYNC);
    assert_int_equal(cli.mode_order[1], MODE_SYNC);
    assert_true(cli.modes[MODE_SYNC] && !cli.modes[MODE_THREADS]);
    assert_int_equal(cli.runs, 3);
    assert_true(cli.json);
    assert_string_equal(cli.get.directory, "d");
    assert_int_equal(cli.passed_count, 4);
    for (int i = 0; i < 4; i++)
        assert_string_equal(cli.passed[i], passed[i]);
    assert_null(cli.passed[4]);
    cli_free(&cli);
}

static void every_option_is_there_once(void **state)
{
    (void)state;
    for (int command = CLI_GET; command <= CLI_STATUS; command++) {
        for (size_t i = 0; i < option_count; i++) {
            const struct option_row *row = &option_table[i];
            if (!option_belongs(row, command))
                continue;
            assert_ptr_equal(option_by_name(command, row->name, strlen(row->name)), row);
            if (row->letter)
                assert_ptr_equal(option_by_letter(command, row->letter), row);
        }
    }
}

/* Help goes to standard output, in lines a terminal can hold, and tells of every option. */
static void help_is_readable(void **state)
{
    (void)state;
    static const char *const lines[] = {"--help", "-h",        "help",           "help get",
                                        "get -h", "x -j 3 -h", "compare --help", "help compare"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct cli cli;
        assert_int_equal(parse(&cli, lines[i]), 1000);
        assert_int_equal(strncmp(said, "Usage: fetch", 12), 0);
        for (const char *line = said; *line; line += strcspn(line, "\n") + 1)
            assert_true(strcspn(line, "\n") < 80);
        assert_non_null(strstr(said, "-j, --jobs N"));
        assert_null(strstr(said, "--stats-fd"));
        assert_int_equal(strstr(said, "--runs N") != NULL, i >= 6);
        assert_int_equal(strstr(said, "--mode MODE") != NULL, i < 6);
    }
    struct cli cli;
    assert_int_equal(parse(&cli, "help status"), 1000);
    assert_non_null(strstr(said, "--url URL"));
    assert_null(strstr(said, "--jobs"));
    assert_int_equal(parse(&cli, "-V"), 1000);
    assert_int_equal(strncmp(said, "fetch ", 6), 0);
    assert_non_null(strstr(said, "libcurl"));
    assert_non_null(strstr(said, "c-ares"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(options_mix_with_sources),
        cmocka_unit_test(options_of_transfers),
        cmocka_unit_test(options_of_logins),
        cmocka_unit_test(words_and_bounds),
        cmocka_unit_test(allowed_protocols),
        cmocka_unit_test(output_of_a_single_url),
        cmocka_unit_test(headers_come_from_a_file),
        cmocka_unit_test(compare_hands_options_on),
        cmocka_unit_test(every_option_is_there_once),
        cmocka_unit_test(help_is_readable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
