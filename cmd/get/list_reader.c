#include "cmd/get/list_reader.h"

#include "cmd/get/argument.h"
#include "cmd/get/draft.h"
#include "cmd/get/extent.h"
#include "cmd/get/name.h"
#include "cmd/get/seen.h"
#include "cmd/get/source.h"
#include "cmd/get/twins.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A pipe may bring an option line a moment after the line it belongs to. Who writes options at all
 * is waited for until the next line comes. */
#define PATIENCE (50 * NSEC_PER_MSEC)

static const char byte_order_mark[] = "\xef\xbb\xbf";

struct list_reader {
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
    uint64_t number;           /* of entries given out */
    uint64_t duplicates;
    struct extent extent;
    struct url_parser parser;
    struct seen *urls;  /* their texts */
    struct twins twins; /* among them */
    bool warned[LIST_OPTION_COUNT];
    void (*warn)(void *ctx, const char *text);
    void *warn_ctx;
    char *problem;
};

struct list_reader *list_reader_new(const struct get_options *options)
{
    struct list_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return NULL;
    reader->options = options;
    for (size_t i = 0; i < options->source_count; i++)
        extent_add(&reader->extent, options, options->sources[i]);
    reader->urls = seen_new(NULL);
    if (reader->urls)
        return reader;
    free(reader);
    return NULL;
}

void list_reader_free(struct list_reader *reader)
{
    if (!reader)
        return;
    draft_clear(&reader->draft);
    source_close(reader->source);
    metalink_free(reader->metalink);
    url_parser_clear(&reader->parser);
    seen_free(reader->urls);
    twins_clear(&reader->twins);
    free(reader->problem);
    free(reader);
}

/* Keeps why a source or the temporary file failed, in words. */
static int list_reader_fail(struct list_reader *reader, int error, const char *verb,
                            const char *name, const char *why)
{
    free(reader->problem);
    reader->problem = argument_complaint(verb, name, why ? why : strerror(-error));
    return error;
}

static int cannot_remember(struct list_reader *reader, int error)
{
    return list_reader_fail(reader, error, "remember", "the URLs seen in a temporary file", NULL);
}

/* The name that the list or the URL gives the file. */
static char *place_name(const struct list_reader *reader, const struct entry *entry)
{
    const struct place *place = &reader->draft.place;
    if (place->out)
        return name_given(place->dir, place->out);
    char *name = name_from_url(&entry->url, reader->options->layout);
    if (!name || !place->dir)
        return name;
    char *inside = name_given(place->dir, name);
    free(name);
    return inside;
}

/* 1, or 0 when the URL came before; -errno. */
static int url_add(struct list_reader *reader, struct entry *entry)
{
    int added = seen_add(reader->urls, entry->url.text, strlen(entry->url.text));
    int error = added > 0 ? twins_number(&reader->twins, reader->urls, entry) : 0;
    if (added < 0 || error < 0)
        return cannot_remember(reader, added < 0 ? added : error);
    return added;
}

static int give_plain_name(struct list_reader *reader, struct entry *entry)
{
    const struct get_options *options = reader->options;
    if (options->out_null || options->to_stdout)
        return 0;
    entry->name = options->file_name ? strdup(options->file_name) : place_name(reader, entry);
    entry->named = reader->draft.place.out != NULL;
    return entry->name ? 0 : -ENOMEM;
}

/* Keeps the entry that was begun, unless its URL came before. 0 or -errno. */
static int keep_entry(struct list_reader *reader, const char *source, uint64_t number)
{
    struct draft *draft = &reader->draft;
    draft->entry->source = source;
    draft->entry->line = number;
    reader->patience = 0;
    int added = draft->entry->problem ? 1 : url_add(reader, draft->entry);
    if (added > 0)
        return 0;
    reader->duplicates += added == 0;
    entry_free(draft_take(draft, ABOVE_LEFT_OUT));
    return added;
}

/* Begins an entry with a line of URLs. 0 or -errno. */
static int begin_entry(struct list_reader *reader, struct list_line *line, const char *source,
                       uint64_t number)
{
    const char *protocols = reader->options->transfer.protocols;
    int error = draft_begin(&reader->draft, line, &reader->parser, protocols);
    return error ? error : keep_entry(reader, source, number);
}

