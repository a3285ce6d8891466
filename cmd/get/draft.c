#include "cmd/get/draft.h"

#include "net/http/redirect.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Of a key that nobody knows so much is shown. */
#define KEY_SHOWN_MAX 40

/* A new string, with what would end it before its time spelt as a URL does. NULL when memory runs
 * out. */
static char *text_of(struct span span)
{
    size_t zeros = 0;
    for (size_t i = 0; i < span.length; i++)
        zeros += span.text[i] == '\0';
    char *text = malloc(span.length + 2 * zeros + 1);
    char *to = text;
    for (size_t i = 0; text && i < span.length; i++) {
        if (span.text[i])
            *to++ = span.text[i];
        else
            to = stpcpy(to, "%00");
    }
    if (text)
        *to = '\0';
    return text;
}

/* Makes it an entry that is only told: `text` as what is wrong, and why. 0 or -ENOMEM. */
static int spoil(struct entry *entry, struct span text, const char *problem)
{
    entry->problem = problem;
    entry->text = text_of(text);
    return entry->text ? 0 : -ENOMEM;
}

/* 0; -EINVAL with `problem`; -ENOMEM. */
static int parse(struct url_parser *parser, const char *protocols, struct span text,
                 struct url *url, const char **problem)
{
    int error = url_parser_parse(parser, url, text.text, text.length, problem);
    if (error)
        return error == -ENOMEM ? error : -EINVAL;
    if (redirect_protocol_allowed(protocols, url->scheme))
        return 0;
    url_clear(url);
    *problem = "protocol not allowed (--proto)";
    return -EINVAL;
}

static int need_details(struct entry *entry)
{
    if (!entry->details)
        entry->details = details_new();
    return entry->details ? 0 : -ENOMEM;
}

/* Is it one of the file's places already? */
static bool has_place(const struct entry *entry, const struct url *url)
{
    const struct details *details = entry->details;
    bool found = strcmp(entry->url.text, url->text) == 0;
    for (size_t i = 0; details && i < details->mirror_count && !found; i++)
        found = strcmp(details->mirrors[i].text, url->text) == 0;
    return found;
}

static int add_mirror(struct entry *entry, struct url *mirror)
{
    if (has_place(entry, mirror)) {
        url_clear(mirror);
        return 0;
    }
    if (need_details(entry)) {
        url_clear(mirror);
        return -ENOMEM;
    }
    return details_add_mirror(entry->details, mirror);
}

/* The first URL and its mirrors. A wrong one among them makes the line a wrong one. */
static int take_urls(struct entry *entry, struct list_line *line, struct url_parser *parser,
                     const char *protocols)
{
    const char *problem = NULL;
    struct span text;
    struct url url;
    if (!list_line_next_url(line, &text))
        return spoil(entry, text, "no URL");
    int error = parse(parser, protocols, text, &entry->url, &problem);
    while (!error && list_line_next_url(line, &text)) {
        error = parse(parser, protocols, text, &url, &problem);
        if (!error)
            error = add_mirror(entry, &url);
    }
    if (error != -EINVAL)
        return error;
    url_clear(&entry->url);
    return spoil(entry, text, problem);
}

static int take_extras(struct draft *draft, const struct list_line *line)
{
    if (line->checksum.algorithm != CHECKSUM_NONE) {
        if (need_details(draft->entry))
            return -ENOMEM;
        draft->entry->details->checksum = line->checksum;
    }
    if (line->name.length == 0)
        return 0;
    const char *problem;
    int error =
        list_option_apply(LIST_OPTION_OUT, line->name, draft->entry, &draft->place, &problem);
    if (error != -EINVAL)
        return error;
    draft->entry->problem = problem;
    return 0;
}

int draft_begin(struct draft *draft, struct list_line *line, struct url_parser *parser,
                const char *protocols)
{
    struct entry *entry = calloc(1, sizeof *entry);
    if (!entry)
        return -ENOMEM;
    place_clear(&draft->place);
    draft->entry = entry;
    int error = line->problem ? spoil(entry, line->text, line->problem)
                              : take_urls(entry, line, parser, protocols);
    if (!error && !entry->problem)
        error = take_extras(draft, line);
    if (error)
        draft_clear(draft);
    return error;
}

