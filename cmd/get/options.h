/* options.h - what the command line of `fetch get` said, checked and with defaults filled in.
 *
 * Ownership: strings point into argv or to memory the struct owns (get_options_free()). Immutable
 * once parsed; shared by all threads. Nothing here parks.
 */
#ifndef CMD_GET_OPTIONS_H
#define CMD_GET_OPTIONS_H

#include "cmd/get/checksum.h"
#include "net/dns/resolver.h"
#include "net/xfer/options.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum run_mode {
    MODE_ASYNC,     /* coroutines on one thread, or on --threads */
    MODE_SYNC,      /* plain blocking calls, one after another */
    MODE_THREADS,   /* a pool of blocking threads */
    MODE_PROCESSES, /* a pool of blocking processes */
};

enum layout {
    LAYOUT_FLAT, /* last path segment */
    LAYOUT_PATH, /* HOST[:PORT]/dir/file?query */
};

enum if_exists {
    EXISTS_UPDATE,
    EXISTS_OVERWRITE,
    EXISTS_SKIP,
    EXISTS_RENAME,
    EXISTS_FAIL,
};

/* Whose connections are counted together. */
enum group_by {
    GROUP_BY_HOST,
    GROUP_BY_IP,
};

enum list_format {
    LIST_AUTO, /* by the name of the file */
    LIST_TEXT,
    LIST_CSV,
};

enum progress_kind {
    PROGRESS_AUTO, /* bar on a terminal, plain elsewhere */
    PROGRESS_BAR,
    PROGRESS_PLAIN,
    PROGRESS_NONE,
};

#define JOBS_DEFAULT 32
#define JOBS_MAX     100000
#define SPLIT_MAX    256

struct learnt;

struct get_options {
    bool walks;     /* URLs lead to further ones (mirror, crawl): one of them is no single file */
    char **sources; /* in the order given; URLs contain "://", "-" is standard input, else files */
    size_t source_count;
    char *metalink; /* the last of them, if it is a Metalink document; else NULL */

    enum list_format list_format;
    struct checksum checksum; /* --checksum of a single URL; CHECKSUM_NONE: none */

    const char *output;    /* -o as typed; NULL: "." */
    const char *directory; /* where files go; "." by default */
    const char *file_name; /* -o FILE for a single URL: its name inside `directory`; NULL: none */
    bool to_stdout;        /* -o - for a single URL */
    bool out_null;         /* --out-null */

    unsigned jobs;            /* 1..JOBS_MAX */
    unsigned per_host;        /* = jobs by default */
    int64_t limit_rate;       /* bytes a second, all together; 0: none */
    unsigned split;           /* connections to one file, 1 by default */
    int64_t min_split_size;   /* bytes of a piece at least */
    enum group_by group_by;   /* what per_host, rate and pauses are for */
    int64_t rate_interval_ns; /* --rate: from one request to a host to the next; 0: none */
    unsigned threads;         /* schedulers, 1 by default */
    enum run_mode mode;
    enum layout layout;
    enum if_exists if_exists;
    int64_t min_free; /* bytes to be left on the disk; 0: no bound */
    bool fsync;
    bool no_remote_time; /* --no-remote-time */
    bool no_journal;     /* keep no record, and use none */
    bool retry_failed;   /* only URLs that failed last time */

    unsigned retry;            /* tries after the first: 3 */
    int64_t retry_delay_ns;    /* first back-off: 1 s */
    int64_t retry_max_time_ns; /* of one URL, all tries: 10 min; 0: no bound */
    int64_t max_time_ns;       /* -m, one transfer with its redirects; 0: none */
    unsigned max_redirs;       /* 10 */
    bool retry_all_errors;     /* whatever failed */

    const char *cookie_jar;  /* -c; NULL: none; "-": standard output */
    const char *altsvc_file; /* --alt-svc; likewise */
    const char *hsts_file;   /* --hsts; NULL: none; "": nothing is kept */
    struct learnt *learnt;   /* what workers bring home; made by get_run(); NULL: nothing */

    struct transfer_options transfer; /* the rest that libcurl is told */
    struct resolver_options resolver;

    const char *exec;        /* --exec: a shell command for each finished file; NULL: none */
    const char *log;         /* --log; NULL: none; "-": standard output */
    const char *har;         /* --har; likewise */
    const char *report;      /* --report; likewise */
    const char *report_rows; /* --report-rows: the page's data alone, for `fetch compare`; NULL */
    enum progress_kind progress;
    bool dry_run;     /* --dry-run: say what would be done */
    bool quiet;       /* -q, -s: no progress and no summary, failures still */
    unsigned verbose; /* -v, given so often */
    int stats_fd;     /* --stats-fd: the summary as JSON for `fetch compare`; -1: none */
};

#endif
