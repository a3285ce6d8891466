/* outcome.h - what became of one URL.
 *
 * Ownership: strings are owned by the struct; outcome_clear() frees them; a zeroed struct is empty.
 * Any thread, one at a time; nothing here parks.
 */
#ifndef CMD_GET_OUTCOME_H
#define CMD_GET_OUTCOME_H

#include "cmd/get/failure.h"
#include "cmd/get/past.h"
#include "net/xfer/transfer.h"

enum outcome_kind {
    OUTCOME_NOT_TRIED, /* interrupted before it was decided */
    OUTCOME_OK,
    OUTCOME_SKIPPED, /* --if-exists skip */
    OUTCOME_FAILED,
    OUTCOME_UNCHANGED, /* the file is what the server has: 304 to a conditional request, or it
                          has sent the same again */
};

struct outcome {
    enum outcome_kind kind;
    bool resent;       /* UNCHANGED: it was sent again */
    bool postponed;    /* nothing is decided yet: its host is paused, and it is to wait there ... */
    struct past past;  /* ... and be taken up again with this */
    int machine_error; /* -errno when the machine failed us, not the URL: exit status 3 */
    char *final_url;   /* where redirects ended; NULL: the URL itself */
    char *moved;       /* where the server says it is, as it says it, and that was not followed;
                          then there is no file; NULL: nowhere */
    int status;        /* HTTP code or 0 */
    char *error;       /* why it failed, in words; NULL: it did not */
    enum failure_kind failure; /* likewise, for counting; only with FAILED */
    char *remarks;             /* what else the user should know, a line each; NULL: nothing */
    char *path;                /* published file, relative to DIR; NULL: none */
    char *name;                /* its URL's from now on (-J); NULL: the entry's still */
    int64_t bytes;             /* decoded body bytes of the last try */
    unsigned attempts;
    struct transfer_times times; /* of the last try; start of the first */
    int64_t last_start;          /* of the last request: wall clock, ns since 1970 */
    char remote_ip[48];
    int http_version; /* 10, 11, 20, 30 */

    /* Of the file as it was published (or found unchanged), for the journal. */
    int64_t file_size;   /* bytes on the disk; only with OK and UNCHANGED */
    int64_t mtime_ns;    /* its time, unix; likewise */
    char *etag;          /* as the server sent it; NULL: it did not */
    char *last_modified; /* likewise */
    char *checksum;      /* verified, "sha-256=HEX"; NULL: none was asked for */
};

void outcome_clear(struct outcome *outcome);

/* kind FAILED with the formatted reason; a reason that cannot be allocated is a literal one. */
void outcome_fail(struct outcome *outcome, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same of a wrong line in a list; `option` is the key that the problem is about, or NULL. */
void outcome_refuse(struct outcome *outcome, const char *option, const char *problem);

/* Adds a line, formatted, to the remarks; one that cannot be allocated is lost. */
void outcome_remark(struct outcome *outcome, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
