/* core.h - a crawl under way: what its parts share. Private to crawl/ and mirror/.
 *
 * Ownership: crawl_run() sets it up and tears it down. Thread: main.
 */
#ifndef CMD_CRAWL_CORE_H
#define CMD_CRAWL_CORE_H

#include "cmd/crawl/check.h"
#include "cmd/crawl/depths.h"
#include "cmd/crawl/frontier.h"
#include "cmd/crawl/met.h"
#include "cmd/crawl/options.h"
#include "cmd/crawl/page.h"
#include "cmd/crawl/page_store.h"
#include "cmd/crawl/referrers.h"
#include "cmd/crawl/sites.h"
#include "cmd/crawl/state.h"
#include "cmd/crawl/tally.h"
#include "cmd/crawl/why.h"
#include "cmd/get/crew.h"
#include "cmd/get/job.h"
#include "cmd/get/naming.h"
#include "cmd/mirror/tree.h"
#include "engine/sched/group.h"
#include "engine/sync/event.h"
#include "net/robots/directives.h"
#include "net/url/parser.h"
#include "net/url/resolve.h"

/* What a URL of the frontier is to the page that has it: frontier_link's kind. */
#define KIND_REQUISITE  1U
#define KIND_STYLESHEET 2U
#define KIND_PASSAGE    4U /* fetched for its links only */
#define KIND_FEED       8U /* a sitemap, or a feed */
/* Above: scope_link's chain; of what is no requisite, how many redirects in a row led to it. */
#define KIND_CHAIN_SHIFT 4
#define KIND_CHAIN_MAX   CRAWL_REDIRECTS_MAX
#define KIND_GLANCE      (15U << KIND_CHAIN_SHIFT) /* instead: out of scope, is it there? */
#define KIND_GLANCE_HOPS 15U                       /* of that: redirects in a row that led to it */

static inline bool kind_is_glance(unsigned kind)
{
    return (kind & KIND_GLANCE) == KIND_GLANCE;
}

/* Named by the user, or what that has moved to? */
static inline bool link_is_seed(const struct frontier_link *link)
{
    return link->depth == 0 && !(link->kind & KIND_REQUISITE) && !kind_is_glance(link->kind);
}

struct crawl {
    struct job job;
    const struct crawl_options *options;
    struct state state; /* where frontier and pages lie */
    struct frontier *frontier;
    struct page_store *pages; /* NULL: nobody will ask what they said */
    struct depths *depths;    /* NULL: how far away something is does not matter */
    struct scope *scope;
    struct traps *traps;
    struct sites *sites;
    struct tree *tree;     /* of the files; NULL: none are kept */
    struct naming *naming; /* finds what the journal knows */
    struct met *met;       /* what need not be learnt again */
    struct page_pool pool;
    struct referrers referrers;
    struct tally tally;
    struct why why;
    struct check *check; /* NULL: links are not checked */
    uint64_t broken;     /* links that the check has found */
    struct url_parser parser;
    struct url_resolver resolver;
    struct slots *slots;
    struct crew *crew;
    struct group aside;     /* tasks: seeds, lookups */
    struct list unknown;    /* entries to be looked up, by entry->node */
    struct event asked;     /* there is one */
    struct event all_known; /* there is none, and none is being looked up */
    struct list landed;     /* trips to learn from, by trip->node */
    struct list held;       /* trips learnt from, likewise (held.h) */
    struct event news;      /* one has landed, or it is time to end */
    struct event learnt;    /* something may be in the frontier now: for who found nothing there */
    bool seeded;            /* all seeds are in the frontier */
    bool resumed;           /* it goes on with what an earlier run has left */
    bool ended;             /* nothing lands any more */
    int error;              /* the first that ends the crawl; 0: none */
    char *problem;          /* it, in words; owned; NULL: the error's own */
    uint64_t started;       /* URLs */
    uint64_t entries;       /* so many have been made */
    int64_t until;          /* monotonic; DEADLINE_NEVER: --job-time is not given */
    bool unconverted;       /* an earlier run has left links that lead nowhere on the disk */
    bool incomplete;        /* something that is there could not be fetched */
    uint64_t deleted;       /* files */
    uint64_t cut;           /* pages that may have more links than were read */
    const char *bound;      /* the option that has ended it; NULL: none */
};

/* One URL on its way from the frontier and back. */
struct trip {
    struct list_node node;
    struct crawl *crawl;
    struct entry *entry;          /* until it is under way */
    struct frontier_lease *lease; /* owned; NULL: none (robots.txt) */
    struct page *page;            /* owned; NULL: none */
    struct robots_text *robots;   /* owned; NULL: it is not a robots.txt */
    struct site *site;
    uint64_t family; /* in which it counts (traps.h); 0: in none */
    void *said; /* what an earlier run has read there, for page_unpack(); owned; NULL: nothing */
    size_t said_size;
    /* Once it has landed: */
    enum outcome_kind outcome;
    bool resent; /* as the outcome says */
    int status;
    enum frontier_end end; /* while it is held, with what was written of it last: */
    uint64_t page_number;
    uint64_t row_number;
    char *error; /* why it failed; owned; NULL: it did not, or nobody asks */
    char *moved; /* owned */
    char *path;  /* of its file, relative to DIR; owned; NULL: none */
};

/* What ends the crawl; `problem` is taken. */
void crawl_fail(struct crawl *crawl, int error, char *problem);

/* A URL as the job's parts know it, without its name. 0; -EINVAL: it is none; -ENOMEM. */
int crawl_entry_new(struct crawl *crawl, const char *url, size_t length, struct entry **entry);

/* The entry's URL with the login that the site's seed has. 0 or -ENOMEM. */
int crawl_entry_sign(struct crawl *crawl, struct entry **entry, const struct site *site);

/* walk.c: the whole walk; a main_loop body. */
int walk_body(void *crawl);

/* robots_trip.c: fetches robots.txt of trip->site, in place of the trip, which waits with others
 * of the site until it has landed. */
void robots_ask(struct trip *trip);
void robots_landed(struct trip *trip, const struct outcome *outcome);
void robots_free_trip(struct trip *trip);

/* learn.c: a task that learns from what has landed until crawl->ended. */
void *learn_task(void *crawl);

/* Why a link of a page is not to be looked at, a literal; NULL: it is. */
const char *learn_word_against(const struct crawl *crawl, const struct page *page, size_t index);

/* Adds a seed. 0 or -errno. */
int learn_seed(struct crawl *crawl, const struct entry *entry);

#endif
