/* journal.h - what a job remembers in DIR/.fetch/journal.db: a row for every URL.
 *
 * A row tells under which name a URL's file lies, what the server said of it, and what became of it
 * last time. It is found by a hash of the URL, or of its name, which no two rows share. No headers,
 * no credentials: URLs are given without.
 *
 * SQLite in WAL mode: a killed run loses what was not committed and nothing else; others may read
 * while one writes. Whoever reads and whoever writes have a connection of their own.
 *
 * Ownership: journal_open() to journal_close(); rows and their strings are the caller's. Thread:
 * any, one at a time a connection. Nothing here parks; all of it blocks on the disk.
 */
#ifndef CMD_JOURNAL_JOURNAL_H
#define CMD_JOURNAL_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

/* Kept in the file: never renumber. */
enum journal_outcome {
    JOURNAL_OK = 1,
    JOURNAL_UNCHANGED = 2,
    JOURNAL_SKIPPED = 3,
    JOURNAL_FAILED = 4,
};

struct journal_row {
    int64_t id;       /* as it was found; 0: a new row */
    bool renamed;     /* it was found, but its file has another name now */
    const char *url;  /* without credentials */
    const char *name; /* of its file, relative to DIR */

    /* Of the file that lies there; size -1: none was ever published. */
    int64_t size;
    int64_t mtime_ns;          /* unix */
    const char *etag;          /* as the server sent it; NULL: none */
    const char *last_modified; /* likewise */
    const char *checksum;      /* "sha-256=HEX"; NULL: none was asked for */

    /* Of the latest run. */
    enum journal_outcome outcome;
    int status;        /* HTTP code or 0 */
    unsigned attempts; /* tries it took */
    const char *error; /* why it failed, in words; NULL: it did not */
    int64_t finished;  /* unix seconds */
    bool of_last_pass; /* as it was found: it was written in the pass that was the last then */
};

struct journal;

enum journal_use {
    JOURNAL_READ,  /* -ENOENT where there is none */
    JOURNAL_WRITE, /* makes it where there is none */
};

/* The journal in `directory` ("DIR/.fetch"). `synced`: what is committed survives a power cut, too.
 * 0; -ENOENT; -EINVAL: it is none of ours, damaged, or of a newer program; another -errno; with
 * *why, a new string for the user ("cannot open the journal out/.fetch/journal.db: ..."; NULL when
 * memory runs out). */
int journal_open(struct journal **journal, const char *directory, enum journal_use use, bool synced,
                 char **why);
void journal_close(struct journal *journal); /* NULL is fine */

/* Is there a journal in the open directory `fd`? No file is opened. */
bool journal_exists(int fd);

/* Has it no row? */
bool journal_is_empty(struct journal *journal);

/* A run begins, or ends in order: every file it has published has its row. A run that finds another
 * one's beginning without its end knows that this one was killed. `complete`: there is nothing left
 * to do; else, and after a kill, the next run goes on with the same pass. 0 or -errno. */
int journal_mark_begin(struct journal *journal);
int journal_mark_end(struct journal *journal, bool complete);

/* As found when it was opened. */
bool journal_was_killed(const struct journal *journal);      /* the last run */
bool journal_pass_was_killed(const struct journal *journal); /* it, or one that it went on with */
bool journal_was_complete(const struct journal *journal);    /* also where there was no run yet */

/* One transaction around many rows: 0 or -errno; -ESTALE when the file has been removed or replaced
 * meanwhile. journal_abandon() undoes what was put since the beginning. */
int journal_begin(struct journal *journal);
int journal_commit(struct journal *journal);
void journal_abandon(struct journal *journal);

/* Adds the row, or replaces the one that was found. What describes the file then stays as it was
 * recorded when the outcome is FAILED, and with UNCHANGED where the new row has nothing; SKIPPED
 * leaves all as it is. 0 or -errno. */
int journal_put(struct journal *journal, const struct journal_row *row);

/* The file of the row that was found has another size now, though nothing was fetched. 0 or -errno.
 */
int journal_set_size(struct journal *journal, const struct journal_row *row, int64_t size);

/* Forgets the row that was found: its file is gone. 0 or -errno. */
int journal_forget(struct journal *journal, const struct journal_row *row);

/* Makes all rows that there are able to be found. For a writer, before anybody looks for some;
 * takes as long as sorting those that have come since, but ends with -ECANCELED soon after
 * stopped() (NULL: never) says so. 0 or -errno. */
int journal_index(struct journal *journal, bool (*stopped)(void));

/* 1 when it knows the URL: the row's strings live until the next call; 0 when not; -errno. */
int journal_find(struct journal *journal, const char *url, struct journal_row *row);

/* As journal_find(), one by one also among the rows that have come since journal_index(). */
int journal_search(struct journal *journal, const char *url, struct journal_row *row);

/* As journal_search(), by the name of the URL's file. */
int journal_search_name(struct journal *journal, const char *name, struct journal_row *row);

/* 1 when another URL than this one has the name, 0 when not, -errno. */
int journal_name_taken(struct journal *journal, const char *name, const char *url);

/* Calls seen(ctx, row) for each row, those that failed only if `failed`, in no particular order,
 * until it returns other than 0. 0, what it returned, or -errno. */
int journal_each(struct journal *journal, bool failed,
                 int (*seen)(void *ctx, const struct journal_row *row), void *ctx);

struct journal_counts {
    uint64_t by_outcome[JOURNAL_FAILED + 1]; /* URLs */
    uint64_t files;                          /* that were published */
    uint64_t bytes;                          /* in them */
};
int journal_count(struct journal *journal, struct journal_counts *counts);

/* All of these: -EBADMSG when the file turns out to be damaged. Of the latest error, in words
 * without the file's name; a literal or good until the next call. */
const char *journal_problem(const struct journal *journal);

/* The file, for messages: "out/.fetch/journal.db". */
const char *journal_path(const struct journal *journal);

#endif
