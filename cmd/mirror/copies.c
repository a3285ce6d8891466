#include "cmd/mirror/copies.h"

#include "cmd/get/key_table.h"
#include "engine/list.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { REDIRECTS_MAX = 20 }; /* are followed, so that a circle ends */

enum entry_kind {
    ENTRY_COPY,      /* of `url`, under the name `text` */
    ENTRY_REDIRECT,  /* from `url` to the URL `text` */
    ENTRY_DIRECTORY, /* with copies in it, or once with some; has no URL */
};

struct entry {
    enum entry_kind kind;
    unsigned marks; /* of a copy */
    const char *text;
    struct key_node url; /* in by_url, but for directories */
    struct key_node key; /* in by_key, but for redirects: names_key() of the name */
    char block[];        /* the texts */
};

struct copies {
    struct names_store names;
    struct page_copies pages;
    struct key_table by_url;
    struct key_table by_key;
};

static struct entry *find_url(const struct copies *copies, const char *url)
{
    struct key_node *node = key_table_find(&copies->by_url, url);
    return node ? list_entry(node, struct entry, url) : NULL;
}

static struct entry *find_key(const struct copies *copies, const char *key)
{
    struct key_node *node = key_table_find(&copies->by_key, key);
    return node ? list_entry(node, struct entry, key) : NULL;
}

/* Does it end so? */
static bool ends_with(const char *text, size_t length, const char *end, size_t end_length)
{
    return length >= end_length && memcmp(text + length - end_length, end, end_length) == 0;
}

/* Copies the texts, "" for none. Most names are the end of their URL, and most keys are the name:
 * they share its bytes. NULL when memory runs out. */
static struct entry *entry_new(enum entry_kind kind, const char *url, const char *text,
                               const char *key)
{
    size_t url_length = strlen(url), text_length = strlen(text), key_length = strlen(key);
    size_t text_from =
        ends_with(url, url_length, text, text_length) ? url_length - text_length : url_length + 1;
    size_t text_end = text_from + text_length;
    size_t key_from =
        ends_with(text, text_length, key, key_length) ? text_end - key_length : text_end + 1;
    struct entry *entry = malloc(sizeof *entry + key_from + key_length + 1);
    if (!entry)
        return NULL;
    memcpy(entry->block, url, url_length + 1);
    memcpy(entry->block + text_from, text, text_length + 1);
    memcpy(entry->block + key_from, key, key_length + 1);
    entry->kind = kind;
    entry->marks = 0;
    entry->text = entry->block + text_from;
    entry->url.key = entry->block;
    entry->key.key = entry->block + key_from;
    return entry;
}

static void enter(struct copies *copies, struct entry *entry)
{
    if (entry->kind != ENTRY_DIRECTORY)
        key_table_add(&copies->by_url, &entry->url);
    if (entry->kind != ENTRY_REDIRECT)
        key_table_add(&copies->by_key, &entry->key);
}

/* NULL is fine. */
static void drop(struct copies *copies, struct entry *entry)
{
    if (!entry)
        return;
    if (entry->kind != ENTRY_DIRECTORY)
        key_table_remove(&copies->by_url, &entry->url);
    if (entry->kind != ENTRY_REDIRECT)
        key_table_remove(&copies->by_key, &entry->key);
    free(entry);
}

