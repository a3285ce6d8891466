#include "cmd/get/url_list.h"

#include "cmd/get/argument.h"
#include "cmd/get/list_option.h"
#include "cmd/get/list_reader.h"
#include "cmd/get/naming.h"
#include "cmd/get/recall.h"
#include "engine/io/io.h"
#include "engine/sched/blocking.h"
#include "engine/sched/task.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum {
    /* Lines that came to nothing, before the other tasks have their turn and before a plain thread
     * looks for an interrupt. */
    BARREN_LINES = 256,
    BARREN_LINES_BLOCKING = 65536,
};

/* What the reader said last of what it is asked now. */
struct foretold {
    uint64_t total;
    bool about;
    /* Warnings that have not been passed on; owned. */
    char *warnings[LIST_OPTION_COUNT];
    unsigned count;
};

struct url_list {
    const struct get_options *options;
    struct list_reader *reader;
    uint64_t number; /* of entries read */
    unsigned barren; /* steps in a row that gave no entry */
    struct naming *naming;
    struct recall *recall; /* NULL: all happens in place */
    struct foretold told;  /* by the reader, when a job of recall's took it over */
    struct entry *ahead;   /* read by url_list_ready() */
    int ahead_step;        /* and what it came to; LIST_WAIT: nothing was read */
    char *problem;         /* about names; NULL: the reader may have one */
    url_list_warn *warn;   /* NULL: nobody wants to know */
    void *warn_ctx;
};

int url_list_open(struct url_list **out, const struct get_options *options, char **place)
{
    int error = arguments_check(options, place);
    if (error)
        return error;
    struct url_list *list = calloc(1, sizeof *list);
    if (!list)
        return -ENOMEM;
    list->options = options;
    list->ahead_step = LIST_WAIT;
    list->reader = list_reader_new(options);
    list->naming = naming_new(options->transfer.remote_header_name);
    if (!list->reader || !list->naming) {
        url_list_close(list);
        return -ENOMEM;
    }
    *out = list;
    return 0;
}

static void pass_warnings_on(struct url_list *list)
{
    struct foretold *told = &list->told;
    for (unsigned i = 0; i < told->count; i++) {
        if (list->warn)
            list->warn(list->warn_ctx, told->warnings[i]);
        free(told->warnings[i]);
    }
    told->count = 0;
}

void url_list_close(struct url_list *list)
{
    if (!list)
        return;
    entry_free(list->ahead);
    recall_free(list->recall);
    list->warn = NULL;
    pass_warnings_on(list);
    naming_free(list->naming);
    list_reader_free(list->reader);
    free(list->problem);
    free(list);
}

/* Names that cannot be given, in words. */
static int naming_fail(struct url_list *list, int error)
{
    if (!error)
        return 0;
    free(list->problem);
    list->problem = naming_problem(list->naming, error);
    return error;
}

/* Makes the plain name one that no other URL of the job has, unless `recall` will see to that. */
static int give_name(struct url_list *list, struct entry *entry)
{
    if (entry->problem || !entry->name || list->recall || list->options->file_name)
        return 0;
    return naming_fail(list, naming_give(list->naming, entry));
}

/* One line or one source on. */
static int url_list_step(struct url_list *list, bool wait, struct entry **entry)
{
    int step = list_reader_step(list->reader, wait, entry);
    list->barren = step == LIST_NOTHING ? list->barren + 1 : 0;
    if (step != LIST_ENTRY)
        return step;
    (*entry)->number = ++list->number;
    int error = give_name(list, *entry);
    if (error)
        entry_free(*entry);
    return error ? error : step;
}

/* A list may go on without an entry for very long; nobody else shall wait for that. */
static int step_back(const struct url_list *list)
{
    if (task_self())
        return list->barren % BARREN_LINES == 0 ? task_yield() : 0;
    bool look = list->barren % BARREN_LINES_BLOCKING == 0;
    return look && blocking_interrupted() ? -ECANCELED : 0;
}

/* Hands out what url_list_ready() has read. */
static int take_ahead(struct url_list *list, struct entry **entry)
{
    int step = list->ahead_step;
    *entry = list->ahead;
    list->ahead = NULL;
    list->ahead_step = LIST_WAIT;
    return step;
}

static uint64_t left_out(const struct url_list *list)
{
    return list->recall ? recall_left_out(list->recall) : 0;
}

/* The next entry as it was read, as url_list_try_next(). */
static int try_read(void *ctx, struct entry **entry)
{
    struct url_list *list = ctx;
    for (int i = 0; i < BARREN_LINES; i++) {
        int step = url_list_step(list, false, entry);
        if (!list->barren)
            return step == LIST_WAIT ? -EAGAIN : step;
    }
    return -EINPROGRESS;
}

struct naming *url_list_naming(struct url_list *list)
{
    return list->naming;
}

