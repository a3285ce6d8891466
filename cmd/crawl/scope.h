/* scope.h - which links a crawl follows, and the rule that says so.
 *
 * The words are wget's. A link is admitted or refused by one rule, the first that has something to
 * say; the rules have names for users, so that --why and the summary's counts come from here.
 *
 * Navigation keeps to the hosts of the seeds and to --domains (with --span-hosts to --domains
 * alone, or any host), to --level, --no-parent, the directories, suffixes, patterns and expressions
 * asked for. As with wget, --no-parent is about hosts of seeds only, and pages that --accept and
 * --reject do not let through are still read for their links, as long as --level leads on. What a
 * page needs to be shown has a scope of its own: it may lie anywhere, also below --no-parent's
 * start and beyond
 * --level, unless --reject, --reject-regex or --exclude-directories name it. Unlike wget's, a
 * directory's pattern stands for all below it.
 *
 * Ownership: scope_new() to scope_free(); the options outlive it. Thread: one at a time. Nothing
 * here parks. However hostile a URL is, judging it takes some milliseconds at the most.
 */
#ifndef CMD_CRAWL_SCOPE_H
#define CMD_CRAWL_SCOPE_H

#include "net/url/resolve.h"
#include <stdbool.h>
#include <stddef.h>

/* Lists are comma-separated, as typed. NULL: none. */
struct scope_options {
    int level;           /* links away from a seed that are followed; -1: any number */
    bool no_parent;      /* stay below the directory of the seed */
    bool requisites;     /* what pages need to be shown is fetched */
    bool span_hosts;     /* any host */
    const char *domains; /* these and their subdomains */
    const char *accept;  /* suffixes, or shell patterns of whole file names; without the query */
    const char *reject;
    const char *accept_regex; /* PCRE2, sought in the whole URL */
    const char *reject_regex;
    const char *include_directories; /* "/a,/b/c": paths that begin so, "*" stands for anything */
    const char *exclude_directories;
    bool strip_query; /* links lose their query before anything else: the url_resolver's flag */
};

enum scope_rule {
    SCOPE_SEED,      /* admitted: given on the command line */
    SCOPE_LINK,      /* admitted: nothing is against it */
    SCOPE_REQUISITE, /* admitted: a page needs it */
    SCOPE_PASSAGE,   /* admitted for its links only: --accept or --reject do not want it kept */
    SCOPE_ADMITTED,  /* rules from here on refuse */
    SCOPE_SCHEME = SCOPE_ADMITTED,
    SCOPE_HOST,
    SCOPE_DOMAINS,
    SCOPE_LEVEL,
    SCOPE_PARENT,
    SCOPE_NO_REQUISITES,
    SCOPE_CHAIN, /* a requisite of a requisite, and so on: SCOPE_CHAIN_MAX */
    SCOPE_ACCEPT,
    SCOPE_REJECT,
    SCOPE_ACCEPT_REGEX,
    SCOPE_REJECT_REGEX,
    SCOPE_INCLUDE,
    SCOPE_EXCLUDE,
    SCOPE_EXPRESSION, /* an expression was given up on this URL */
    SCOPE_RULES,
};

/* Frames in frames and style sheets that import others end somewhere. */
#define SCOPE_CHAIN_MAX 8

struct scope_link {
    const struct url_resolved *url;
    unsigned level;    /* links from the seed, this one counted; 0: it is a seed */
    bool is_requisite; /* of the page that has it */
    unsigned chain;    /* of a requisite: how many requisites in a row lead to it, itself counted */
};

struct scope;

/* 0; -EINVAL with *why, a new string for the user, for an expression that is none; -ENOMEM. */
int scope_new(struct scope **scope, const struct scope_options *options, char **why);
void scope_free(struct scope *scope); /* NULL is fine */

/* A seed: its host and directory are inside from now on. 0 or -ENOMEM. */
int scope_add_seed(struct scope *scope, const struct url_resolved *url);

/* What is to be done with a link. Rules below SCOPE_ADMITTED admit it. */
enum scope_rule scope_judge(struct scope *scope, const struct scope_link *link);

/* For --why and the summary: "--no-parent", "another host"; a literal. */
const char *scope_rule_word(enum scope_rule rule);

#endif
