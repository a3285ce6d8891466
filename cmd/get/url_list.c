#include "cmd/get/url_list.h"

#include "cmd/get/escape.h"
#include "cmd/get/list_line.h"
#include "cmd/get/name.h"
#include "cmd/get/seen.h"
#include "cmd/get/source.h"
#include "engine/sched/blocking.h"
#include "engine/sched/task.h"
#include "net/http/redirect.h"
#include "net/url/parser.h"
#include <errno.h>
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
    STEP_DUPLICATE,
    STEP_NOTHING, /* a comment, the end of one list */
    STEP_WAIT,    /* there is no line yet */
};

static const char byte_order_mark[] = "\xef\xbb\xbf";

struct url_list {
    const struct get_options *options;
    size_t next_source;    /* in options->sources */
    struct source *source; /* the list being read; NULL: none */
    const char *name;      /* of the list being read, for the user */
    bool csv;
    uint64_t line; /* in that list */
    uint64_t number;
    uint64_t duplicates;
    unsigned barren; /* lines in a row that gave no entry */
    struct url_parser parser;
    struct seen *urls;   /* their texts */
    struct seen *names;  /* given to files */
    struct entry *ahead; /* read by url_list_ready() */
    int ahead_step;      /* and what it came to; STEP_WAIT: nothing was read */
    char *problem;
};

static bool is_url(const char *source)
{
    return strstr(source, "://") != NULL;
}

static bool is_stdin(const char *source)
{
    return strcmp(source, "-") == 0;
}

static const char *source_path(const char *source)
{
    return is_stdin(source) ? NULL : source;
}

static const char *source_name(const char *source)
{
    return is_stdin(source) ? "standard input" : source;
}

static bool ends_in(const char *text, const char *suffix)
{
    size_t length = strlen(text);
    size_t size = strlen(suffix);
    return length >= size && strcasecmp(text + length - size, suffix) == 0;
}

/* A string for the user: "cannot VERB NAME: WHY". NULL when memory runs out. */
static char *complaint(const char *verb, const char *name, const char *why)
{
    char *text = NULL;
    return asprintf(&text, "cannot %s %s: %s", verb, name, why) < 0 ? NULL : text;
}

/* Is it rather a URL without its scheme than a file: "example.org/file", "localhost:8080"? */
static bool is_like_url(const char *source)
{
    size_t length = strcspn(source, "/");
    bool has_name = memchr(source, '.', length) && *source != '.';
    bool has_port = memchr(source, ':', length);
    return (has_name || has_port) && !ends_in(source, ".txt") && !ends_in(source, ".csv") &&
           !ends_in(source, ".gz");
}

/* As complaint(); who meant a URL is told what one looks like. */
static char *complaint_open(const char *source, int error)
{
    char *text = strdup(source_name(source));
    char *told = NULL;
    if (!text)
        return NULL;
    escape_credentials(text);
    if (error != -ENOENT || !is_like_url(source))
        told = complaint("open", text, strerror(-error));
    else if (asprintf(&told, "cannot open %s: %s (a URL has a scheme: http://%s)", text,
                      strerror(-error), text) < 0)
        told = NULL;
    free(text);
    return told;
}

static int url_list_check(const struct get_options *options, char **place)
{
    for (size_t i = 0; i < options->source_count; i++) {
        const char *source = options->sources[i];
        int error = is_url(source) ? 0 : source_check(source_path(source));
        if (error) {
            *place = complaint_open(source, error);
            return error;
        }
    }
    return 0;
}

