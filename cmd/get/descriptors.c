#include "cmd/get/descriptors.h"

#include <stdio.h>
#include <sys/resource.h>

/* Descriptors besides those of transfers: standard ones, epoll, event and lock descriptors,
 * resolver sockets, list and log; a few for each scheduler. */
#define DESCRIPTORS_BESIDES 64

/* Files of large bodies that are open at once, beyond what is likely. */
#define FILES_MAX 2048

/* What a job has open at most: its sockets and the file of a large body. In mode threads each has a
 * libcurl and a resolver of its own besides, with two sockets each. */
static rlim_t needed_each(const struct get_options *options)
{
    return options->mode == MODE_THREADS ? 6 : 1 + options->split;
}

static rlim_t needed_in_all(const struct get_options *options)
{
    return needed_each(options) * options->jobs + DESCRIPTORS_BESIDES * (rlim_t)options->threads;
}

/* How many jobs `limit` descriptors are enough for. Small bodies have no file open while they
 * arrive; that so many large ones arrive at once is unlikely where connections are that many. */
static rlim_t jobs_within(const struct get_options *options, rlim_t limit)
{
    rlim_t besides = DESCRIPTORS_BESIDES * (rlim_t)options->threads;
    rlim_t left = limit > besides ? limit - besides : 0;
    rlim_t each = needed_each(options);
    rlim_t jobs = left / each;
    if (each == 2 && left > 2 * (rlim_t)FILES_MAX)
        jobs = left - FILES_MAX;
    return jobs > 0 ? jobs : 1;
}

void descriptors_fit(struct get_options *options)
{
    struct rlimit limit;
    rlim_t wanted = needed_in_all(options);
    if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= wanted)
        return;
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    if (setrlimit(RLIMIT_NOFILE, &limit))
        limit.rlim_cur = before;
    rlim_t jobs = jobs_within(options, limit.rlim_cur);
    if (jobs >= options->jobs)
        return;
    options->jobs = (unsigned)jobs;
    fprintf(stderr, "fetch: only %llu open files are allowed: running %u jobs\n",
            (unsigned long long)limit.rlim_cur, options->jobs);
}
