#include "cmd/status/status.h"

#include "cmd/exit_status.h"
#include "cmd/journal/journal.h"
#include "cmd/status/rows.h"
#include "net/url/url.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* Says what went wrong; `text` is freed. */
static int complain(char *text)
{
    fprintf(stderr, "fetch: %s\n", text ? text : strerror(ENOMEM));
    free(text);
    return EXIT_MACHINE;
}

static int complain_read(const struct journal *journal)
{
    fprintf(stderr, "fetch: cannot read the journal %s: %s\n", journal_path(journal),
            journal_problem(journal));
    return EXIT_MACHINE;
}

/* Does a run hold DIR now? Looks as such a run would; one that begins meanwhile tries again. */
static bool is_on(const char *parts)
{
    int fd = open(parts, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool held = flock(fd, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;
    close(fd);
    return held;
}

/* The absolute path of a file that may be gone. A new string, or NULL. */
static char *place_of_file(const char *path)
{
    char *place = realpath(path, NULL);
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    if (place || errno != ENOENT || !*name)
        return place;
    char *parent = slash ? strndup(path, (size_t)(name - path)) : strdup(".");
    char *directory = parent ? realpath(parent, NULL) : NULL;
    if (directory && asprintf(&place, "%s/%s", directory, name) < 0)
        place = NULL;
    free(directory);
    free(parent);
    return place;
}

/* What the journal calls the file at `path`: its place below DIR, or `path` as it is where that
 * is not below DIR. A new string, NULL when memory runs out. */
static char *name_of_file(const char *directory, const char *path)
{
    char *top = realpath(directory, NULL);
    char *file = place_of_file(path);
    size_t length = top ? strlen(top) : 0;
    bool below = top && file && strncmp(file, top, length) == 0 && file[length] == '/';
    char *name = strdup(below ? file + length + 1 : path);
    free(file);
    free(top);
    return name;
}

/* The row of the URL as it was typed: perhaps with the number of a twin (entry_key()), which to
 * others is a fragment. As journal_find(). */
static int search_url(struct journal *journal, const char *redacted, const char *typed,
                      struct journal_row *row)
{
    const char *twin = strrchr(typed, '#');
    char *key;
    int found = 0;
    if (twin && twin[1] && !twin[1 + strspn(twin + 1, "0123456789")]) {
        if (asprintf(&key, "%s%s", redacted, twin) < 0)
            return -ENOMEM;
        found = journal_search(journal, key, row);
        free(key);
    }
    return found ? found : journal_search(journal, redacted, row);
}

/* As journal_search(), by what the user typed: a URL, or a file. EXIT_USAGE when it is neither. */
static int search(struct journal *journal, const struct status_options *options,
                  struct journal_row *row)
{
    struct url url;
    const char *why = "out of memory";
    char *text = NULL;
    int found = -ENOMEM;
    if (!strstr(options->url, "://")) {
        text = name_of_file(options->directory, options->url);
        found = text ? journal_search_name(journal, text, row) : -ENOMEM;
    } else if (url_parse(&url, options->url, strlen(options->url), &why) == 0) {
        text = url_redacted(&url);
        found = text ? search_url(journal, text, options->url, row) : -ENOMEM;
        url_clear(&url);
    } else {
        fprintf(stderr, "fetch: option --url: %s\n", why);
        found = EXIT_USAGE;
    }
    free(text);
    return found;
}

static int print_one(struct journal *journal, const struct status_options *options)
{
    struct journal_row row;
    int found = search(journal, options, &row);
    if (found == EXIT_USAGE)
        return found;
    if (found == 0)
        fprintf(stderr, "fetch: %s does not know this %s\n", journal_path(journal),
                strstr(options->url, "://") ? "URL" : "file");
    else if (found == 1)
        found = options->json ? rows_print_json(&row) : rows_print(&row);
    if (found == -ENOMEM)
        return complain(NULL);
    return found < 0 ? complain_read(journal) : found ? EXIT_SUCCESS : EXIT_FAILED;
}

static int print_all(struct journal *journal, const struct status_options *options, bool on)
{
    struct journal_counts counts;
    enum rows_state state = on                            ? ROWS_RUNNING
                            : journal_was_killed(journal) ? ROWS_KILLED
                                                          : ROWS_ENDED;
    int error = journal_count(journal, &counts);
    if (!error)
        error = options->json ? rows_print_all_json(journal, &counts, state)
                              : rows_print_all(journal, &counts, state);
    if (error == -ENOMEM)
        return complain(NULL);
    return error ? complain_read(journal) : EXIT_SUCCESS;
}

int status_run(const struct status_options *options)
{
    struct journal *journal;
    char *parts = NULL, *why = NULL;
    if (asprintf(&parts, "%s/.fetch", options->directory) < 0)
        return complain(NULL);
    int error = journal_open(&journal, parts, JOURNAL_READ, false, &why);
    if (error) {
        free(parts);
        return complain(why);
    }
    /* One state of the journal throughout, whatever a run writes meanwhile. */
    int status = EXIT_MACHINE;
    if (journal_begin(journal))
        complain_read(journal);
    else
        status =
            options->url ? print_one(journal, options) : print_all(journal, options, is_on(parts));
    journal_close(journal);
    free(parts);
    return status;
}