int url_list_open(struct url_list **out, const struct get_options *options, char **place)
{
    int error = url_list_check(options, place);
    if (error)
        return error;
    struct url_list *list = calloc(1, sizeof *list);
    if (!list)
        return -ENOMEM;
    list->options = options;
    list->ahead_step = STEP_WAIT;
    list->urls = seen_new(NULL);
    list->names = seen_new(NULL);
    if (!list->urls || !list->names) {
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
    source_close(list->source);
    url_parser_clear(&list->parser);
    seen_free(list->urls);
    seen_free(list->names);
    free(list->problem);
    free(list);
}

/* Keeps why a source or the temporary file failed, in words. */
static int url_list_fail(struct url_list *list, int error, const char *verb, const char *name,
                         const char *why)
{
    free(list->problem);
    list->problem = complaint(verb, name, why ? why : strerror(-error));
    return error;
}

static int set_add(struct url_list *list, struct seen *seen, const char *text)
{
    int added = seen_add(seen, text, strlen(text));
    if (added >= 0)
        return added;
    return url_list_fail(list, added, "remember", "the URLs seen in a temporary file", NULL);
}

/* The name of the entry's file, one that no other URL of the job has. */
static int give_name(struct url_list *list, struct entry *entry)
{
    const struct get_options *options = list->options;
    if (options->out_null || options->to_stdout)
        return 0;
    if (options->file_name) {
        entry->name = strdup(options->file_name);
        return entry->name ? 0 : -ENOMEM;
    }
    char *plain = name_from_url(&entry->url, options->layout);
    if (!plain)
        return -ENOMEM;
    entry->name = plain;
    int added = set_add(list, list->names, plain);
    for (unsigned attempt = 0; added == 0; attempt++) {
        if (entry->name != plain)
            free(entry->name);
        entry->name = name_distinct(plain, &entry->url, attempt);
        added = entry->name ? set_add(list, list->names, entry->name) : -ENOMEM;
    }
    if (entry->name != plain)
        free(plain);
    return added < 0 ? added : 0;
}

/* STEP_ENTRY for a good one or one with a problem; STEP_DUPLICATE. */
static int fill_entry(struct url_list *list, struct entry *entry, const char *text, size_t length)
{
    int error = url_parser_parse(&list->parser, &entry->url, text, length, &entry->problem);
    if (error == -ENOMEM)
        return error;
    if (error)
        return STEP_ENTRY;
    if (!redirect_protocol_allowed(list->options->transfer.protocols, entry->url.scheme)) {
        url_clear(&entry->url);
        entry->problem = "protocol not allowed (--proto)";
        return STEP_ENTRY;
    }
    int added = set_add(list, list->urls, entry->url.text);
    if (added <= 0)
        return added < 0 ? added : STEP_DUPLICATE;
    return give_name(list, entry);
}

/* The entry for `text`, of which `problem` (NULL: none) is known already. */
static int make_entry(struct url_list *list, struct entry **out, const char *text, size_t length,
                      const char *problem)
{
    struct entry *entry = calloc(1, sizeof *entry);
    if (!entry)
        return -ENOMEM;
    entry->problem = problem;
    int step = problem ? STEP_ENTRY : fill_entry(list, entry, text, length);
    if (step == STEP_ENTRY && entry->problem) {
        entry->text = strndup(text, length);
        step = entry->text ? STEP_ENTRY : -ENOMEM;
    }
    if (step != STEP_ENTRY) {
        entry_free(entry);
        return step;
    }
    entry->number = ++list->number;
    *out = entry;
    return STEP_ENTRY;
}

/* What stands on one line. */
static int read_line(struct url_list *list, const struct source_line *line, struct entry **entry)
{
    const char *text = line->text;
    size_t length = line->length;
    size_t mark = sizeof byte_order_mark - 1;
    if (++list->line == 1 && length >= mark && memcmp(text, byte_order_mark, mark) == 0) {
        text += mark;
        length -= mark;
    }
    struct list_line content;
    if (!list_line_read(text, length, list->csv, &content))
        return STEP_NOTHING;
    if (line->cut)
        content.problem = "line longer than 64 KiB";
    int step = make_entry(list, entry, content.text, content.length, content.problem);
    if (step == STEP_ENTRY) {
        (*entry)->source = list->name;
        (*entry)->line = list->line;
    }
    return step;
}

/* The next line of the list being read. */
static int next_of_list(struct url_list *list, bool wait, struct entry **entry)
{
    struct source_line line;
    int error = source_next(list->source, wait, &line);
    if (!error)
        return read_line(list, &line, entry);
    if (error == -EAGAIN)
        return STEP_WAIT;
    if (error == -ECANCELED)
        return error;
    if (error < 0)
        url_list_fail(list, error, "read", list->name, source_problem(list->source));
    source_close(list->source);
    list->source = NULL;
    return error < 0 ? error : STEP_NOTHING;
}

/* Goes on to the next source: a URL is an entry by itself, a list is opened. */
static int next_source(struct url_list *list, struct entry **entry)
{
    if (list->next_source == list->options->source_count)
        return STEP_END;
    const char *source = list->options->sources[list->next_source++];
    if (is_url(source)) {
        int step = make_entry(list, entry, source, strlen(source), NULL);
        if (step == STEP_ENTRY) {
            (*entry)->source = "command line";
            (*entry)->line = list->next_source;
        }
        return step;
    }
    list->name = source_name(source);
    list->line = 0;
    list->csv = ends_in(source, ".csv") || ends_in(source, ".csv.gz");
    int error = source_open(&list->source, source_path(source));
    return error ? url_list_fail(list, error, "open", list->name, NULL) : STEP_NOTHING;
}

/* One line or one source on. */
static int url_list_step(struct url_list *list, bool wait, struct entry **entry)
{
    int step = list->source ? next_of_list(list, wait, entry) : next_source(list, entry);
    list->duplicates += step == STEP_DUPLICATE;
    list->barren = step == STEP_DUPLICATE || step == STEP_NOTHING ? list->barren + 1 : 0;
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

int url_list_next(struct url_list *list, struct entry **entry)
{
    if (list->ahead_step != STEP_WAIT)
        return take_ahead(list, entry);
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
    for (int i = 0; i < BARREN_LINES; i++) {
        int step = url_list_step(list, false, entry);
        if (!list->barren)
            return step == STEP_WAIT ? -EAGAIN : step;
    }
    return -EINPROGRESS;
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
    return list->source ? source_descriptor(list->source) : -1;
}

uint64_t url_list_duplicates(const struct url_list *list)
{
    return list->duplicates;
}

const char *url_list_problem(const struct url_list *list)
{
    return list->problem;
}
