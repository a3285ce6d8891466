#include "cmd/get/dry_run.h"

#include "cmd/exit_status.h"
#include "cmd/get/escape.h"
#include "cmd/get/name.h"
#include "cmd/get/report.h"
#include "cmd/get/signals.h"
#include "cmd/get/url_list.h"
#include "cmd/journal/journal.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct rehearsal {
    int dir_fd; /* -1: there is no such directory yet */
    const struct get_options *options;
    struct url_list *list;
    struct journal *journal; /* NULL: there is none */
    struct report *report;
};

/* Names that files have from earlier runs are theirs again. Where we may not write, those of the
 * latest run, which have yet to be sorted in, are not found. */
static int open_journal(struct rehearsal *rehearsal, char **place)
{
    const struct get_options *options = rehearsal->options;
    char *path = NULL, *file = NULL;
    if (asprintf(&path, "%s/.fetch", options->directory) < 0)
        return -ENOMEM;
    int error = 0;
    if (asprintf(&file, "%s/journal.db", path) < 0) {
        file = NULL;
        error = -ENOMEM;
    }
    if (!error && access(file, F_OK) == 0) {
        bool writable = access(file, W_OK) == 0;
        error = journal_open(&rehearsal->journal, path, writable ? JOURNAL_WRITE : JOURNAL_READ,
                             false, place);
        if (!error && writable)
            error = journal_index(rehearsal->journal, signals_caught);
    }
    free(file);
    free(path);
    return error;
}

static int rehearsal_open(struct rehearsal *rehearsal, char **place)
{
    const struct get_options *options = rehearsal->options;
    rehearsal->dir_fd = open(options->directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int error = url_list_open(&rehearsal->list, options, place);
    if (!error)
        error = report_new(&rehearsal->report, options, place);
    if (!error)
        error = signals_install();
    if (!error && !options->no_journal && !options->out_null && !options->to_stdout)
        error = open_journal(rehearsal, place);
    if (!error)
        error = url_list_recall(rehearsal->list, rehearsal->journal, false, false);
    if (!error)
        report_watch_list(rehearsal->report, rehearsal->list);
    return error;
}

static void rehearsal_close(struct rehearsal *rehearsal)
{
    if (rehearsal->dir_fd >= 0)
        close(rehearsal->dir_fd);
    report_free(rehearsal->report);
    url_list_close(rehearsal->list);
    journal_close(rehearsal->journal);
}

/* Names may hold what a terminal would act on. 0 or -ENOMEM. */
static int print_line(const struct get_options *options, const struct entry *entry)
{
    char *url = url_redacted(&entry->url);
    char *place = entry->name ? name_below(options->directory, entry->name) : NULL;
    int error = url && (place || !entry->name) ? 0 : -ENOMEM;
    char *safe = place && isatty(STDOUT_FILENO) ? escape_text(place) : NULL;
    if (!error)
        printf("%s\t%s\n", url, safe ? safe : place ? place : options->to_stdout ? "-" : "");
    free(url);
    free(place);
    free(safe);
    return error;
}

static bool is_taken(const struct rehearsal *rehearsal, const char *name, bool *by_directory)
{
    struct stat status;
    if (!name || rehearsal->dir_fd < 0 ||
        fstatat(rehearsal->dir_fd, name, &status, AT_SYMLINK_NOFOLLOW))
        return false;
    *by_directory = S_ISDIR(status.st_mode);
    return true;
}

/* --if-exists rename. 0 or -ENOMEM. */
static int take_number(const struct rehearsal *rehearsal, struct entry *entry)
{
    bool by_directory;
    for (unsigned number = 1;; number++) {
        const char *slash = strrchr(entry->name, '/');
        const char *base = slash ? slash + 1 : entry->name;
        char *numbered = name_numbered(base, number), *path;
        if (!numbered)
            return -ENOMEM;
        int length = asprintf(&path, "%.*s%s", (int)(base - entry->name), entry->name, numbered);
        free(numbered);
        if (length < 0)
            return -ENOMEM;
        if (!is_taken(rehearsal, path, &by_directory)) {
            free(entry->name);
            entry->name = path;
            return 0;
        }
        free(path);
    }
}

/* What --if-exists makes of the entry. 0 or -ENOMEM. */
static int foresee(const struct rehearsal *rehearsal, struct entry *entry, struct outcome *outcome)
{
    enum if_exists choice = rehearsal->options->if_exists;
    bool by_directory;
    if (choice == EXISTS_UPDATE || choice == EXISTS_OVERWRITE ||
        !is_taken(rehearsal, entry->name, &by_directory))
        return 0;
    if (choice == EXISTS_RENAME)
        return take_number(rehearsal, entry);
    if (choice == EXISTS_SKIP && !by_directory)
        outcome->kind = OUTCOME_SKIPPED;
    else
        outcome_fail(outcome, "%s: %s", entry->name, strerror(by_directory ? EISDIR : EEXIST));
    return 0;
}

/* What would be asked for is not tried; a wrong line fails as it always does. 0 or -ENOMEM. */
static int tell(struct rehearsal *rehearsal, struct entry *entry)
{
    const struct get_options *options = rehearsal->options;
    struct outcome outcome = {0};
    int error = 0;
    if (entry->problem)
        outcome_refuse(&outcome, entry->option, entry->problem);
    else
        error = foresee(rehearsal, entry, &outcome);
    if (!error && outcome.kind == OUTCOME_NOT_TRIED)
        error = print_line(options, entry);
    (void)report_outcome(rehearsal->report, entry, &outcome); /* there is no log to fail */
    outcome_clear(&outcome);
    return error;
}

static int tell_all(struct rehearsal *rehearsal)
{
    struct entry *entry;
    int error;
    while ((error = url_list_next(rehearsal->list, &entry)) == 0) {
        error = tell(rehearsal, entry);
        entry_free(entry);
        if (error)
            break;
    }
    return error == 1 ? 0 : error;
}

int dry_run(const struct get_options *options)
{
    struct get_options quiet = *options;
    quiet.log = quiet.har = quiet.report = quiet.report_rows = NULL;
    quiet.progress = PROGRESS_NONE;
    struct rehearsal rehearsal = {.dir_fd = -1, .options = &quiet};
    char *place = NULL;
    int error = rehearsal_open(&rehearsal, &place);
    if (error) {
        fprintf(stderr, "fetch: %s\n", place ? place : strerror(-error));
        free(place);
        rehearsal_close(&rehearsal);
        return EXIT_MACHINE;
    }
    error = tell_all(&rehearsal);
    bool interrupted = error == -ECANCELED || signals_caught();
    const char *problem = url_list_problem(rehearsal.list);
    if (error && !interrupted)
        report_problem(rehearsal.report, problem ? problem : strerror(-error));
    report_duplicates(rehearsal.report, url_list_skipped(rehearsal.list));
    int reported = report_finish(rehearsal.report, interrupted);
    int status = error || reported ? EXIT_MACHINE : report_exit_status(rehearsal.report);
    rehearsal_close(&rehearsal);
    return interrupted ? EXIT_INTERRUPTED : status;
}
