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

static int print_one(struct journal *journal, const struct status_options *options)
{
    struct url url;
    const char *why = "out of memory";
    struct journal_row row;
    if (url_parse(&url, options->url, strlen(options->url), &why)) {
        fprintf(stderr, "fetch: option --url: %s\n", why);
        return EXIT_USAGE;
    }
    char *redacted = url_redacted(&url);
    int found = redacted ? journal_search(journal, redacted, &row) : -ENOMEM;
    if (found == 0)
        fprintf(stderr, "fetch: %s does not know this URL\n", journal_path(journal));
    else if (found == 1)
        found = options->json ? rows_print_json(&row) : rows_print(&row);
    free(redacted);
    url_clear(&url);
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
