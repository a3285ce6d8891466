#include "cmd/compare/compare.h"

#include "cmd/compare/measure.h"
#include "cmd/compare/table.h"
#include "cmd/compare/trees.h"
#include "cmd/compare/waterfalls.h"
#include "cmd/exit_status.h"
#include "cmd/get/children.h"
#include "cmd/get/directories.h"
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const mode_names[] = {
    [MODE_ASYNC] = "async",
    [MODE_SYNC] = "sync",
    [MODE_THREADS] = "threads",
    [MODE_PROCESSES] = "processes",
};

struct comparison {
    const struct cli *cli;
    char program[PATH_MAX]; /* ourselves */
    char directory[PATH_MAX];
    bool scratch;  /* the directory is ours to remove */
    char *rows[4]; /* with --report: what each mode writes for it, in their order; owned */
    char *list;    /* standard input, kept so that each mode can read it; owned */
    char **argv;   /* of the child; owned array, room for all */
    int status;    /* exit status so far */
};

static volatile sig_atomic_t interrupted;

static void on_signal(int signal)
{
    interrupted = 1;
    measure_forward(signal);
}

/* A mode's own directory. */
static void mode_directory(const struct comparison *comparison, unsigned mode, char *path,
                           size_t size)
{
    snprintf(path, size, "%s/%s", comparison->directory, mode_names[mode]);
}

/* Where the modes leave their rows. A report that cannot be written is found out now. */
static int prepare_report(struct comparison *comparison)
{
    const struct cli *cli = comparison->cli;
    FILE *file = fopen(cli->get.report, "ae");
    if (!file || fclose(file))
        return -errno;
    for (unsigned i = 0; i < cli->mode_count; i++) {
        if (asprintf(&comparison->rows[i], "%s/.%s.rows", comparison->directory,
                     mode_names[cli->mode_order[i]]) < 0) {
            comparison->rows[i] = NULL;
            return -ENOMEM;
        }
    }
    return 0;
}

/* Copies standard input into a file of the scratch directory, for it can be read only once. */
static int keep_standard_input(struct comparison *comparison)
{
    char buf[65536];
    size_t got;
    if (asprintf(&comparison->list, "%s/.list", comparison->directory) < 0) {
        comparison->list = NULL;
        return -ENOMEM;
    }
    FILE *file = fopen(comparison->list, "wxe");
    if (!file)
        return -errno;
    while ((got = fread(buf, 1, sizeof buf, stdin)) > 0)
        fwrite(buf, 1, got, file);
    int error = ferror(stdin) || ferror(file) ? -EIO : 0;
    if (fclose(file) && !error)
        error = -errno;
    return error;
}

static int make_directory(struct comparison *comparison)
{
    const char *output = comparison->cli->get.output;
    const char *tmp = getenv("TMPDIR");
    comparison->scratch = output == NULL;
    if (output) {
        snprintf(comparison->directory, sizeof comparison->directory, "%s", output);
        return directories_make(output);
    }
    snprintf(comparison->directory, sizeof comparison->directory, "%s/fetch-compare-XXXXXX",
             tmp && *tmp ? tmp : "/tmp");
    return mkdtemp(comparison->directory) ? 0 : -errno;
}

/* Each mode begins with an empty directory, for which what an earlier run left there is removed.
 * What somebody else has put there is not: with -o a directory that is not empty is refused. */
static int refuse_full_directories(const struct comparison *comparison)
{
    char directory[PATH_MAX + 16];
    for (unsigned i = 0; i < comparison->cli->mode_count; i++) {
        mode_directory(comparison, comparison->cli->mode_order[i], directory, sizeof directory);
        if (rmdir(directory) == 0 || errno == ENOENT)
            continue;
        int error = -errno;
        fprintf(stderr, "fetch: cannot begin with an empty %s: %s\n", directory, strerror(-error));
        return error;
    }
    return 0;
}

