#include "cmd/mirror/finish.h"

#include "cmd/get/publish.h"
#include "cmd/get/signals.h"
#include "cmd/journal/recorder.h"
#include "cmd/mirror/page.h"
#include "cmd/mirror/place.h"
#include "cmd/mirror/pristine.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* In DIR/.fetch as long as not all is converted, or not known to be: a run that does not convert
 * leaves it there, for the next one that does. */
#define MARK "unconverted"

/* The part that a copy is written to. */
#define PART "converted.part"

/* Of copies that lie in memory until they are whole. */
struct copy {
    struct convert_output output;
    char *data; /* owned */
    size_t size;
    size_t room;
};

struct conversion {
    struct crawl *crawl;
    struct pristine pristine;
    struct page_converter *converter;
    struct copy copy;
    bool all; /* also pages that have not changed */
};

int mirror_begin(struct crawl *crawl)
{
    int parts = crawl->job.directory.parts_fd;
    if (!crawl->tree || parts < 0)
        return 0;
    crawl->unconverted = faccessat(parts, MARK, F_OK, 0) == 0;
    int fd = openat(parts, MARK, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd < 0)
        return -errno;
    close(fd);
    return 0;
}

int mirror_settle(struct crawl *crawl)
{
    struct history *history = &crawl->job.history;
    int error = history->recorder ? recorder_flush(history->recorder) : 0;
    if (!error && history->journal)
        error = journal_index(history->journal, signals_caught);
    if (error && history->journal && error != -ECANCELED)
        crawl->problem = history_problem(history, error);
    return error;
}

static int copy_write(struct convert_output *output, const char *data, size_t size)
{
    struct copy *copy = list_entry(output, struct copy, output);
    if (size > copy->room - copy->size) {
        size_t room = copy->size + size < 65536 ? 65536 : 2 * (copy->size + size);
        char *larger = realloc(copy->data, room);
        if (!larger)
            return -ENOMEM;
        copy->data = larger;
        copy->room = room;
    }
    memcpy(copy->data + copy->size, data, size);
    copy->size += size;
    return 0;
}

/* The copy in memory becomes the file `name`. */
static int publish(struct conversion *conversion, const char *name, const struct timespec *time)
{
    struct crawl *crawl = conversion->crawl;
    const struct copy *copy = &conversion->copy;
    const struct publisher publisher = {
        .dir_fd = crawl->job.directory.dir_fd,
        .parts_fd = crawl->job.directory.parts_fd,
        .if_exists = EXISTS_OVERWRITE,
        .fsync = crawl->job.options->fsync,
    };
    const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, *time};
    int fd = openat(publisher.parts_fd, PART, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                    0666);
    if (fd < 0)
        return -errno;
    int error = 0;
    for (size_t at = 0; at < copy->size && !error;) {
        ssize_t written = write(fd, copy->data + at, copy->size - at);
        if (written > 0)
            at += (size_t)written;
        else if (errno != EINTR)
            error = -errno;
    }
    if (!error && futimens(fd, times))
        error = -errno;
    if (!error && publisher.fsync && fsync(fd))
        error = -errno;
    if (close(fd) && !error)
        error = -errno;
    char *path = NULL;
    if (!error)
        error = publish_part(&publisher, PART, name, &path);
    free(path);
    if (error)
        (void)unlinkat(publisher.parts_fd, PART, 0);
    return error;
}

/* Has the file another content than the copy in memory? If it is there, *time is its own. */
static bool differs(const struct conversion *conversion, const char *name, struct timespec *time)
{
    struct document there;
    const struct copy *copy = &conversion->copy;
    if (document_load(conversion->crawl->job.directory.dir_fd, name, &there))
        return true;
    bool same = there.size == copy->size &&
                (there.size == 0 || memcmp(there.data, copy->data, copy->size) == 0);
    *time = there.time;
    document_unload(&there);
    return !same;
}

/* The journal goes by the size of the file as it lies there. */
static int record(struct conversion *conversion, const struct journal_row *row)
{
    struct journal *journal = conversion->crawl->job.history.journal;
    if (!row->id || row->size == (int64_t)conversion->copy.size)
        return 0;
    return journal_set_size(journal, row, (int64_t)conversion->copy.size);
}