/* Hands out the entry that was begun, if there is one. */
static int finish_entry(struct list_reader *reader, enum draft_above above, struct entry **out)
{
    struct entry *entry = reader->draft.entry;
    if (!entry)
        return LIST_NOTHING;
    int error = entry->problem ? 0 : give_plain_name(reader, entry);
    if (error) {
        draft_clear(&reader->draft);
        return error;
    }
    reader->number++;
    *out = draft_take(&reader->draft, above);
    return LIST_ENTRY;
}

/* Once a key: an option of aria2's that does nothing here. */
static int warn_idle(struct list_reader *reader, int option, struct span key)
{
    char *text;
    if (reader->warned[option] || !reader->warn)
        return 0;
    reader->warned[option] = true;
    if (asprintf(&text, "%s:%" PRIu64 ": the option %.*s has no effect here", reader->name,
                 reader->line, (int)key.length, key.text) < 0)
        return -ENOMEM;
    reader->warn(reader->warn_ctx, text);
    free(text);
    return 0;
}

/* A line with an option for the entry that was begun above it. */
static int read_option(struct list_reader *reader, const struct list_line *line)
{
    struct draft *draft = &reader->draft;
    int option = list_option_find(line->key);
    reader->has_options = true;
    reader->patience = 0;
    bool had_problem = draft->entry && draft->entry->problem;
    int result = draft_option(draft, line, option);
    if (result == DRAFT_OPTION_IDLE)
        result = warn_idle(reader, option, line->key);
    if (result < 0)
        return result;
    if (draft->entry && draft->entry->problem && !had_problem) {
        draft->entry->source = reader->name;
        draft->entry->line = reader->line;
    }
    return LIST_NOTHING;
}

/* What stands on one line. A line of URLs ends the entry before. */
static int read_line(struct list_reader *reader, const struct source_line *line,
                     struct entry **entry)
{
    char *text = line->text;
    size_t length = line->length;
    size_t mark = sizeof byte_order_mark - 1;
    if (++reader->line == 1 && length >= mark && memcmp(text, byte_order_mark, mark) == 0) {
        text += mark;
        length -= mark;
    }
    struct list_line content;
    bool some = reader->csv ? list_line_read_csv(text, length, &content)
                            : list_line_read(text, length, &content);
    if (!some)
        return LIST_NOTHING;
    if (line->cut)
        content.problem = "line longer than 64 KiB";
    if (content.key.length > 0)
        return read_option(reader, &content);
    int step = finish_entry(reader, ABOVE_NOTHING, entry);
    int error = step < 0 ? 0 : begin_entry(reader, &content, reader->name, reader->line);
    if (step == LIST_ENTRY)
        reader->failure = error; /* told when that entry has been taken */
    else if (error)
        return error;
    /* CSV has no options to wait for. */
    return reader->csv && step == LIST_NOTHING ? finish_entry(reader, ABOVE_NOTHING, entry) : step;
}

/* The next line. Who waits for further options of an entry loses patience after a while. */
static int next_line(struct list_reader *reader, bool wait, struct source_line *line)
{
    int error = source_next(reader->source, DEADLINE_NOW, line);
    if (error != -EAGAIN)
        return error;
    if (reader->draft.entry && !reader->patience)
        reader->patience = reader->has_options ? DEADLINE_NEVER : deadline_in(PATIENCE);
    return wait ? source_next(reader->source, list_reader_due(reader), line) : error;
}

/* The list being read ends, well or not. Its last entry is still to be given out. */
static int end_list(struct list_reader *reader, int error, struct entry **entry)
{
    if (error < 0)
        list_reader_fail(reader, error, "read", reader->name, source_problem(reader->source));
    source_close(reader->source);
    metalink_free(reader->metalink);
    reader->source = NULL;
    reader->metalink = NULL;
    reader->failure = error < 0 ? error : 0;
    return finish_entry(reader, ABOVE_NOTHING, entry);
}

static int next_of_list(struct list_reader *reader, bool wait, struct entry **entry)
{
    struct source_line line;
    int error = next_line(reader, wait, &line);
    if (!error)
        return read_line(reader, &line, entry);
    if (error == -EAGAIN && deadline_clock() >= list_reader_due(reader))
        return finish_entry(reader, ABOVE_GIVEN, entry);
    if (error == -EAGAIN)
        return LIST_WAIT;
    return error == -ECANCELED ? error : end_list(reader, error, entry);
}