/* Where the files go, who we are, what is read. 0 or -errno, said on standard error. */
static int prepare(struct comparison *comparison)
{
    const struct cli *cli = comparison->cli;
    ssize_t length =
        readlink("/proc/self/exe", comparison->program, sizeof comparison->program - 1);
    int error = length < 0 ? -errno : make_directory(comparison);
    for (size_t i = 0; i < cli->get.source_count && !error; i++)
        if (strcmp(cli->get.sources[i], "-") == 0 && !comparison->list)
            error = keep_standard_input(comparison);
    comparison->argv =
        calloc(cli->passed_count + cli->get.source_count + 20, sizeof *comparison->argv);
    if (!error && !comparison->argv)
        error = -ENOMEM;
    if (error)
        fprintf(stderr, "fetch: cannot prepare the comparison in %s: %s\n", comparison->directory,
                strerror(-error));
    if (!error && cli->get.report) {
        error = prepare_report(comparison);
        if (error)
            fprintf(stderr, "fetch: cannot write %s: %s\n", cli->get.report, strerror(-error));
    }
    return error ? error : refuse_full_directories(comparison);
}

/* fetch get OPTIONS --mode MODE -o DIR/MODE -- SOURCES; `rows`: for --report, or NULL. */
static void build_argv(struct comparison *comparison, unsigned mode, char *directory, char *rows)
{
    const struct cli *cli = comparison->cli;
    char **argv = comparison->argv;
    static const char *const fixed[] = {"--no-config", "--no-journal", "--quiet", "--stats-fd",
                                        "3",           "--mode"};
    *argv++ = comparison->program;
    *argv++ = (char *)"get";
    for (size_t i = 0; i < cli->passed_count; i++)
        *argv++ = cli->passed[i];
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        *argv++ = (char *)fixed[i];
    *argv++ = (char *)mode_names[mode];
    *argv++ = (char *)"-o";
    *argv++ = directory;
    if (rows) {
        *argv++ = (char *)"--report-rows";
        *argv++ = rows;
    }
    *argv++ = (char *)"--";
    for (size_t i = 0; i < cli->get.source_count; i++) {
        bool stdin_source = strcmp(cli->get.sources[i], "-") == 0;
        *argv++ = stdin_source ? comparison->list : cli->get.sources[i];
    }
    *argv = NULL;
}

/* One run into an empty directory. 0; 1 when it ended without an account and has said why itself;
 * -errno. */
static int run_once(struct comparison *comparison, unsigned mode, const char *directory,
                    struct measurement *measured)
{
    int error = trees_remove(directory);
    if (error && error != -ENOENT)
        return error;
    error = measure_run(comparison->argv, mode == MODE_PROCESSES, measured);
    if (measured->status > comparison->status)
        comparison->status = measured->status;
    bool said = error == -EPROTO && measured->status > 0 && measured->status <= EXIT_MACHINE;
    return said ? 1 : error;
}

/* Runs one mode --runs times; the last run's rows stay. As run_once(), the error said on standard
 * error. */
static int run_mode(struct comparison *comparison, unsigned mode, char *rows,
                    struct measurement *median)
{
    unsigned runs = comparison->cli->runs;
    char directory[PATH_MAX + 16];
    struct measurement *measured = calloc(runs, sizeof *measured);
    int error = measured ? 0 : -ENOMEM;
    /* The last slash tells get that a single URL's name goes below it. */
    snprintf(directory, sizeof directory, "%s/%s/", comparison->directory, mode_names[mode]);
    build_argv(comparison, mode, directory, rows);
    for (unsigned run = 0; run < runs && !error && !interrupted; run++)
        error = run_once(comparison, mode, directory, &measured[run]);
    if (!error && !interrupted)
        measure_median(measured, runs, median);
    if (error < 0 && !interrupted)
        fprintf(stderr, "fetch: mode %s could not be run: %s\n", mode_names[mode],
                strerror(-error));
    free(measured);
    return error;
}