static int convert_document(struct conversion *conversion, const char *url, const char *name,
                            const struct page *page, const struct document *document,
                            const struct journal_row *row)
{
    struct page_source source = {
        .data = document->data,
        .size = document->size,
        .url = url,
        .name = name,
        .content_type = *page->content_type ? page->content_type : NULL,
    };
    struct copy *copy = &conversion->copy;
    copy->size = 0;
    int error = page->type == PAGE_CSS
                    ? page_convert_css(conversion->converter, &source, &copy->output)
                    : page_convert_html(conversion->converter, &source, &copy->output);
    /* A document that has come anew may be older where it is kept; the journal has the file's. */
    struct timespec time = document->time;
    if (!error && differs(conversion, name, &time))
        error = publish(conversion, name, &time);
    return error ? error : record(conversion, row);
}

/* What the journal has of the URL, row->id 0: nothing. 1; 0: its file is not the one that the page
 * was read from, after a power cut or an error of the disk; the next run asks for it anew. -errno.
 */
static int find_row(const struct conversion *conversion, const char *url, const struct page *page,
                    struct journal_row *row)
{
    struct journal *journal = conversion->crawl->job.history.journal;
    *row = (struct journal_row){0};
    int found = journal ? journal_find(journal, url, row) : 0;
    if (found == 1)
        return page->stamp == page_stamp(row->mtime_ns, row->etag);
    row->id = 0;
    return found < 0 ? found : 1;
}

/* One page of the store. */
static int convert_page(void *ctx, const char *url, struct page *page)
{
    struct conversion *conversion = ctx;
    struct crawl *crawl = conversion->crawl;
    struct document document;
    struct journal_row row;
    if (signals_caught())
        return -ECANCELED;
    if (!conversion->all && !tree_is_fresh(crawl->tree, url))
        return 0;
    const char *name = copies_name(tree_copies(crawl->tree), url);
    if (!name || (page->type != PAGE_HTML && page->type != PAGE_CSS))
        return 0;
    int found = find_row(conversion, url, page, &row);
    if (found == 1)
        found = pristine_load(&conversion->pristine, page_store_number(url), name, &page->digest,
                              &document);
    int error = found < 0 ? found : 0;
    if (found == 1) {
        error = convert_document(conversion, url, name, page, &document, &row);
        document_unload(&document);
    }
    if (error && asprintf(&crawl->problem, "cannot convert %s: %s", name, strerror(-error)) < 0)
        crawl->problem = NULL;
    return error;
}

/* One page of the store: its file is what was sent again, if it is not. */
static int restore_page(void *ctx, const char *url, struct page *page)
{
    struct conversion *conversion = ctx;
    struct crawl *crawl = conversion->crawl;
    int64_t number = page_store_number(url);
    struct document document;
    struct journal_row row;
    if (signals_caught())
        return -ECANCELED;
    const char *name = copies_name(tree_copies(crawl->tree), url);
    int found = name ? find_row(conversion, url, page, &row) : 0;
    if (found == 1)
        found = pristine_find(&conversion->pristine, number, &page->digest, &document);
    int error = found < 0 ? found : 0;
    if (found == 1) {
        struct timespec time = document.time;
        conversion->copy.size = 0;
        error = copy_write(&conversion->copy.output, document.data, document.size);
        document_unload(&document);
        if (!error && differs(conversion, name, &time))
            error = publish(conversion, name, &time);
        error = error ? error : record(conversion, &row);
        if (!error)
            pristine_remove(&conversion->pristine, number);
    }
    if (error && asprintf(&crawl->problem, "cannot restore %s: %s", name, strerror(-error)) < 0)
        crawl->problem = NULL;
    return error;
}

static int see_all(struct conversion *conversion,
                   int (*seen)(void *ctx, const char *url, struct page *page))
{
    struct crawl *crawl = conversion->crawl;
    struct journal *journal = crawl->job.history.journal;
    struct page *page = page_take(&crawl->pool, PAGE_OTHER);
    int error = page ? 0 : -ENOMEM;
    if (!error && journal)
        error = journal_begin(journal);
    if (!error)
        error = page_store_each(crawl->pages, page, seen, conversion);
    if (journal) {
        int committed = journal_commit(journal);
        error = error ? error : committed;
    }
    page_give_back(&crawl->pool, page);
    return error;
}

