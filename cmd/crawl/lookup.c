#include "cmd/crawl/lookup.h"

#include "cmd/crawl/trip.h"
#include "cmd/mirror/pristine.h"
#include "cmd/mirror/types.h"
#include "engine/offload/offload.h"
#include <stdlib.h>
#include <string.h>

/* One job of the pool. */
struct lookup {
    struct crawl *crawl;
    struct list entries;
    struct page_query queries[LOOKUP_MOST]; /* one an entry, in their order */
    size_t count;
    int error;
    bool of_pages; /* the error is their store's */
};

bool lookup_is_needed(const struct crawl *crawl)
{
    return crawl->tree &&
           (crawl->job.history.reader || (crawl->pages && !page_store_was_made(crawl->pages)));
}

/* Does it lead on, so that what it said must be known? */
static bool is_read(const struct entry *entry)
{
    unsigned kind = entry->trip->lease->link.kind;
    return kind & (KIND_STYLESHEET | KIND_FEED) || type_leads_on(entry->name);
}

/* Was it said by the version of the file that the journal knows? Not always, after a power cut or
 * an error of the disk. */
static bool is_of_file(const struct page_query *query, const struct known *known)
{
    return query->stamp == page_stamp(known->mtime_ns, known->etag);
}

/* Should the same be sent again, the copy stays. Of one in which links are converted the document
 * lies beside it. */
static void recall_page(struct trip *trip)
{
    const struct crawl_options *options = trip->crawl->options;
    struct page_before *before = &trip->page->before;
    if (!trip->said || !page_recall(trip->page, trip->said, trip->said_size))
        return;
    if (options->mirror && !options->no_convert &&
        (before->type == PAGE_HTML || before->type == PAGE_CSS))
        pristine_path(page_store_number(trip->lease->link.text), before->served);
}

/* A page that is known, but not what it said, is asked for as if its file were another. */
static void take_answer(struct entry *entry, struct page_query *query)
{
    if (query->said && entry->known && !is_of_file(query, entry->known)) {
        free(query->said);
        query->said = NULL;
    }
    entry->trip->said = query->said;
    entry->trip->said_size = query->size;
    recall_page(entry->trip);
    if (!entry->known || query->said || !is_read(entry))
        return;
    entry->known->outcome = OUTCOME_OK;
    entry->known->mtime_ns = -1;
}

static int ask_pages(struct lookup *lookup)
{
    struct page_store *pages = lookup->crawl->pages;
    if (!pages || page_store_was_made(pages))
        memset(lookup->queries, 0, lookup->count * sizeof *lookup->queries);
    else
        lookup->error = page_store_find_all(pages, lookup->queries, lookup->count);
    lookup->of_pages = lookup->error;
    return lookup->error;
}

/* On a thread of the pool. */
static void *look_up(void *arg)
{
    struct lookup *lookup = arg;
    struct crawl *crawl = lookup->crawl;
    if (crawl->job.history.reader)
        lookup->error = naming_give_all(crawl->naming, &lookup->entries);
    if (lookup->error || !crawl->pages || ask_pages(lookup))
        return NULL;
    struct page_query *query = lookup->queries;
    for (struct list_node *node = list_first(&lookup->entries); node;
         node = list_next(&lookup->entries, node))
        take_answer(list_entry(node, struct entry, node), query++);
    return NULL;
}

static char *lookup_problem(const struct lookup *lookup)
{
    const struct crawl *crawl = lookup->crawl;
    return lookup->of_pages ? strdup(page_store_problem(crawl->pages))
                            : naming_problem(crawl->naming, lookup->error);
}

/* Some of those that wait. */
static void collect(struct lookup *lookup)
{
    struct list_node *node;
    list_init(&lookup->entries);
    while (lookup->count < LOOKUP_MOST && (node = list_pop_front(&lookup->crawl->unknown))) {
        const struct trip *trip = list_entry(node, struct entry, node)->trip;
        lookup->queries[lookup->count++] = (struct page_query){.url = trip->lease->link.text};
        list_push_back(&lookup->entries, node);
    }
}

static void give_back(struct list *entries)
{
    struct list_node *node;
    while ((node = list_pop_front(entries)))
        trip_end(list_entry(node, struct entry, node)->trip, FRONTIER_BACK);
}

/* 0, or what ends the task: -ECANCELED, or what the crawl has been told. */
static int look_up_some(struct crawl *crawl)
{
    struct list_node *node;
    struct lookup lookup = {.crawl = crawl};
    collect(&lookup);
    int error = offload(look_up, &lookup, NULL, DEADLINE_NEVER);
    if (!error && lookup.error)
        crawl_fail(crawl, lookup.error, lookup_problem(&lookup));
    if (!error)
        error = lookup.error;
    if (error)
        give_back(&lookup.entries);
    while ((node = list_pop_front(&lookup.entries)))
        (void)trip_start(list_entry(node, struct entry, node)->trip); /* interrupted: it is back */
    return error;
}

void lookup_add(struct trip *trip)
{
    struct crawl *crawl = trip->crawl;
    list_push_back(&crawl->unknown, &trip->entry->node);
    event_clear(&crawl->all_known);
    event_set(&crawl->asked);
}

void *lookup_task(void *arg)
{
    struct crawl *crawl = arg;
    int error = 0;
    while (!error) {
        if (!list_empty(&crawl->unknown)) {
            error = look_up_some(crawl);
            continue;
        }
        event_set(&crawl->all_known);
        event_clear(&crawl->asked);
        error = event_wait(&crawl->asked, DEADLINE_NEVER);
    }
    event_set(&crawl->all_known);
    return NULL;
}

void lookup_end(struct crawl *crawl)
{
    give_back(&crawl->unknown);
}
