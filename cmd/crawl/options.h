/* options.h - what the command line of `fetch mirror` and `fetch crawl` said besides what `fetch
 * get` takes too.
 *
 * Ownership: strings point into argv. Immutable once parsed. Nothing here parks.
 */
#ifndef CMD_CRAWL_OPTIONS_H
#define CMD_CRAWL_OPTIONS_H

#include "cmd/crawl/scope.h"
#include <stdint.h>

#define CRAWL_REDIRECTS_MAX 14U /* in a row, whatever --max-redirs says */

enum srcset_choice {
    SRCSET_ALL,     /* all candidates of an image */
    SRCSET_LARGEST, /* one of each */
};

struct crawl_options {
    bool mirror; /* `fetch mirror`; else `fetch crawl` */
    struct scope_options scope;
    unsigned level;    /* --level; 0: any number */
    int64_t delay_ns;  /* from one request to a host to the next */
    bool no_robots;    /* robots.txt is not asked for */
    unsigned max_urls; /* fetched in the whole job; 0: no bound */
    int64_t quota;     /* bytes of the whole job; 0: no bound */
    int64_t job_time_ns;
    enum srcset_choice srcset;
    bool no_requisites;
    bool fail_on_broken; /* 404 and 410 on the way count as failures */
    const char *why;     /* explain this URL; NULL: none */
    bool check;          /* crawl: as a link checker */

    /* mirror: */
    bool no_convert;
    bool delete_gone;
    bool no_host_directories;
    unsigned cut_dirs;
};

#endif