static unsigned mode_jobs(const struct cli *cli, unsigned mode)
{
    if (mode == MODE_SYNC)
        return 1;
    if (mode == MODE_PROCESSES && cli->get.jobs > CHILDREN_MAX)
        return CHILDREN_MAX;
    return cli->get.jobs;
}

/* Every mode's files against the first mode's. */
static int compare_files(struct comparison *comparison)
{
    const struct cli *cli = comparison->cli;
    char first[PATH_MAX + 16];
    char other[PATH_MAX + 16];
    char what[3 * PATH_MAX] = "";
    int result = 0;
    mode_directory(comparison, cli->mode_order[0], first, sizeof first);
    for (unsigned i = 1; i < cli->mode_count && result == 0; i++) {
        mode_directory(comparison, cli->mode_order[i], other, sizeof other);
        result = trees_compare(first, other, what, sizeof what);
    }
    if (result < 0)
        fprintf(stderr, "fetch: cannot compare the modes' files: %s\n", strerror(-result));
    else if (result)
        fprintf(stderr, "fetch: the modes' files differ: %s\n", what);
    return result;
}

static int show(struct comparison *comparison, const struct table_row *rows)
{
    const struct cli *cli = comparison->cli;
    int shown =
        cli->json ? table_print_json(rows, cli->mode_count) : table_print(rows, cli->mode_count);
    int written = 0;
    if (cli->get.report)
        written =
            waterfalls_write(cli->get.report, rows, comparison->rows, cli->mode_count, &cli->get);
    if (written)
        fprintf(stderr, "fetch: cannot write %s: %s\n", cli->get.report, strerror(-written));
    return shown ? shown : written;
}

static void run_and_show(struct comparison *comparison)
{
    const struct cli *cli = comparison->cli;
    struct table_row rows[4] = {0};
    int error = 0;
    for (unsigned i = 0; i < cli->mode_count && !error && !interrupted; i++) {
        unsigned mode = cli->mode_order[i];
        rows[i].mode = mode_names[mode];
        rows[i].jobs = mode_jobs(cli, mode);
        error = run_mode(comparison, mode, comparison->rows[i], &rows[i].measured);
    }
    if (interrupted)
        return;
    if (!error)
        error = show(comparison, rows);
    if (error < 0)
        comparison->status = EXIT_MACHINE;
    else if (!error && compare_files(comparison) && comparison->status == 0)
        comparison->status = EXIT_FAILED;
}

/* The modes' rows are in the report, if they came to one; an empty file is none. */
static void tidy_report(struct comparison *comparison)
{
    const char *report = comparison->cli->get.report;
    struct stat status;
    if (report && stat(report, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0)
        (void)unlink(report); /* what nobody misses */
    for (unsigned i = 0; i < 4; i++) {
        if (comparison->rows[i] && !comparison->scratch)
            (void)unlink(comparison->rows[i]); /* it may never have been made */
        free(comparison->rows[i]);
    }
}

/* Removes what is ours; a kept directory loses only the list. */
static void tidy(struct comparison *comparison)
{
    int error = 0;
    if (comparison->scratch && *comparison->directory)
        error = trees_remove(comparison->directory);
    else if (comparison->list && unlink(comparison->list))
        error = -errno;
    if (error && error != -ENOENT)
        fprintf(stderr, "fetch: cannot remove %s: %s\n", comparison->directory, strerror(-error));
    tidy_report(comparison);
    free(comparison->list);
    free(comparison->argv);
}

int compare_run(const struct cli *cli)
{
    struct comparison comparison = {.cli = cli};
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (prepare(&comparison))
        comparison.status = EXIT_MACHINE;
    else
        run_and_show(&comparison);
    tidy(&comparison);
    return interrupted ? EXIT_INTERRUPTED : comparison.status;
}
