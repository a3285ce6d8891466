#include "cmd/get/learnt.h"

#include "cmd/get/cookie_merge.h"
#include "cmd/get/rewrite.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct learnt {
    const struct get_options *options;
    int changes; /* of cookies, as cookie_merge.h has them: appended to by all workers */
};

/* A cookie file that is not there is like an empty one, for it may be the jar of a first run. Of
 * any other the user is told. */
static void tell_missing_files(const struct get_options *options)
{
    const char *const *files = options->transfer.cookie_files;
    for (; files && *files; files++) {
        bool is_jar = options->cookie_jar && strcmp(*files, options->cookie_jar) == 0;
        if (access(*files, R_OK) && !(is_jar && errno == ENOENT))
            fprintf(stderr,
                    "fetch: option -b: cannot open '%s': %s; going on without its cookies\n",
                    *files, strerror(errno));
    }
}

int learnt_open(struct learnt **out, const struct get_options *options)
{
    *out = NULL;
    tell_missing_files(options);
    if (!options->cookie_jar)
        return 0;
    struct learnt *learnt = calloc(1, sizeof *learnt);
    if (!learnt)
        return -ENOMEM;
    learnt->options = options;
    learnt->changes = memfd_create("cookies", MFD_CLOEXEC);
    /* Each worker's lines stay together: one write, at the end. */
    if (learnt->changes < 0 || fcntl(learnt->changes, F_SETFL, O_APPEND)) {
        int error = -errno;
        learnt_free(learnt);
        return error;
    }
    *out = learnt;
    return 0;
}

/* The changes of one client as a new text. 0 or -ENOMEM. */
static int changes_text(const struct client *client, char **text, size_t *size)
{
    const struct curl_slist *before;
    struct curl_slist *now;
    *text = NULL;
    FILE *out = open_memstream(text, size);
    if (!out)
        return -ENOMEM;
    client_cookies(client, &before, &now);
    int error = cookie_changes_write(out, before, now);
    curl_slist_free_all(now);
    return fclose(out) ? -ENOMEM : error;
}

void learnt_collect(struct learnt *learnt, const struct client *client)
{
    char *text;
    size_t size;
    if (!learnt)
        return;
    int error = changes_text(client, &text, &size);
    if (!error && size > 0 && write(learnt->changes, text, size) != (ssize_t)size)
        error = errno ? -errno : -EIO;
    if (error)
        fprintf(stderr, "fetch: cookies of a worker are lost: %s\n", strerror(-error));
    free(text);
}

/* All that workers brought home, NUL-terminated. NULL with errno. */
static char *changes_read(int fd)
{
    struct stat status;
    if (fstat(fd, &status))
        return NULL;
    size_t size = (size_t)status.st_size;
    char *text = malloc(size + 1);
    if (!text)
        return NULL;
    ssize_t got = pread(fd, text, size, 0);
    text[got > 0 ? got : 0] = '\0';
    return text;
}

static int write_cookies(FILE *out, void *arg)
{
    struct learnt *learnt = arg;
    char *changes = changes_read(learnt->changes);
    if (!changes)
        return -errno;
    struct curl_slist *before = client_read_cookies(&learnt->options->transfer);
    fputs("# Netscape HTTP Cookie File\n"
          "# https://curl.se/docs/http-cookies.html\n\n",
          out);
    int error = cookie_changes_apply(out, before, changes);
    curl_slist_free_all(before);
    free(changes);
    return error;
}

int learnt_save(struct learnt *learnt, char **place)
{
    if (!learnt)
        return 0;
    const char *jar = learnt->options->cookie_jar;
    int error = strcmp(jar, "-") == 0 ? write_cookies(stdout, learnt)
                                      : rewrite_file(jar, write_cookies, learnt);
    if (error && asprintf(place, "cannot write %s: %s", jar, strerror(-error)) < 0)
        *place = NULL;
    return error;
}

void learnt_free(struct learnt *learnt)
{
    if (learnt && learnt->changes >= 0)
        close(learnt->changes);
    free(learnt);
}
