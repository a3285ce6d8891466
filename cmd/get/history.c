#include "cmd/get/history.h"

#include "cmd/get/argument.h"
#include "cmd/get/signals.h"
#include "cmd/journal/recorder.h"
#include "engine/deadline.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool is_wanted(const struct get_options *options, const struct store_directory *directory)
{
    if (options->no_journal || directory->parts_fd < 0 || options->file_name)
        return false;
    return !arguments_are_single_url(options) || options->retry_failed ||
           journal_exists(directory->parts_fd);
}

/* The reader's connection, where there is something to read. */
static int open_reader(struct history *history, const char *path, bool synced, char **place)
{
    if (journal_is_empty(history->journal))
        return 0;
    int error = journal_index(history->journal, signals_caught);
    if (error)
        *place = history_problem(history, error);
    return error ? error : journal_open(&history->reader, path, JOURNAL_READ, synced, place);
}

/* Nobody knows what failed. */
static int refuse_retry(const char *dir, char **place)
{
    if (asprintf(place, "option --retry-failed: there is no journal of an earlier run in %s", dir) <
        0)
        *place = NULL;
    return -ENOENT;
}

int history_open(struct history *history, const struct get_options *options,
                 const struct store_directory *directory, char **place)
{
    char *path = NULL;
    if (!is_wanted(options, directory))
        return 0;
    if (options->retry_failed && !journal_exists(directory->parts_fd))
        return refuse_retry(directory->dir, place);
    if (asprintf(&path, "%s/.fetch", directory->dir) < 0)
        return -ENOMEM;
    int error = journal_open(&history->journal, path, JOURNAL_WRITE, options->fsync, place);
    if (!error)
        error = open_reader(history, path, options->fsync, place);
    free(path);
    if (error)
        return error;
    /* A single URL's run is not alone in DIR: another may be on, and what a list has done is not
     * for it to go by. */
    history->after_kill = directory->locked && journal_pass_was_killed(history->journal);
    history->goes_on = directory->locked && !journal_was_complete(history->journal);
    history->only_failed = options->retry_failed;
    history->recorder = recorder_new(history->journal);
    if (!history->recorder)
        return -ENOMEM;
    if (directory->locked)
        error = journal_mark_begin(history->journal);
    history->marked = directory->locked && !error;
    if (error)
        *place = history_problem(history, error);
    return error;
}

int history_finish(struct history *history, bool broken_off)
{
    /* What failed is not all that was left to do. */
    bool complete = !broken_off && !(history->only_failed && history->goes_on);
    int error = history->recorder ? recorder_flush(history->recorder) : 0;
    /* Without all rows it is as if it had been killed. */
    if (!error && history->marked)
        error = journal_mark_end(history->journal, complete);
    return error;
}

void history_close(struct history *history)
{
    recorder_free(history->recorder);
    journal_close(history->reader);
    journal_close(history->journal);
    *history = (struct history){0};
}

void history_attach(struct history *history)
{
    if (history->recorder)
        recorder_attach(history->recorder);
}

void history_detach(struct history *history)
{
    if (history->recorder)
        recorder_detach(history->recorder);
}

int64_t history_tick(struct history *history, int64_t now)
{
    return history->recorder ? recorder_tick(history->recorder, now) : DEADLINE_NEVER;
}

static enum journal_outcome journal_word(enum outcome_kind kind)
{
    switch (kind) {
    case OUTCOME_OK:
        return JOURNAL_OK;
    case OUTCOME_UNCHANGED:
        return JOURNAL_UNCHANGED;
    case OUTCOME_SKIPPED:
        return JOURNAL_SKIPPED;
    case OUTCOME_FAILED:
    case OUTCOME_NOT_TRIED:
        break;
    }
    return JOURNAL_FAILED;
}

/* Does the row that was found name another file than the one that there is now? */
static bool is_renamed(const struct entry *entry, const struct outcome *outcome)
{
    const struct known *known = entry->known;
    if (!known || !known->row)
        return false;
    return known->renamed || (outcome->name && strcmp(outcome->name, entry->name) != 0);
}

int history_record(struct history *history, const struct entry *entry,
                   const struct outcome *outcome)
{
    if (!history->recorder || entry->problem || outcome->kind == OUTCOME_NOT_TRIED)
        return 0;
    char *owned;
    const char *key = entry_key(entry, &owned);
    if (!key)
        return -ENOMEM;
    const struct known *known = entry->known;
    bool has_file = outcome->kind == OUTCOME_OK || outcome->kind == OUTCOME_UNCHANGED;
    int error =
        recorder_add(history->recorder, &(struct journal_row){
                                            .id = known ? known->row : 0,
                                            .renamed = is_renamed(entry, outcome),
                                            .url = key,
                                            .name = outcome->name ? outcome->name : entry->name,
                                            .size = has_file ? outcome->file_size : -1,
                                            .mtime_ns = outcome->mtime_ns,
                                            .etag = outcome->etag,
                                            .last_modified = outcome->last_modified,
                                            .checksum = outcome->checksum,
                                            .outcome = journal_word(outcome->kind),
                                            .status = outcome->status,
                                            .attempts = outcome->attempts,
                                            .error = outcome->error,
                                            .finished = time(NULL),
                                        });
    free(owned);
    return error;
}

char *history_problem(const struct history *history, int error)
{
    char *text;
    const char *why = journal_problem(history->journal);
    if (asprintf(&text, "cannot write the journal %s: %s", journal_path(history->journal),
                 error == -ENOMEM || !why ? strerror(-error) : why) < 0)
        return NULL;
    return text;
}