int mirror_convert(struct crawl *crawl)
{
    const struct store_directory *directory = &crawl->job.directory;
    struct conversion conversion = {
        .crawl = crawl,
        .copy.output.write = copy_write,
        .all = crawl->unconverted || tree_has_changed(crawl->tree),
    };
    int error = pristine_open(&conversion.pristine, directory->dir_fd, directory->parts_fd);
    if (!error) {
        conversion.converter = page_converter_new(copies_pages(tree_copies(crawl->tree)));
        error = conversion.converter ? see_all(&conversion, convert_page) : -ENOMEM;
    }
    if (!error && unlinkat(directory->parts_fd, MARK, 0) && errno != ENOENT)
        error = -errno;
    page_converter_free(conversion.converter);
    pristine_close(&conversion.pristine);
    free(conversion.copy.data);
    return error;
}

int mirror_restore(struct crawl *crawl)
{
    const struct store_directory *directory = &crawl->job.directory;
    struct conversion conversion = {.crawl = crawl, .copy.output.write = copy_write};
    if (!crawl->pages || !pristine_is_there(directory->parts_fd))
        return 0;
    int error = pristine_open(&conversion.pristine, directory->dir_fd, directory->parts_fd);
    if (!error)
        error = see_all(&conversion, restore_page);
    pristine_close(&conversion.pristine);
    free(conversion.copy.data);
    return error;
}

/* Files that the pass has not met. */
struct deletion {
    struct crawl *crawl;
    struct pristine pristine;
    uint64_t count;
};

static int forget_row(struct journal *journal, const char *url)
{
    struct journal_row row;
    int found = journal ? journal_find(journal, url, &row) : 0;
    return found == 1 ? journal_forget(journal, &row) : found;
}

/* A site that nothing was fetched of is another mirror's. 1, 0, -ENOMEM. */
static int is_of_pass(struct crawl *crawl, const char *url)
{
    struct entry *entry;
    int error = crawl_entry_new(crawl, url, strlen(url), &entry);
    if (error)
        return error == -ENOMEM ? error : 0;
    const struct site *site = sites_find(crawl->sites, &entry->url);
    entry_free(entry);
    return site ? site->met : -ENOMEM;
}

/* Another URL may have its name by now. */
static int remove_file(struct crawl *crawl, const char *url, const char *name)
{
    const char *owner = copies_url(tree_copies(crawl->tree), name);
    if (owner && strcmp(owner, url) != 0)
        return 0;
    return place_remove(crawl->job.directory.dir_fd, name);
}

/* 1: it is gone; 0: it is not for us to remove; -errno. */
static int delete_file(void *ctx, const char *url, const char *name)
{
    struct deletion *deletion = ctx;
    struct crawl *crawl = deletion->crawl;
    char *line;
    if (signals_caught())
        return -ECANCELED;
    int ours = is_of_pass(crawl, url);
    if (ours != 1)
        return ours;
    int error = remove_file(crawl, url, name);
    if (error) {
        if (asprintf(&crawl->problem, "cannot remove %s: %s", name, strerror(-error)) < 0)
            crawl->problem = NULL;
        return error;
    }
    pristine_remove(&deletion->pristine, page_store_number(url));
    deletion->count++;
    if (crawl->job.options->verbose && asprintf(&line, "removed: %s", name) >= 0) {
        report_problem(crawl->job.report, line);
        free(line);
    }
    error = forget_row(crawl->job.history.journal, url);
    return error ? error : 1;
}

int mirror_delete(struct crawl *crawl)
{
    const struct store_directory *directory = &crawl->job.directory;
    struct journal *journal = crawl->job.history.journal;
    struct deletion deletion = {.crawl = crawl};
    int error = pristine_open(&deletion.pristine, directory->dir_fd, directory->parts_fd);
    if (!error && journal)
        error = journal_begin(journal);
    if (!error)
        error = tree_each_unmet(crawl->tree, delete_file, &deletion);
    if (journal) {
        int committed = journal_commit(journal);
        error = error ? error : committed;
    }
    pristine_close(&deletion.pristine);
    crawl->deleted = deletion.count;
    return error;
}
