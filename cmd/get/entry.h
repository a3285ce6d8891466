/* entry.h - one URL of the list on its way through the job.
 *
 * Ownership: the list reader makes it, dispatch and modes hand it on, entry_free() ends it.
 * Thread: one at a time. Nothing here parks.
 */
#ifndef CMD_GET_ENTRY_H
#define CMD_GET_ENTRY_H

#include "cmd/get/details.h"
#include "cmd/get/facts.h"
#include "cmd/get/known.h"
#include "cmd/get/meter.h"
#include "cmd/get/past.h"
#include "cmd/get/tap.h"
#include "engine/list.h"
#include "net/url/url.h"
#include <stdbool.h>
#include <stdint.h>

struct trip;

struct entry {
    struct url url;
    char *name;  /* file name relative to DIR, safe, decided in list order; owned; NULL: the
                    body goes nowhere or to standard output */
    char *group; /* --group-by ip: its host's address; owned; NULL: the host is a group by itself */
    struct details *details; /* mirrors, checksum, headers; owned; NULL: none of them */
    const char
        *source;      /* "urls.txt", "standard input", "command line"; lives as long as the list */
    uint64_t line;    /* in the source, from 1; on the command line which argument */
    uint64_t number;  /* of all entries, from 1 */
    int64_t taken_up; /* by dispatch: wall clock, ns since 1970; 0: not yet */
    struct facts *facts; /* what a crawl tells of it in the log; owned; NULL: nothing */
    struct known *known; /* what the journal knows of it; owned; NULL: nothing */
    struct past past;    /* of tries before its host's pause */
    unsigned twin;       /* so many before it have the same URL, but other credentials */
    bool named;          /* by the list itself, in so many words */
    bool leased;         /* already counted as entered at its host's gate, by dispatch */
    const char *problem; /* a wrong line: why, a literal; NULL: a good one */
    char *text;   /* what is wrong with `problem`, as written, redacted of nothing; owned; NULL: it
                     is about the URL. Else that is empty */
    char *option; /* the key of an option line below that `problem` is about; owned; NULL: none */
    struct trip *trip;        /* a crawl's; NULL: it is none of a crawl's */
    const char *robots_agent; /* who reads it for its links, a literal; NULL: nobody does */
    bool aside;               /* not one of the job's URLs: neither recorded nor reported */
    bool lenient;             /* that it is not there (404, 410) does not fail the job */
    bool untold;              /* whoever it is for tells why it failed; -v does, too */
    bool glances;             /* is it there? HEAD, and GET if that is refused */
    struct tap *tap;          /* looks at the body; its maker's; NULL: nobody does */
    bool stays;               /* a redirect is told, not followed */
    bool foreign;             /* a page has chosen its origin, which the user has not named */
    struct meter *meter;      /* where what arrives is counted; NULL: nowhere */
    int64_t started;          /* monotonic; while it is under way and has a meter */
    struct list_node node;    /* whoever holds it; under way: the report */
};

/* Whose gate it goes through: a key of hosts.h. */
const char *entry_gate(const struct entry *entry);

/* What may be sent to a place of the file. */
enum trust {
    TRUST_NONE,      /* somebody else has chosen it: a redirect */
    TRUST_OWN_LOGIN, /* the list has: what the URL itself or a netrc file names for it */
    TRUST_ALL,       /* the credentials of the job and of the entry too */
};

/* Of a URL of the list: those credentials are for the entry's origin, whatever mirrors there are.
 */
enum trust entry_trust(const struct entry *entry, const struct url *url);

/* What the entry is remembered by: its URL without credentials; of twins, which only these tell
 * apart, the second ends in "#2" and so on: that is in no URL's text. *owned is to be freed. NULL
 * when memory runs out. */
const char *entry_key(const struct entry *entry, char **owned);

void entry_free(struct entry *entry); /* NULL is fine */

#endif