/* Feeds the document's reader. At the end of the document it is told so. */
static int read_document(struct list_reader *reader, bool wait)
{
    struct source_line some;
    int error = source_next_some(reader->source, wait ? DEADLINE_NEVER : DEADLINE_NOW, &some);
    if (error == -EAGAIN)
        return LIST_WAIT;
    if (error < 0)
        return error;
    metalink_feed(reader->metalink, some.text, some.length);
    return LIST_NOTHING;
}

/* The next file of a Metalink document. A document that is wrong is a failure as a wrong line is.
 */
static int next_of_document(struct list_reader *reader, bool wait, struct entry **entry)
{
    struct metalink_file *file;
    int step;
    int error = metalink_next(reader->metalink, &file);
    if (error == -EAGAIN) {
        step = read_document(reader, wait);
        return step >= 0 || step == -ECANCELED ? step : end_list(reader, step, entry);
    }
    if (error == 1 || error == -ENOMEM)
        return end_list(reader, error, entry);
    uint64_t line = file ? file->line : metalink_line(reader->metalink);
    if (!error)
        error = draft_begin_file(&reader->draft, file, &reader->parser,
                                 reader->options->transfer.protocols);
    else
        error = draft_begin_complaint(&reader->draft, "cannot read on",
                                      metalink_problem(reader->metalink));
    if (!error)
        error = keep_entry(reader, reader->name, line);
    bool ends = !file;
    metalink_file_free(file);
    if (error)
        return error;
    return ends ? end_list(reader, 0, entry) : finish_entry(reader, ABOVE_LEFT_OUT, entry);
}

/* A URL of the command line is an entry by itself. */
static int read_argument(struct list_reader *reader, const char *text, struct entry **entry)
{
    struct list_line line = {
        .text = {text, strlen(text)},
        .checksum = reader->options->checksum,
    };
    int error = begin_entry(reader, &line, "command line", reader->next_source);
    return error ? error : finish_entry(reader, ABOVE_NOTHING, entry);
}

static bool is_csv(const struct list_reader *reader, const char *source)
{
    switch (reader->options->list_format) {
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
static int next_source(struct list_reader *reader, struct entry **entry)
{
    if (reader->next_source == reader->options->source_count)
        return LIST_END;
    const char *source = reader->options->sources[reader->next_source++];
    extent_begin(&reader->extent, reader->options, source);
    if (argument_is_url(reader->options, source))
        return read_argument(reader, source, entry);
    reader->name = argument_name(source);
    reader->line = 0;
    reader->csv = is_csv(reader, source);
    reader->has_options = false;
    if (source == reader->options->metalink && !(reader->metalink = metalink_new()))
        return -ENOMEM;
    int error = source_open(&reader->source, argument_path(source));
    return error ? list_reader_fail(reader, error, "open", reader->name, NULL) : LIST_NOTHING;
}

/* What went wrong while there was an entry to give out first. */
static int take_failure(struct list_reader *reader)
{
    int error = reader->failure;
    reader->failure = 0;
    return error;
}

int list_reader_step(struct list_reader *reader, bool wait, struct entry **entry)
{
    int failure = take_failure(reader);
    if (failure)
        return failure;
    if (!reader->source)
        return next_source(reader, entry);
    return reader->metalink ? next_of_document(reader, wait, entry)
                            : next_of_list(reader, wait, entry);
}

int list_reader_descriptor(const struct list_reader *reader)
{
    return reader->source ? source_descriptor(reader->source) : -1;
}

int64_t list_reader_due(const struct list_reader *reader)
{
    return reader->draft.entry && reader->patience ? reader->patience : DEADLINE_NEVER;
}

bool list_reader_holds_back(const struct list_reader *reader)
{
    return reader->draft.entry != NULL;
}

void list_reader_on_warning(struct list_reader *reader, void (*warn)(void *ctx, const char *text),
                            void *ctx)
{
    reader->warn = warn;
    reader->warn_ctx = ctx;
}

uint64_t list_reader_duplicates(const struct list_reader *reader)
{
    return reader->duplicates;
}

uint64_t list_reader_total(const struct list_reader *reader, uint64_t left_out, bool *about)
{
    uint64_t number = reader->number - left_out;
    *about = reader->source || reader->next_source < reader->options->source_count;
    if (*about)
        return extent_guess(&reader->extent, reader->source, number);
    return number + list_reader_holds_back(reader);
}

const char *list_reader_problem(const struct list_reader *reader)
{
    return reader->problem;
}
