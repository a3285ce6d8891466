#include "cmd/get/cookie_merge.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What happened to a cookie; of one cookie's marks the greatest counts, then the latest. */
enum mark {
    MARK_BEFORE,
    MARK_GONE,
    MARK_NEW,
};

struct line {
    const char *text; /* domain, subdomains, path, secure, expires, name, value; tabs between */
    enum mark mark;
    size_t number; /* in order of appearance */
};

struct lines {
    struct line *at;
    size_t count;
    size_t capacity;
};

static int lines_add(struct lines *lines, const char *text, enum mark mark)
{
    if (lines->count == lines->capacity) {
        size_t capacity = lines->capacity ? 2 * lines->capacity : 64;
        struct line *longer = realloc(lines->at, capacity * sizeof *longer);
        if (!longer)
            return -ENOMEM;
        lines->at = longer;
        lines->capacity = capacity;
    }
    lines->at[lines->count] = (struct line){text, mark, lines->count};
    lines->count++;
    return 0;
}

static int lines_add_list(struct lines *lines, const struct curl_slist *list, enum mark mark)
{
    int error = 0;
    for (; list && !error; list = list->next)
        error = lines_add(lines, list->data, mark);
    return error;
}

/* The tab-separated field `index`. */
static const char *line_field(const char *text, int index, size_t *length)
{
    while (index-- > 0) {
        const char *tab = strchr(text, '\t');
        text = tab ? tab + 1 : text + strlen(text);
    }
    *length = strcspn(text, "\t");
    return text;
}

static int compare_field(const char *a, const char *b, int index)
{
    size_t a_length, b_length;
    a = line_field(a, index, &a_length);
    b = line_field(b, index, &b_length);
    int order = memcmp(a, b, a_length < b_length ? a_length : b_length);
    return order ? order : (a_length > b_length) - (a_length < b_length);
}

/* A cookie is the same whether scripts may see it or not. */
static const char *skip_http_only(const char *text)
{
    static const char prefix[] = "#HttpOnly_";
    return strncmp(text, prefix, sizeof prefix - 1) == 0 ? text + sizeof prefix - 1 : text;
}

/* By what makes a cookie this one and no other: domain, path, name. */
static int compare_cookies(const char *a, const char *b)
{
    static const int identity[] = {0, 2, 5};
    a = skip_http_only(a);
    b = skip_http_only(b);
    for (size_t i = 0; i < sizeof identity / sizeof identity[0]; i++) {
        int order = compare_field(a, b, identity[i]);
        if (order)
            return order;
    }
    return 0;
}

static int compare_lines(const void *a, const void *b)
{
    const struct line *x = a;
    const struct line *y = b;
    int order = compare_cookies(x->text, y->text);
    if (!order)
        order = (int)x->mark - (int)y->mark;
    return order ? order : (x->number > y->number) - (x->number < y->number);
}

static bool is_last_of_cookie(const struct lines *lines, size_t i)
{
    return i + 1 == lines->count || compare_cookies(lines->at[i].text, lines->at[i + 1].text) != 0;
}

int cookie_changes_write(FILE *out, const struct curl_slist *before, const struct curl_slist *now)
{
    struct lines lines = {0};
    int error = lines_add_list(&lines, before, MARK_BEFORE);
    if (!error)
        error = lines_add_list(&lines, now, MARK_NEW);
    if (!error && lines.count > 0)
        qsort(lines.at, lines.count, sizeof lines.at[0], compare_lines);
    for (size_t i = 0; i < lines.count && !error; i++) {
        const struct line *line = &lines.at[i];
        const struct line *next = is_last_of_cookie(&lines, i) ? NULL : line + 1;
        const struct line *previous = i > 0 && !is_last_of_cookie(&lines, i - 1) ? line - 1 : NULL;
        bool unchanged = (next && strcmp(next->text, line->text) == 0) ||
                         (previous && strcmp(previous->text, line->text) == 0);
        if (!unchanged)
            fprintf(out, "%c%s\n", line->mark == MARK_NEW ? '+' : '-', line->text);
    }
    free(lines.at);
    return error;
}

int cookie_changes_apply(FILE *out, const struct curl_slist *before, char *changes)
{
    struct lines lines = {0};
    char *rest = changes;
    int error = lines_add_list(&lines, before, MARK_BEFORE);
    for (char *line; !error && (line = strsep(&rest, "\n"));)
        if (*line == '+' || *line == '-')
            error = lines_add(&lines, line + 1, *line == '+' ? MARK_NEW : MARK_GONE);
    if (!error && lines.count > 0)
        qsort(lines.at, lines.count, sizeof lines.at[0], compare_lines);
    for (size_t i = 0; i < lines.count && !error; i++)
        if (is_last_of_cookie(&lines, i) && lines.at[i].mark != MARK_GONE)
            fprintf(out, "%s\n", lines.at[i].text);
    free(lines.at);
    return error;
}
