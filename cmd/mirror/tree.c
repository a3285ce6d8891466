#include "cmd/mirror/tree.h"

#include "engine/list.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* What is known of a copy. */
enum {
    MARK_THERE = 1, /* its file is */
    MARK_MET = 2,   /* in this run */
    MARK_FRESH = 4, /* its file was written in this run */
};

/* A file whose URL has moved. */
struct orphan {
    struct list_node node;
    char *name; /* owned */
    char url[];
};

struct tree {
    struct namer namer;
    struct names_layout layout;
    pthread_mutex_t lock; /* over all below */
    struct copies *copies;
    struct list orphans;
    bool changed;
};

static int name_answer(struct namer *namer, const struct entry *entry,
                       const struct transfer_result *result, char **name)
{
    struct tree *tree = list_entry(namer, struct tree, namer);
    const char *type = *result->content_type ? result->content_type : NULL;
    pthread_mutex_lock(&tree->lock);
    int error = names_give(copies_names(tree->copies), &tree->layout, &entry->url, type, name);
    pthread_mutex_unlock(&tree->lock);
    return error;
}

/* What the journal has of a file. */
static int take_row(void *ctx, const struct journal_row *row)
{
    struct tree *tree = ctx;
    if (!row->name || row->size < 0)
        return 0;
    int error = copies_add(tree->copies, row->url, row->name);
    copies_mark(tree->copies, row->url, MARK_THERE);
    return error;
}

int tree_new(struct tree **out, const struct names_layout *layout, struct journal *journal)
{
    struct tree *tree = calloc(1, sizeof *tree);
    if (!tree)
        return -ENOMEM;
    tree->layout = *layout;
    tree->namer.name_answer = name_answer;
    tree->copies = copies_new();
    list_init(&tree->orphans);
    pthread_mutex_init(&tree->lock, NULL); /* cannot fail on Linux */
    int error = tree->copies ? 0 : -ENOMEM;
    if (!error && journal)
        error = journal_each(journal, false, take_row, tree);
    if (error) {
        tree_free(tree);
        return error;
    }
    *out = tree;
    return 0;
}

static void free_orphans(struct tree *tree)
{
    struct list_node *next;
    for (struct list_node *node = list_first(&tree->orphans); node; node = next) {
        struct orphan *orphan = list_entry(node, struct orphan, node);
        next = list_next(&tree->orphans, node);
        free(orphan->name);
        free(orphan);
    }
    list_init(&tree->orphans);
}

void tree_free(struct tree *tree)
{
    if (!tree)
        return;
    free_orphans(tree);
    copies_free(tree->copies);
    pthread_mutex_destroy(&tree->lock);
    free(tree);
}

struct namer *tree_namer(struct tree *tree)
{
    return &tree->namer;
}

char *tree_expect(struct tree *tree, const struct url *url)
{
    char *redacted = url->has_credentials ? url_redacted(url) : NULL;
    const char *text = url->has_credentials ? redacted : url->text;
    pthread_mutex_lock(&tree->lock);
    /* One that has moved may be back. */
    bool there = text && copies_marks(tree->copies, text) & MARK_THERE;
    char *name = there ? strdup(copies_name(tree->copies, text)) : NULL;
    pthread_mutex_unlock(&tree->lock);
    free(redacted);
    return there ? name : names_plain(&tree->layout, url, NULL);
}

void tree_meet(struct tree *tree, const char *url, bool fresh)
{
    pthread_mutex_lock(&tree->lock);
    if (!(copies_marks(tree->copies, url) & MARK_THERE))
        tree->changed = true;
    copies_mark(tree->copies, url, MARK_THERE | MARK_MET | (fresh ? MARK_FRESH : 0U));
    pthread_mutex_unlock(&tree->lock);
}

void tree_spare(struct tree *tree, const char *url)
{
    pthread_mutex_lock(&tree->lock);
    if (copies_marks(tree->copies, url) & MARK_THERE)
        copies_mark(tree->copies, url, MARK_MET);
    pthread_mutex_unlock(&tree->lock);
}

bool tree_is_fresh(struct tree *tree, const char *url)
{
    pthread_mutex_lock(&tree->lock);
    bool fresh = copies_marks(tree->copies, url) & MARK_FRESH;
    pthread_mutex_unlock(&tree->lock);
    return fresh;
}

void tree_fail(struct tree *tree, const char *url)
{
    pthread_mutex_lock(&tree->lock);
    if (!(copies_marks(tree->copies, url) & MARK_THERE))
        copies_remove(tree->copies, url);
    pthread_mutex_unlock(&tree->lock);
}

/* Its file is nobody's from now on. */
static int orphan_new(struct tree *tree, const char *url, const char *name)
{
    size_t size = strlen(url) + 1;
    struct orphan *orphan = malloc(sizeof *orphan + size);
    char *copy = strdup(name);
    if (!orphan || !copy) {
        free(orphan);
        free(copy);
        return -ENOMEM;
    }
    orphan->name = copy;
    memcpy(orphan->url, url, size);
    list_push_back(&tree->orphans, &orphan->node);
    tree->changed = true;
    return 0;
}

int tree_redirect(struct tree *tree, const char *url, const char *target)
{
    int error = 0;
    pthread_mutex_lock(&tree->lock);
    if (copies_marks(tree->copies, url) & MARK_THERE)
        error = orphan_new(tree, url, copies_name(tree->copies, url));
    if (!error)
        error = copies_redirect(tree->copies, url, target);
    pthread_mutex_unlock(&tree->lock);
    return error;
}

int tree_target(struct tree *tree, const char *url, char **target)
{
    pthread_mutex_lock(&tree->lock);
    const char *found = copies_target(tree->copies, url);
    *target = found ? strdup(found) : NULL;
    pthread_mutex_unlock(&tree->lock);
    return found && !*target ? -ENOMEM : 0;
}

int tree_replace(struct tree *tree, const char *url, const char *target)
{
    if (strcmp(url, target) == 0)
        return 0;
    pthread_mutex_lock(&tree->lock);
    int error = copies_replace(tree->copies, url, target);
    pthread_mutex_unlock(&tree->lock);
    return error;
}

/* Copies are not to change while they are looked at. */
static int find_unmet(void *ctx, const char *url, const char *name, unsigned marks)
{
    return marks & MARK_THERE && !(marks & MARK_MET) ? orphan_new(ctx, url, name) : 0;
}

int tree_each_unmet(struct tree *tree, int (*seen)(void *ctx, const char *url, const char *name),
                    void *ctx)
{
    bool changed = tree->changed;
    int result = copies_each(tree->copies, find_unmet, tree);
    tree->changed = changed;
    struct list_node *next;
    for (struct list_node *node = list_first(&tree->orphans); node && !result; node = next) {
        struct orphan *orphan = list_entry(node, struct orphan, node);
        next = list_next(&tree->orphans, node);
        list_remove(node);
        result = seen(ctx, orphan->url, orphan->name);
        if (result == 1 && copies_marks(tree->copies, orphan->url))
            copies_remove(tree->copies, orphan->url);
        tree->changed = tree->changed || result == 1;
        result = result == 1 ? 0 : result;
        free(orphan->name);
        free(orphan);
    }
    return result;
}

bool tree_has_changed(const struct tree *tree)
{
    return tree->changed;
}

struct copies *tree_copies(struct tree *tree)
{
    return tree->copies;
}