/* May the list have more, which had nothing when it was read last? */
static bool may_go_on(void *ctx)
{
    const struct url_list *list = ctx;
    struct pollfd entry = {.fd = list_reader_descriptor(list->reader), .events = POLLIN};
    return entry.fd < 0 || poll(&entry, 1, 0) != 0 ||
           deadline_clock() >= list_reader_due(list->reader);
}

static void leave_reader(void *ctx)
{
    struct url_list *list = ctx;
    list->told.total = list_reader_total(list->reader, left_out(list), &list->told.about);
}

/* Is the disk needed for more than what a journal knows? The URLs of a command line are few. */
static bool has_lists(const struct get_options *options)
{
    bool found = false;
    for (size_t i = 0; i < options->source_count; i++)
        found = found || !argument_is_url(options, options->sources[i]);
    return found;
}

int url_list_recall(struct url_list *list, struct journal *journal, bool after_kill, bool goes_on)
{
    const struct get_options *options = list->options;
    naming_use_journal(list->naming, journal, after_kill, goes_on);
    if (!journal && !options->retry_failed && !has_lists(options))
        return 0;
    list->recall = recall_new(list->naming, options->retry_failed,
                              &(struct recall_reader){
                                  .read = try_read,
                                  .may_go_on = may_go_on,
                                  .leave = leave_reader,
                                  .ctx = list,
                              });
    return list->recall ? 0 : -ENOMEM;
}

static int try_recall(struct url_list *list, struct entry **entry)
{
    int result = recall_try_next(list->recall, entry);
    if (!recall_reads(list->recall) && list->told.count > 0)
        pass_warnings_on(list);
    return recall_failed(list->recall) ? naming_fail(list, result) : result;
}

/* As url_list_next(), with a journal. */
static int next_recalled(struct url_list *list, struct entry **entry)
{
    int error = 0;
    int result;
    while ((result = try_recall(list, entry)) == -EAGAIN || result == -EINPROGRESS) {
        if (result == -EAGAIN)
            error = io_wait(url_list_descriptor(list), IO_IN, url_list_due(list));
        else
            error = step_back(list);
        if (error < 0 && error != -ETIMEDOUT)
            return error;
    }
    return result;
}

int url_list_next(struct url_list *list, struct entry **entry)
{
    if (list->ahead_step != LIST_WAIT)
        return take_ahead(list, entry);
    if (list->recall)
        return next_recalled(list, entry);
    int error = 0;
    int step;
    do {
        step = url_list_step(list, true, entry);
        if (list->barren)
            error = step_back(list);
    } while (list->barren && !error);
    return error ? error : step;
}

int url_list_try_next(struct url_list *list, struct entry **entry)
{
    if (list->ahead_step != LIST_WAIT)
        return take_ahead(list, entry);
    return list->recall ? try_recall(list, entry) : try_read(list, entry);
}

bool url_list_ready(struct url_list *list)
{
    if (list->ahead_step != LIST_WAIT)
        return true;
    int step = url_list_try_next(list, &list->ahead);
    if (step != -EAGAIN && step != -EINPROGRESS)
        list->ahead_step = step;
    return step != -EAGAIN;
}

int url_list_descriptor(const struct url_list *list)
{
    int event = list->recall ? recall_descriptor(list->recall) : -1;
    if (event >= 0)
        return event;
    return list_reader_descriptor(list->reader);
}

int64_t url_list_due(const struct url_list *list)
{
    bool recalls = list->recall && recall_descriptor(list->recall) >= 0;
    return recalls ? DEADLINE_NEVER : list_reader_due(list->reader);
}

bool url_list_holds_back(const struct url_list *list)
{
    return list_reader_holds_back(list->reader);
}

/* The reader may be on another thread. */
static void keep_warning(void *ctx, const char *text)
{
    struct url_list *list = ctx;
    struct foretold *told = &list->told;
    if (!list->recall) {
        list->warn(list->warn_ctx, text);
        return;
    }
    char *copy = told->count < LIST_OPTION_COUNT ? strdup(text) : NULL;
    if (copy) /* a warning less is no harm */
        told->warnings[told->count++] = copy;
}

void url_list_on_warning(struct url_list *list, url_list_warn *warn, void *ctx)
{
    list->warn = warn;
    list->warn_ctx = ctx;
    list_reader_on_warning(list->reader, keep_warning, list);
}

uint64_t url_list_total(const struct url_list *list, bool *about)
{
    if (list->recall && recall_reads(list->recall)) {
        *about = list->told.about;
        return list->told.total;
    }
    return list_reader_total(list->reader, left_out(list), about);
}

uint64_t url_list_skipped(const struct url_list *list)
{
    return list_reader_duplicates(list->reader) + left_out(list);
}

const char *url_list_problem(const struct url_list *list)
{
    return list->problem ? list->problem : list_reader_problem(list->reader);
}
