/* records.h - what is kept in writing of every URL: --log, --har, --report.
 *
 * Each is a file that grows with every outcome, so that a million URLs need no more memory than
 * ten; what stands at its end is written when the job ends, however it does. A file that cannot be
 * written is given up, the others go on.
 *
 * Ownership: records_open() to records_close(); options outlive them. Thread: one, on one
 * scheduler. Parks: records_keep_pace(); records_put() and records_tick() as writer.h says.
 * records_close() blocks for what is left.
 */
#ifndef CMD_REPORT_RECORDS_H
#define CMD_REPORT_RECORDS_H

#include "cmd/get/json_text.h"
#include "cmd/get/report.h"

struct records;

/* One URL and what became of it. */
struct record {
    const char *url;  /* without credentials */
    int64_t taken_up; /* wall clock, ns since 1970; 0: not known */
    const struct outcome *outcome;
    const struct facts *facts; /* NULL: none */
};

/* What is known when the job ends. */
struct record_end {
    const struct report_counts *counts;
    double wall_s;
    bool interrupted;
    bool more_not_tried; /* counts->not_tried is not all of them */
};

/* How one kind of file is written; the text is appended to. */
struct record_format {
    void (*begin)(struct json_text *text, const struct get_options *options, int64_t started);
    /* False: it has no place in this file. `first`: nothing was put so far. */
    bool (*put)(struct json_text *text, const struct record *record, bool first);
    void (*end)(struct json_text *text, const struct record_end *end);
};

/* failed() is called once for a file that is given up. *records stays NULL where nothing is to be
 * kept. 0, or -errno with *place, a new string for the user. */
int records_open(struct records **records, const struct get_options *options,
                 void (*failed)(void *ctx, const char *path, int error), void *ctx, char **place);

/* 0, or -errno of a file that was given up for this. NULL is fine, here and below. */
int records_put(struct records *records, const struct record *record);

/* No file can have all that belongs into it. */
void records_give_up(struct records *records, int error);

/* Waits until no file is far behind: before new work is begun. 0 or -ECANCELED. */
int records_keep_pace(struct records *records);

/* Who reads the files while they grow sees something new now and then. Returns when to call
 * again. */
int64_t records_tick(struct records *records, int64_t now);

/* Writes the ends and closes; without `end` it was for nothing. 0 or the first -errno of all. */
int records_close(struct records *records, const struct record_end *end);

#endif