/* What can be used of the places a document names. */
static int take_places(struct entry *entry, const struct metalink_file *file,
                       struct url_parser *parser, const char *protocols)
{
    const char *problem = "no URL";
    bool found = false;
    for (size_t i = 0; i < file->url_count; i++) {
        struct span text = {file->urls[i], strlen(file->urls[i])};
        struct url url;
        int error = parse(parser, protocols, text, &url, &problem);
        if (error == -EINVAL)
            continue;
        if (!error && found)
            error = add_mirror(entry, &url);
        else if (!error)
            entry->url = url;
        if (error)
            return error;
        found = true;
    }
    return found ? 0 : spoil(entry, (struct span){file->name, strlen(file->name)}, problem);
}

/* The file's name, size and hash. */
static int take_facts(struct draft *draft, const struct metalink_file *file)
{
    struct entry *entry = draft->entry;
    struct span name = {file->name, strlen(file->name)};
    const char *problem = NULL;
    int error = need_details(entry);
    if (!error)
        error = list_option_apply(LIST_OPTION_OUT, name, entry, &draft->place, &problem);
    if (!error)
        entry->details->size = file->size;
    if (!error && file->hash)
        problem = checksum_parse(&entry->details->checksum, file->hash, strlen(file->hash));
    if (problem)
        return spoil(entry, name, problem);
    return error;
}

int draft_begin_file(struct draft *draft, const struct metalink_file *file,
                     struct url_parser *parser, const char *protocols)
{
    place_clear(&draft->place);
    draft->entry = calloc(1, sizeof *draft->entry);
    if (!draft->entry)
        return -ENOMEM;
    int error = take_places(draft->entry, file, parser, protocols);
    if (!error && !draft->entry->problem)
        error = take_facts(draft, file);
    if (error)
        draft_clear(draft);
    return error;
}

int draft_begin_complaint(struct draft *draft, const char *what, const char *problem)
{
    draft->entry = calloc(1, sizeof *draft->entry);
    return draft->entry ? spoil(draft->entry, (struct span){what, strlen(what)}, problem) : -ENOMEM;
}

/* An option line without a URL that it could belong to. */
static int draft_orphan(struct draft *draft, struct span key)
{
    draft->entry = calloc(1, sizeof *draft->entry);
    if (!draft->entry)
        return -ENOMEM;
    return spoil(draft->entry, key,
                 draft->above == ABOVE_GIVEN ? "this option came too late: its URL is under way"
                                             : "an option, and no URL above it");
}

/* A wrong option: the URL is not fetched, for it would not be what the list means. */
static int spoil_option(struct draft *draft, const struct list_line *line, const char *problem)
{
    struct span key = line->key;
    if (key.length > KEY_SHOWN_MAX)
        key.length = KEY_SHOWN_MAX;
    draft->entry->problem = problem;
    draft->entry->option = strndup(key.text, key.length);
    return draft->entry->option ? 0 : -ENOMEM;
}

int draft_option(struct draft *draft, const struct list_line *line, int option)
{
    if (!draft->entry && draft->above == ABOVE_LEFT_OUT)
        return 0;
    if (!draft->entry)
        return draft_orphan(draft, line->key);
    if (draft->entry->problem)
        return 0;
    if (line->problem)
        return spoil_option(draft, line, line->problem);
    if (option < 0)
        return spoil_option(draft, line, "aria2 has no such option");
    if (!list_option_counts(option))
        return DRAFT_OPTION_IDLE;
    const char *problem;
    int error = list_option_apply(option, line->text, draft->entry, &draft->place, &problem);
    return error == -EINVAL ? spoil_option(draft, line, problem) : error;
}

struct entry *draft_take(struct draft *draft, enum draft_above above)
{
    struct entry *entry = draft->entry;
    draft->entry = NULL;
    draft->above = above;
    return entry;
}

void draft_clear(struct draft *draft)
{
    entry_free(draft->entry);
    place_clear(&draft->place);
    *draft = (struct draft){0};
}
