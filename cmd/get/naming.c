#include "cmd/get/naming.h"

#include "cmd/get/name.h"
#include "cmd/get/seen.h"
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A recorded name is known again in so many of its forms. */
enum { FORMS = 4 };

struct naming {
    bool suggested;          /* names may be made from what servers suggest */
    pthread_mutex_t lock;    /* over all below */
    struct seen *names;      /* given so far */
    struct journal *journal; /* NULL: none, or empty */
    bool after_kill;
    bool goes_on;
    bool journal_failed; /* what the error is about */
};

struct naming *naming_new(bool suggested)
{
    struct naming *naming = calloc(1, sizeof *naming);
    if (!naming)
        return NULL;
    naming->suggested = suggested;
    pthread_mutex_init(&naming->lock, NULL); /* cannot fail on Linux */
    naming->names = seen_new(NULL);
    if (naming->names)
        return naming;
    naming_free(naming);
    return NULL;
}

void naming_free(struct naming *naming)
{
    if (!naming)
        return;
    seen_free(naming->names);
    pthread_mutex_destroy(&naming->lock);
    free(naming);
}

void naming_use_journal(struct naming *naming, struct journal *journal, bool after_kill,
                        bool goes_on)
{
    naming->journal = journal;
    naming->after_kill = after_kill;
    naming->goes_on = goes_on;
}

static int journal_failed(struct naming *naming, int error)
{
    naming->journal_failed = true;
    return error;
}

/* Gives the name away, unless it belongs to another URL. 1: it is the URL's; 0: it is another's;
 * -errno. */
static int naming_take(struct naming *naming, const char *name, const char *url)
{
    int taken = naming->journal ? journal_name_taken(naming->journal, name, url) : 0;
    if (taken)
        return taken < 0 ? journal_failed(naming, taken) : 0;
    return seen_add(naming->names, name, strlen(name));
}

/* Was `name` made from the plain one? Else it is from another --layout, or was asked for in so many
 * words: then it has had its time. 1, 0, -ENOMEM. */
static int is_form_of(const char *name, const char *plain, const struct url *url)
{
    int found = strcmp(name, plain) == 0;
    for (unsigned attempt = 0; !found && attempt < FORMS; attempt++) {
        char *form = name_distinct(plain, url, attempt);
        if (!form)
            return -ENOMEM;
        found = strcmp(name, form) == 0;
        free(form);
    }
    return found;
}

/* The recorded name once more. 1: it is the entry's now; 0: it cannot be; -errno. */
static int take_recorded(struct naming *naming, struct entry *entry, const char *recorded)
{
    int taken = recorded && naming->suggested ? 1
                : recorded                    ? is_form_of(recorded, entry->name, &entry->url)
                                              : 0;
    if (taken == 1) /* no two recorded URLs have one name */
        taken = seen_add(naming->names, recorded, strlen(recorded));
    if (taken != 1 || strcmp(recorded, entry->name) == 0)
        return taken;
    char *name = strdup(recorded);
    if (!name)
        return -ENOMEM;
    free(entry->name);
    entry->name = name;
    return 1;
}

/* *name, a plain one so far, becomes the first of its forms that is free. */
static int take_new(struct naming *naming, char **name, const struct url *url, const char *key)
{
    char *plain = *name;
    int taken = naming_take(naming, plain, key);
    for (unsigned attempt = 0; taken == 0; attempt++) {
        if (*name != plain)
            free(*name);
        *name = name_distinct(plain, url, attempt);
        taken = *name ? naming_take(naming, *name, key) : -ENOMEM;
    }
    if (*name != plain)
        free(plain);
    return taken < 0 ? taken : 0;
}

static enum outcome_kind outcome_kind(enum journal_outcome outcome)
{
    switch (outcome) {
    case JOURNAL_OK:
        return OUTCOME_OK;
    case JOURNAL_UNCHANGED:
        return OUTCOME_UNCHANGED;
    case JOURNAL_SKIPPED:
        return OUTCOME_SKIPPED;
    case JOURNAL_FAILED:
        break;
    }
    return OUTCOME_FAILED;
}

static int keep_known(struct entry *entry, const struct known *known)
{
    entry->known = known_new(known);
    return entry->known ? 0 : -ENOMEM;
}

/* Was the file found to have the checksum that the list has for it? */
static bool is_verified(const struct entry *entry, const char *recorded)
{
    char text[CHECKSUM_TEXT_SIZE];
    if (!recorded || !entry->details || entry->details->checksum.algorithm == CHECKSUM_NONE)
        return false;
    return strcmp(checksum_text(&entry->details->checksum, text), recorded) == 0;
}