/* The directories that `key` lies in. 0 or -ENOMEM. */
static int add_directories(struct copies *copies, char *key)
{
    int error = 0;
    for (char *slash = key; !error && (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        if (!find_key(copies, key)) {
            struct entry *directory = entry_new(ENTRY_DIRECTORY, "", "", key);
            if (directory)
                enter(copies, directory);
            error = directory ? 0 : -ENOMEM;
        }
        *slash = '/';
    }
    return error;
}

int copies_add(struct copies *copies, const char *url, const char *name)
{
    struct entry *old = find_url(copies, url);
    if (old && old->kind == ENTRY_COPY && strcmp(old->text, name) == 0)
        return 0;
    char *key = names_key(name);
    struct entry *entry = key ? entry_new(ENTRY_COPY, url, name, key) : NULL;
    int error = entry ? add_directories(copies, key) : -ENOMEM;
    if (!error) {
        drop(copies, old);
        drop(copies, find_key(copies, key));
        enter(copies, entry);
        entry = NULL;
    }
    free(entry);
    free(key);
    return error;
}

int copies_redirect(struct copies *copies, const char *url, const char *target)
{
    struct entry *entry = entry_new(ENTRY_REDIRECT, url, target, "");
    if (!entry)
        return -ENOMEM;
    drop(copies, find_url(copies, url));
    enter(copies, entry);
    return 0;
}

const char *copies_target(const struct copies *copies, const char *url)
{
    const struct entry *entry = find_url(copies, url);
    return entry && entry->kind == ENTRY_REDIRECT ? entry->text : NULL;
}

int copies_replace(struct copies *copies, const char *url, const char *target)
{
    const struct entry *entry = find_url(copies, url);
    if (entry && entry->kind == ENTRY_COPY)
        return 0;
    return copies_redirect(copies, url, target);
}

static struct entry *find_copy(const struct copies *copies, const char *url)
{
    struct entry *entry = find_url(copies, url);
    return entry && entry->kind == ENTRY_COPY ? entry : NULL;
}

void copies_mark(struct copies *copies, const char *url, unsigned marks)
{
    struct entry *entry = find_copy(copies, url);
    if (entry)
        entry->marks |= marks;
}

unsigned copies_marks(const struct copies *copies, const char *url)
{
    const struct entry *entry = find_copy(copies, url);
    return entry ? entry->marks : 0;
}

struct each {
    int (*seen)(void *ctx, const char *url, const char *name, unsigned marks);
    void *ctx;
    int result;
};

static bool see(struct key_node *node, void *ctx)
{
    struct each *each = ctx;
    const struct entry *entry = list_entry(node, struct entry, url);
    if (!each->result && entry->kind == ENTRY_COPY)
        each->result = each->seen(each->ctx, entry->url.key, entry->text, entry->marks);
    return true;
}

int copies_each(const struct copies *copies,
                int (*seen)(void *ctx, const char *url, const char *name, unsigned marks),
                void *ctx)
{
    struct each each = {.seen = seen, .ctx = ctx};
    key_table_filter((struct key_table *)&copies->by_url, see, &each); /* all are kept */
    return each.result;
}

void copies_remove(struct copies *copies, const char *url)
{
    drop(copies, find_url(copies, url));
}

const char *copies_name(const struct copies *copies, const char *url)
{
    for (unsigned i = 0; i <= REDIRECTS_MAX; i++) {
        const struct entry *entry = find_url(copies, url);
        if (!entry)
            return NULL;
        if (entry->kind == ENTRY_COPY)
            return entry->text;
        url = entry->text;
    }
    return NULL;
}

const char *copies_url(const struct copies *copies, const char *name)
{
    char *key = names_key(name);
    const struct entry *entry = key ? find_key(copies, key) : NULL;
    free(key);
    bool is_it = entry && entry->kind == ENTRY_COPY && strcmp(entry->text, name) == 0;
    return is_it ? entry->url.key : NULL;
}

static int names_holder(struct names_store *store, const char *key, const char *url)
{
    const struct entry *entry = find_key(list_entry(store, struct copies, names), key);
    if (!entry)
        return NAMES_NOBODY;
    if (entry->kind == ENTRY_DIRECTORY)
        return NAMES_DIRECTORY;
    return strcmp(entry->url.key, url) == 0 ? NAMES_SELF : NAMES_OTHER;
}

static int names_recall(struct names_store *store, const char *url, char **name)
{
    const struct entry *entry = find_url(list_entry(store, struct copies, names), url);
    bool has_copy = entry && entry->kind == ENTRY_COPY;
    *name = has_copy ? strdup(entry->text) : NULL;
    return has_copy && !*name ? -ENOMEM : 0;
}

static int names_record(struct names_store *store, const char *url, const char *name,
                        const char *key)
{
    (void)key; /* made once more, because it is cut into its directories */
    return copies_add(list_entry(store, struct copies, names), url, name);
}

static int pages_find(struct page_copies *pages, const char *url, const char **name)
{
    *name = copies_name(list_entry(pages, struct copies, pages), url);
    return *name != NULL;
}

struct copies *copies_new(void)
{
    struct copies *copies = calloc(1, sizeof *copies);
    if (!copies)
        return NULL;
    copies->names = (struct names_store){names_holder, names_recall, names_record};
    copies->pages = (struct page_copies){pages_find};
    if (key_table_init(&copies->by_url) == 0) {
        if (key_table_init(&copies->by_key) == 0)
            return copies;
        key_table_clear(&copies->by_url);
    }
    free(copies);
    return NULL;
}

static bool free_directory(struct key_node *node, void *ctx)
{
    struct entry *entry = list_entry(node, struct entry, key);
    (void)ctx;
    if (entry->kind != ENTRY_DIRECTORY)
        return true;
    free(entry);
    return false;
}

static bool free_entry(struct key_node *node, void *ctx)
{
    (void)ctx;
    free(list_entry(node, struct entry, url));
    return false;
}

void copies_free(struct copies *copies)
{
    if (!copies)
        return;
    key_table_filter(&copies->by_key, free_directory, NULL);
    key_table_filter(&copies->by_url, free_entry, NULL);
    key_table_clear(&copies->by_key);
    key_table_clear(&copies->by_url);
    free(copies);
}

struct names_store *copies_names(struct copies *copies)
{
    return &copies->names;
}

struct page_copies *copies_pages(struct copies *copies)
{
    return &copies->pages;
}
