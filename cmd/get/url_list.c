#include "cmd/get/url_list.h"

#include "cmd/get/argument.h"
#include "cmd/get/draft.h"
#include "cmd/get/extent.h"
#include "cmd/get/name.h"
#include "cmd/get/naming.h"
#include "cmd/get/recall.h"
#include "cmd/get/seen.h"
#include "cmd/get/source.h"
#include "engine/io/io.h"
#include "engine/sched/blocking.h"
#include "engine/sched/task.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    /* Lines that came to nothing, before the other tasks have their turn and before a plain thread
     * looks for an interrupt. */
    BARREN_LINES = 256,
    BARREN_LINES_BLOCKING = 65536,
};

/* What one step through the sources came to; negative: -errno. */
enum step {
    STEP_ENTRY, /* 0 and 1 are also what url_list_next() returns */
    STEP_END,
    STEP_NOTHING, /* a comment, the end of one list, the first line of an entry */
    STEP_WAIT,    /* there is no line yet */
};

/* A pipe may bring an option line a moment after the line it belongs to. Who writes options at all
 * is waited for until the next line comes. */
#define PATIENCE (50 * NSEC_PER_MSEC)

static const char byte_order_mark[] = "\xef\xbb\xbf";

struct url_list {
    const struct get_options *options;
    size_t next_source;    /* in options->sources */
    struct source *source; /* the list being read; NULL: none */
    const char *name;      /* of the list being read, for the user */
    bool csv;
    bool has_options;          /* one at least */
    uint64_t line;             /* in that list */
    struct metalink *metalink; /* that list is one of its documents; NULL: it is not */
    struct draft draft;        /* the entry whose options may follow */
    int64_t patience;          /* how long it waits for them; 0: that is not known yet */
    int failure;               /* -errno to be told with the next step; 0: none */
    uint64_t number;
    uint64_t duplicates;
    struct extent extent;
    unsigned barren; /* lines in a row that gave no entry */
    struct url_parser parser;
    struct seen *urls;     /* their texts */
    struct naming *naming; /* of their files */
    struct recall *recall; /* NULL: names need no look at a journal */
    bool warned[LIST_OPTION_COUNT];
    url_list_warn *warn;
    void *warn_ctx;
    struct entry *ahead; /* read by url_list_ready() */
    int ahead_step;      /* and what it came to; STEP_WAIT: nothing was read */
    char *problem;
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
    list->ahead_step = STEP_WAIT;
    for (size_t i = 0; i < options->source_count; i++)
        extent_add(&list->extent, options, options->sources[i]);
    list->urls = seen_new(NULL);
    list->naming = naming_new(options->transfer.remote_header_name);
    if (!list->urls || !list->naming) {
        url_list_close(list);
        return -ENOMEM;
    }
    *out = list;
    return 0;
}

void url_list_close(struct url_list *list)
{
    if (!list)
        return;
    entry_free(list->ahead);
    draft_clear(&list->draft);
    source_close(list->source);
    metalink_free(list->metalink);
    url_parser_clear(&list->parser);
    seen_free(list->urls);
    recall_free(list->recall);
    naming_free(list->naming);
    free(list->problem);
    free(list);
}

