#include "cmd/get/learnt.h"

#include "cmd/get/cookie_merge.h"
#include "cmd/get/rewrite.h"
#include "net/http/altsvc.h"
#include "net/http/hsts.h"
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct learnt {
    const struct get_options *options;
    pid_t owner; /* the process that saves it all */
    /* Appended to by all workers that learn for themselves. */
    int cookies; /* changes, as cookie_merge.h has them */
    int hosts;   /* lines of an HSTS file, from other processes */
    int places;  /* of an alt-svc file, likewise */
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

/* A file without a name. Each worker's lines stay together there: one write, at the end. */
static int open_collection(int *fd, const char *name)
{
    *fd = memfd_create(name, MFD_CLOEXEC);
    return *fd < 0 || fcntl(*fd, F_SETFL, O_APPEND) ? -errno : 0;
}

/* All of it as a text of its own, NUL-terminated. NULL with errno. */
static char *read_all(int fd, size_t *size)
{
    struct stat status;
    if (fstat(fd, &status))
        return NULL;
    char *text = malloc((size_t)status.st_size + 1);
    if (!text)
        return NULL;
    ssize_t got = pread(fd, text, (size_t)status.st_size, 0);
    *size = got > 0 ? (size_t)got : 0;
    text[*size] = '\0';
    return text;
}

static int take_hosts(void *hsts, const char *text, size_t size)
{
    return hsts_read(hsts, text, size, time(NULL));
}

static int take_places(void *altsvc, const char *text, size_t size)
{
    return altsvc_read(altsvc, text, size, time(NULL));
}

/* Of a file: what earlier runs learnt; a first one has none. */
static int take_file(void *list, const char *path,
                     int (*take)(void *list, const char *text, size_t size))
{
    char *text = NULL;
    size_t size;
    int error = *path ? rewrite_read(path, &text, &size) : 0;
    if (!error && text)
        error = take(list, text, size);
    free(text);
    return error;
}

static int open_hosts(struct get_options *options)
{
    if (!options->hsts_file)
        return 0;
    options->transfer.hsts = hsts_new();
    return options->transfer.hsts
               ? take_file(options->transfer.hsts, options->hsts_file, take_hosts)
               : -ENOMEM;
}

static int open_places(struct get_options *options)
{
    if (!options->altsvc_file)
        return 0;
    options->transfer.altsvc = altsvc_new();
    return options->transfer.altsvc
               ? take_file(options->transfer.altsvc, options->altsvc_file, take_places)
               : -ENOMEM;
}

/* "cannot write FILE: why". NULL when memory has run out. */
static char *say(const char *what, const char *path, int error)
{
    char *text;
    if (error == -ESPIPE) /* in its own words: illegal seek */
        return asprintf(&text, "cannot %s %s: it is a pipe", what, path) < 0 ? NULL : text;
    return asprintf(&text, "cannot %s %s: %s", what, path, strerror(-error)) < 0 ? NULL : text;
}

/* Better now than when all is done. */
static int check_writable(const struct get_options *options, char **place)
{
    const char *const files[] = {options->cookie_jar, options->hsts_file, options->altsvc_file};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        bool written = files[i] && *files[i] && strcmp(files[i], "-") != 0;
        int error = written ? rewrite_check(files[i]) : 0;
        if (error) {
            *place = say("write", files[i], error);
            return error;
        }
    }
    return 0;
}

/* Reads what earlier runs have learnt. */
static int open_lists(struct get_options *options, char **place)
{
    const char *path = options->hsts_file;
    int error = open_hosts(options);
    if (!error) {
        path = options->altsvc_file;
        error = open_places(options);
    }
    if (error && error != -ENOMEM)
        *place = say("read", path, error);
    return error;
}

int learnt_open(struct get_options *options, char **place)
{
    tell_missing_files(options);
    if (!options->cookie_jar && !options->hsts_file && !options->altsvc_file)
        return 0;
    struct learnt *learnt = calloc(1, sizeof *learnt);
    if (!learnt)
        return -ENOMEM;
    *learnt = (struct learnt){
        .options = options, .owner = getpid(), .cookies = -1, .hosts = -1, .places = -1};
    options->learnt = learnt;
    int error = check_writable(options, place);
    if (!error)
        error = open_collection(&learnt->cookies, "cookies");
    if (!error)
        error = open_collection(&learnt->hosts, "hosts");
    if (!error)
        error = open_collection(&learnt->places, "places");
    return error ? error : open_lists(options, place);
}

/* What a worker has for the job, made into a new text by write(). 0 or -errno. */
static int bring_home(int fd, int (*write_lines)(FILE *out, const void *from), const void *from)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return -ENOMEM;
    int error = write_lines(out, from);
    if (fclose(out) && !error)
        error = -ENOMEM;
    errno = 0;
    if (!error && size > 0 && write(fd, text, size) != (ssize_t)size)
        error = errno ? -errno : -EIO;
    free(text);
    return error;
}