/* What the journal has of the URL: entry->known, and the name, a new string. */
static int recollect(struct naming *naming, struct entry *entry, const char *key, char **recorded)
{
    struct journal_row row;
    int found = naming->journal ? journal_find(naming->journal, key, &row) : 0;
    if (found < 0)
        return journal_failed(naming, found);
    /* Nothing is recorded, which after a kill need not mean that nothing is there. */
    if (!found && naming->after_kill)
        return keep_known(entry, &(struct known){.size = -1, .mtime_ns = -1});
    if (!found)
        return 0;
    *recorded = row.name ? strdup(row.name) : NULL;
    if (row.name && !*recorded)
        return -ENOMEM;
    bool done = row.outcome == JOURNAL_OK || row.outcome == JOURNAL_UNCHANGED;
    return keep_known(entry, &(struct known){
                                 .outcome = outcome_kind(row.outcome),
                                 .row = row.id,
                                 .size = row.size,
                                 .mtime_ns = row.mtime_ns,
                                 .etag = row.etag,
                                 .last_modified = row.last_modified,
                                 .settled = naming->goes_on && row.of_last_pass && done,
                                 .verified = is_verified(entry, row.checksum),
                             });
}

static int choose_name(struct naming *naming, struct entry *entry, const char *recorded,
                       const char *key)
{
    int taken = recorded ? take_recorded(naming, entry, recorded) : 0;
    if (taken)
        return taken < 0 ? taken : 0;
    /* The file that was recorded is not the entry's. */
    if (entry->known && entry->known->row) {
        entry->known->renamed = true;
        entry->known->size = -1;
    }
    return take_new(naming, &entry->name, &entry->url, key);
}

static int give_locked(struct naming *naming, struct entry *entry)
{
    char *recorded = NULL;
    char *owned;
    const char *key = entry_key(entry, &owned);
    int error = key ? recollect(naming, entry, key, &recorded) : -ENOMEM;
    if (!error && entry->name)
        error = choose_name(naming, entry, recorded, key);
    free(recorded);
    free(owned);
    return error;
}

int naming_give(struct naming *naming, struct entry *entry)
{
    pthread_mutex_lock(&naming->lock);
    int error = give_locked(naming, entry);
    pthread_mutex_unlock(&naming->lock);
    return error;
}

int naming_give_suggested(struct naming *naming, const struct entry *entry, const char *plain,
                          char **name)
{
    char *owned = NULL;
    /* It may have the name already, of the last run or of its URL. */
    int same = is_form_of(entry->name, plain, &entry->url);
    *name = same < 0 ? NULL : strdup(same ? entry->name : plain);
    int error = *name ? 0 : -ENOMEM;
    if (!error && !same) {
        const char *key = entry_key(entry, &owned);
        pthread_mutex_lock(&naming->lock);
        error = key ? take_new(naming, name, &entry->url, key) : -ENOMEM;
        pthread_mutex_unlock(&naming->lock);
    }
    free(owned);
    if (error) {
        free(*name);
        *name = NULL;
    }
    return error;
}

static int give_all_locked(struct naming *naming, struct list *entries)
{
    /* One look at the journal for all of them. */
    int error = naming->journal ? journal_begin(naming->journal) : 0;
    if (error)
        return journal_failed(naming, error);
    for (struct list_node *node = list_first(entries); node && !error;
         node = list_next(entries, node)) {
        struct entry *entry = list_entry(node, struct entry, node);
        error = entry->problem ? 0 : give_locked(naming, entry);
    }
    if (naming->journal)
        journal_abandon(naming->journal); /* nothing was written */
    return error;
}

int naming_give_all(struct naming *naming, struct list *entries)
{
    pthread_mutex_lock(&naming->lock);
    int error = give_all_locked(naming, entries);
    pthread_mutex_unlock(&naming->lock);
    return error;
}

char *naming_problem(const struct naming *naming, int error)
{
    char *text;
    if (error == -ENOMEM)
        return strdup(strerror(ENOMEM));
    int length = naming->journal_failed
                     ? asprintf(&text, "cannot read the journal %s: %s",
                                journal_path(naming->journal), journal_problem(naming->journal))
                     : asprintf(&text, "cannot remember the names given in a temporary file: %s",
                                strerror(-error));
    return length < 0 ? NULL : text;
}