/* Keeps why a source or the temporary file failed, in words. */
static int url_list_fail(struct url_list *list, int error, const char *verb, const char *name,
                         const char *why)
{
    free(list->problem);
    list->problem = argument_complaint(verb, name, why ? why : strerror(-error));
    return error;
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

static int url_add(struct url_list *list, const char *text)
{
    int added = seen_add(list->urls, text, strlen(text));
    if (added >= 0)
        return added;
    return url_list_fail(list, added, "remember", "the URLs seen in a temporary file", NULL);
}

/* The name that the list or the URL gives the file. */
static char *plain_name(const struct url_list *list, const struct entry *entry)
{
    const struct place *place = &list->draft.place;
    if (place->out)
        return name_given(place->dir, place->out);
    char *name = name_from_url(&entry->url, list->options->layout);
    if (!name || !place->dir)
        return name;
    char *inside = name_given(place->dir, name);
    free(name);
    return inside;
}

/* The name of the entry's file, one that no other URL of the job has; but the plain one where
 * `recall` will see to that. */
static int give_name(struct url_list *list, struct entry *entry)
{
    const struct get_options *options = list->options;
    if (options->out_null || options->to_stdout)
        return 0;
    if (options->file_name) {
        entry->name = strdup(options->file_name);
        return entry->name ? 0 : -ENOMEM;
    }
    entry->name = plain_name(list, entry);
    entry->named = list->draft.place.out != NULL;
    if (!entry->name)
        return -ENOMEM;
    return list->recall ? 0 : naming_fail(list, naming_give(list->naming, entry));
}

/* Keeps the entry that was begun, unless its URL came before. 0 or -errno. */
static int keep_entry(struct url_list *list, const char *source, uint64_t number)
{
    struct draft *draft = &list->draft;
    draft->entry->source = source;
    draft->entry->line = number;
    list->patience = 0;
    int added = draft->entry->problem ? 1 : url_add(list, draft->entry->url.text);
    if (added > 0)
        return 0;
    list->duplicates += added == 0;
    entry_free(draft_take(draft, ABOVE_LEFT_OUT));
    return added;
}

/* Begins an entry with a line of URLs. 0 or -errno. */
static int begin_entry(struct url_list *list, struct list_line *line, const char *source,
                       uint64_t number)
{
    const char *protocols = list->options->transfer.protocols;
    int error = draft_begin(&list->draft, line, &list->parser, protocols);
    return error ? error : keep_entry(list, source, number);
}

/* Hands out the entry that was begun, if there is one. */
static int finish_entry(struct url_list *list, enum draft_above above, struct entry **out)
{
    struct entry *entry = list->draft.entry;
    if (!entry)
        return STEP_NOTHING;
    int error = entry->problem ? 0 : give_name(list, entry);
    if (error) {
        draft_clear(&list->draft);
        return error;
    }
    entry->number = ++list->number;
    *out = draft_take(&list->draft, above);
    return STEP_ENTRY;
}

/* Once a key: an option of aria2's that does nothing here. */
static int warn_idle(struct url_list *list, int option, struct span key)
{
    char *text;
    if (list->warned[option] || !list->warn)
        return 0;
    list->warned[option] = true;
    if (asprintf(&text, "%s:%" PRIu64 ": the option %.*s has no effect here", list->name,
                 list->line, (int)key.length, key.text) < 0)
        return -ENOMEM;
    list->warn(list->warn_ctx, text);
    free(text);
    return 0;
}

/* A line with an option for the entry that was begun above it. */
static int read_option(struct url_list *list, const struct list_line *line)
{
    struct draft *draft = &list->draft;
    int option = list_option_find(line->key);
    list->has_options = true;
    list->patience = 0;
    bool had_problem = draft->entry && draft->entry->problem;
    int result = draft_option(draft, line, option);
    if (result == DRAFT_OPTION_IDLE)
        result = warn_idle(list, option, line->key);
    if (result < 0)
        return result;
    if (draft->entry && draft->entry->problem && !had_problem) {
        draft->entry->source = list->name;
        draft->entry->line = list->line;
    }
    return STEP_NOTHING;
}

/* What stands on one line. A line of URLs ends the entry before. */
static int read_line(struct url_list *list, const struct source_line *line, struct entry **entry)
{
    char *text = line->text;
    size_t length = line->length;
    size_t mark = sizeof byte_order_mark - 1;
    if (++list->line == 1 && length >= mark && memcmp(text, byte_order_mark, mark) == 0) {
        text += mark;
        length -= mark;
    }
    struct list_line content;
    bool some = list->csv ? list_line_read_csv(text, length, &content)
                          : list_line_read(text, length, &content);
    if (!some)
        return STEP_NOTHING;
    if (line->cut)
        content.problem = "line longer than 64 KiB";
    if (content.key.length > 0)
        return read_option(list, &content);
    int step = finish_entry(list, ABOVE_NOTHING, entry);
    int error = step < 0 ? 0 : begin_entry(list, &content, list->name, list->line);
    if (step != STEP_ENTRY)
        return error ? error : step;
    list->failure = error; /* told when that entry has been taken */
    return step;
}

/* The next line. Who waits for further options of an entry loses patience after a while. */
static int next_line(struct url_list *list, bool wait, struct source_line *line)
{
    int error = source_next(list->source, DEADLINE_NOW, line);
    if (error != -EAGAIN)
        return error;
    if (list->draft.entry && !list->patience)
        list->patience = list->has_options ? DEADLINE_NEVER : deadline_in(PATIENCE);
    return wait ? source_next(list->source, url_list_due(list), line) : error;
}

/* The list being read ends, well or not. Its last entry is still to be given out. */
static int end_list(struct url_list *list, int error, struct entry **entry)
{
    if (error < 0)
        url_list_fail(list, error, "read", list->name, source_problem(list->source));
    source_close(list->source);
    metalink_free(list->metalink);
    list->source = NULL;
    list->metalink = NULL;
    list->failure = error < 0 ? error : 0;
    return finish_entry(list, ABOVE_NOTHING, entry);
}

static int next_of_list(struct url_list *list, bool wait, struct entry **entry)
{
    struct source_line line;
    int error = next_line(list, wait, &line);
    if (!error)
        return read_line(list, &line, entry);
    if (error == -EAGAIN && deadline_clock() >= url_list_due(list))
        return finish_entry(list, ABOVE_GIVEN, entry);
    if (error == -EAGAIN)
        return STEP_WAIT;
    return error == -ECANCELED ? error : end_list(list, error, entry);
}

/* Feeds the document's reader. At the end of the document it is told so. */
static int read_document(struct url_list *list, bool wait)
{
    struct source_line some;
    int error = source_next_some(list->source, wait ? DEADLINE_NEVER : DEADLINE_NOW, &some);
    if (error == -EAGAIN)
        return STEP_WAIT;
    if (error < 0)
        return error;
    metalink_feed(list->metalink, some.text, some.length);
    return STEP_NOTHING;
}

/* The next file of a Metalink document. A document that is wrong is a failure as a wrong line is.
 */
static int next_of_document(struct url_list *list, bool wait, struct entry **entry)
{
    struct metalink_file *file;
    int step;
    int error = metalink_next(list->metalink, &file);
    if (error == -EAGAIN) {
        step = read_document(list, wait);
        return step >= 0 || step == -ECANCELED ? step : end_list(list, step, entry);
    }
    if (error == 1 || error == -ENOMEM)
        return end_list(list, error, entry);
    uint64_t line = file ? file->line : metalink_line(list->metalink);
    if (!error)
        error =
            draft_begin_file(&list->draft, file, &list->parser, list->options->transfer.protocols);
    else
        error =
            draft_begin_complaint(&list->draft, "cannot read on", metalink_problem(list->metalink));
    if (!error)
        error = keep_entry(list, list->name, line);
    bool ends = !file;
    metalink_file_free(file);
    if (error)
        return error;
    return ends ? end_list(list, 0, entry) : finish_entry(list, ABOVE_LEFT_OUT, entry);
}

/* A URL of the command line is an entry by itself. */
static int read_argument(struct url_list *list, const char *text, struct entry **entry)
{
    struct list_line line = {
        .text = {text, strlen(text)},
        .checksum = list->options->checksum,
    };
    int error = begin_entry(list, &line, "command line", list->next_source);
    return error ? error : finish_entry(list, ABOVE_NOTHING, entry);
}

static bool is_csv(const struct url_list *list, const char *source)
{
    switch (list->options->list_format) {
    case LIST_TEXT:
        return false;
    case LIST_CSV:
        return true;
    case LIST_AUTO:
        break;
    }
    return argument_ends_in(source, ".csv") || argument_ends_in(source, ".csv.gz");
}

/* Goes on to the next source: a URL is an entry by itself, a list is opened. */
static int next_source(struct url_list *list, struct entry **entry)
{
    if (list->next_source == list->options->source_count)
        return STEP_END;
    const char *source = list->options->sources[list->next_source++];
    extent_begin(&list->extent, list->options, source);
    if (argument_is_url(list->options, source))
        return read_argument(list, source, entry);
    list->name = argument_name(source);
    list->line = 0;
    list->csv = is_csv(list, source);
    list->has_options = false;
    if (source == list->options->metalink && !(list->metalink = metalink_new()))
        return -ENOMEM;
    int error = source_open(&list->source, argument_path(source));
    return error ? url_list_fail(list, error, "open", list->name, NULL) : STEP_NOTHING;
}

/* What went wrong while there was an entry to give out first. */
static int take_failure(struct url_list *list)
{
    int error = list->failure;
    list->failure = 0;
    return error;
}

/* One line or one source on. */
static int url_list_step(struct url_list *list, bool wait, struct entry **entry)
{
    int step = take_failure(list);
    if (!step)
        step = !list->source    ? next_source(list, entry)
               : list->metalink ? next_of_document(list, wait, entry)
                                : next_of_list(list, wait, entry);
    list->barren = step == STEP_NOTHING ? list->barren + 1 : 0;
    return step;
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
    list->ahead_step = STEP_WAIT;
    return step;
}

/* The next entry as it was read, as url_list_try_next(). */
static int try_read(void *ctx, struct entry **entry)
{
    struct url_list *list = ctx;
    for (int i = 0; i < BARREN_LINES; i++) {
        int step = url_list_step(list, false, entry);
        if (!list->barren)
            return step == STEP_WAIT ? -EAGAIN : step;
    }
    return -EINPROGRESS;
}

struct naming *url_list_naming(struct url_list *list)
{
    return list->naming;
}

int url_list_recall(struct url_list *list, struct journal *journal, bool after_kill)
{
    naming_use_journal(list->naming, journal, after_kill);
    if (!journal && !list->options->retry_failed)
        return 0;
    list->recall = recall_new(list->naming, list->options->retry_failed, try_read, list);
    return list->recall ? 0 : -ENOMEM;
}

static int try_recall(struct url_list *list, struct entry **entry)
{
    int result = recall_try_next(list->recall, entry);
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
    if (list->ahead_step != STEP_WAIT)
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
    if (list->ahead_step != STEP_WAIT)
        return take_ahead(list, entry);
    return list->recall ? try_recall(list, entry) : try_read(list, entry);
}

bool url_list_ready(struct url_list *list)
{
    if (list->ahead_step != STEP_WAIT)
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
    return list->source ? source_descriptor(list->source) : -1;
}

int64_t url_list_due(const struct url_list *list)
{
    bool recalls = list->recall && recall_descriptor(list->recall) >= 0;
    return list->draft.entry && list->patience && !recalls ? list->patience : DEADLINE_NEVER;
}

bool url_list_holds_back(const struct url_list *list)
{
    return list->draft.entry != NULL;
}

void url_list_on_warning(struct url_list *list, url_list_warn *warn, void *ctx)
{
    list->warn = warn;
    list->warn_ctx = ctx;
}

uint64_t url_list_total(const struct url_list *list, bool *about)
{
    bool ended = list->next_source == list->options->source_count && !list->source;
    uint64_t number = list->number - (list->recall ? recall_left_out(list->recall) : 0);
    *about = !ended;
    if (ended)
        return number + (list->draft.entry != NULL);
    return extent_guess(&list->extent, list->source, number);
}

uint64_t url_list_skipped(const struct url_list *list)
{
    return list->duplicates + (list->recall ? recall_left_out(list->recall) : 0);
}

const char *url_list_problem(const struct url_list *list)
{
    return list->problem;
}