static int write_changes(FILE *out, const void *from)
{
    const struct curl_slist *before;
    struct curl_slist *now;
    client_cookies(from, &before, &now);
    int error = cookie_changes_write(out, before, now);
    curl_slist_free_all(now);
    return error;
}

static int write_learnt_hosts(FILE *out, const void *from)
{
    hsts_write_learnt((struct hsts *)from, out); /* locked, else unchanged */
    return 0;
}

static int write_learnt_places(FILE *out, const void *from)
{
    altsvc_write_learnt((struct altsvc *)from, out); /* likewise */
    return 0;
}

void learnt_collect(struct learnt *learnt, const struct client *client)
{
    if (!learnt)
        return;
    const struct transfer_options *transfer = &learnt->options->transfer;
    bool elsewhere = getpid() != learnt->owner; /* threads have one list of hosts */
    int error = 0;
    if (learnt->options->cookie_jar)
        error = bring_home(learnt->cookies, write_changes, client);
    if (!error && transfer->hsts && elsewhere)
        error = bring_home(learnt->hosts, write_learnt_hosts, transfer->hsts);
    if (!error && transfer->altsvc && elsewhere)
        error = bring_home(learnt->places, write_learnt_places, transfer->altsvc);
    if (error)
        fprintf(stderr, "fetch: what a worker learnt is lost: %s\n", strerror(-error));
}

static int write_cookies(FILE *out, void *arg)
{
    struct learnt *learnt = arg;
    size_t size;
    char *changes = read_all(learnt->cookies, &size);
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

/* A list as it is by now: what others have put into its file meanwhile, too. */
static int merge(void *list, const char *path, int collection, const void *own,
                 int (*take)(void *list, const char *text, size_t size),
                 int (*write_learnt)(FILE *out, const void *from))
{
    size_t size;
    int error = take_file(list, path, take);
    /* Behind what child processes have brought home comes what this one knows. */
    if (!error)
        error = bring_home(collection, write_learnt, own);
    char *text = error ? NULL : read_all(collection, &size);
    if (!error)
        error = text ? take(list, text, size) : -errno;
    free(text);
    return error;
}

static int write_hosts(FILE *out, void *arg)
{
    struct learnt *learnt = arg;
    const struct get_options *options = learnt->options;
    struct hsts *hsts = hsts_new();
    if (!hsts)
        return -ENOMEM;
    int error = merge(hsts, options->hsts_file, learnt->hosts, options->transfer.hsts, take_hosts,
                      write_learnt_hosts);
    fputs("# HSTS cache. https://curl.se/docs/hsts.html\n", out);
    hsts_write(hsts, out, time(NULL));
    hsts_free(hsts);
    return error;
}

static int write_places(FILE *out, void *arg)
{
    struct learnt *learnt = arg;
    const struct get_options *options = learnt->options;
    struct altsvc *altsvc = altsvc_new();
    if (!altsvc)
        return -ENOMEM;
    int error = merge(altsvc, options->altsvc_file, learnt->places, options->transfer.altsvc,
                      take_places, write_learnt_places);
    fputs("# Alt-Svc cache. https://curl.se/docs/alt-svc.html\n", out);
    altsvc_write(altsvc, out, time(NULL));
    altsvc_free(altsvc);
    return error;
}

/* One of the files; a path of "-" is standard output. */
static int save(struct learnt *learnt, const char *path, int (*write_lines)(FILE *out, void *arg),
                char **place)
{
    int error = strcmp(path, "-") == 0 ? write_lines(stdout, learnt)
                                       : rewrite_file(path, write_lines, learnt);
    if (error)
        *place = say("write", path, error);
    return error;
}

int learnt_save(struct learnt *learnt, char **place)
{
    int error = 0;
    if (!learnt)
        return 0;
    if (learnt->options->cookie_jar)
        error = save(learnt, learnt->options->cookie_jar, write_cookies, place);
    if (!error && learnt->options->hsts_file && *learnt->options->hsts_file)
        error = save(learnt, learnt->options->hsts_file, write_hosts, place);
    if (!error && learnt->options->altsvc_file && *learnt->options->altsvc_file)
        error = save(learnt, learnt->options->altsvc_file, write_places, place);
    return error;
}

void learnt_free(struct learnt *learnt)
{
    if (!learnt)
        return;
    hsts_free(learnt->options->transfer.hsts);
    altsvc_free(learnt->options->transfer.altsvc);
    if (learnt->cookies >= 0)
        close(learnt->cookies);
    if (learnt->hosts >= 0)
        close(learnt->hosts);
    if (learnt->places >= 0)
        close(learnt->places);
    free(learnt);
}
