/* frontier: what a crawl's frontier costs, by a synthetic load.
 *
 *     frontier DIRECTORY URLS HOSTS [LEASES]
 *
 * Pushes so many URLs of 80 bytes, 50 at a time, each of another host than the one before, opens
 * the frontier anew, and leases and acks so many of them in four parts: the last must cost what the
 * first does. The hosts are never full nor paused. Prints one object of JSON: nanoseconds of CPU a
 * URL, of all threads, for each step; bytes of memory (peak, beyond what the program had before)
 * and of disk (when all is pushed; log included) a URL; and wall seconds.
 */
#include "cmd/crawl/frontier.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

enum { LINKS = 50, IN_FLIGHT = 64, KEY_SIZE = 64, PARTS = 4 };

struct load {
    const char *directory;
    uint64_t urls;
    uint64_t hosts;
    uint64_t leases;
    struct hosts *table;
    struct frontier *frontier;
    double cpu; /* at the last step */
};

static double seconds(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static long peak_bytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss * 1024;
}

static void die(const struct load *load, const char *what, int error)
{
    const char *problem = load->frontier ? frontier_problem(load->frontier) : "";
    fprintf(stderr, "%s: %s %s\n", what, strerror(-error), problem);
    exit(1);
}

/* CPU since the last step, ns a URL. */
static double step(struct load *load, uint64_t urls)
{
    double now = seconds(CLOCK_PROCESS_CPUTIME_ID);
    double each = 1e9 * (now - load->cpu) / (double)urls;
    load->cpu = now;
    return each;
}

static void load_open(struct load *load, bool fresh)
{
    struct frontier_options options = {
        .directory = load->directory, .hosts = load->table, .fresh = fresh};
    char *why;
    int error = frontier_open(&load->frontier, &options, &why);
    if (error)
        die(load, why ? why : "open", error);
}

/* A host's URLs are spread over all of the load, as a crawl meets them. */
static size_t url_text(const struct load *load, uint64_t number, char url[128])
{
    uint64_t host = number * UINT64_C(7919) % load->hosts;
    return (size_t)sprintf(url,
                           "http://host-%06" PRIu64 ".example/documents/%010" PRIu64
                           "/a-page-with-quite-a-name.html",
                           host, number);
}

static void push_all(struct load *load)
{
    char texts[LINKS][128];
    struct frontier_link links[LINKS];
    for (uint64_t number = 0; number < load->urls; number += LINKS) {
        for (uint64_t i = 0; i < LINKS; i++)
            links[i] = (struct frontier_link){
                .text = texts[i],
                .length = url_text(load, number + i, texts[i]),
                .depth = (unsigned)(number * 10 / load->urls),
                .referrer = (int64_t)(number / LINKS),
            };
        int error = frontier_push(load->frontier, links, LINKS, NULL);
        if (error)
            die(load, "push", error);
    }
    int error = frontier_flush(load->frontier, DEADLINE_NEVER);
    if (error)
        die(load, "flush", error);
}

/* The oldest of those in flight is done. */
static void finish(struct load *load, struct frontier_lease *lease)
{
    char key[KEY_SIZE];
    snprintf(key, sizeof key, "%s", lease->host_key);
    int error = frontier_ack(load->frontier, lease, FRONTIER_DONE, 0);
    if (error)
        die(load, "ack", error);
    hosts_leave(load->table, key);
}

static void lease_some(struct load *load, uint64_t count)
{
    struct frontier_lease *leases[IN_FLIGHT];
    for (uint64_t i = 0; i < count + IN_FLIGHT; i++) {
        if (i >= IN_FLIGHT)
            finish(load, leases[i % IN_FLIGHT]);
        if (i >= count)
            continue;
        int error = frontier_lease(load->frontier, DEADLINE_NEVER, &leases[i % IN_FLIGHT]);
        if (error)
            die(load, "lease", error);
    }
}

static long file_bytes(const char *directory, const char *suffix)
{
    char path[4096];
    struct stat status;
    snprintf(path, sizeof path, "%s/frontier.db%s", directory, suffix);
    return stat(path, &status) ? 0 : (long)status.st_size;
}

static void close_it(struct load *load)
{
    int error = frontier_close(load->frontier);
    load->frontier = NULL;
    if (error)
        die(load, "close", error);
}

static void measure(struct load *load)
{
    double began = seconds(CLOCK_MONOTONIC);
    long idle = peak_bytes();
    load_open(load, true);
    step(load, 1);
    push_all(load);
    printf("{\"push\": %.0f", step(load, load->urls));
    long disk = file_bytes(load->directory, "") + file_bytes(load->directory, "-wal");
    close_it(load);
    step(load, 1);
    load_open(load, false);
    printf(", \"open\": %.0f, \"leases\": [", step(load, load->urls));
    for (int part = 0; part < PARTS; part++) {
        lease_some(load, load->leases / PARTS);
        printf("%s%.0f", part ? ", " : "", step(load, load->leases / PARTS));
    }
    close_it(load);
    printf("], \"memory\": %.1f, \"disk\": %.1f, \"wall_s\": %.1f}\n",
           (double)(peak_bytes() - idle) / (double)load->urls, (double)disk / (double)load->urls,
           seconds(CLOCK_MONOTONIC) - began);
}

int main(int count, char **words)
{
    if (count < 4) {
        fprintf(stderr, "usage: frontier DIRECTORY URLS HOSTS [LEASES]\n");
        return 2;
    }
    struct hosts_limits limits = {.per_host = IN_FLIGHT};
    struct load load = {
        .directory = words[1],
        .urls = strtoull(words[2], NULL, 10) / LINKS * LINKS,
        .hosts = strtoull(words[3], NULL, 10),
        .table = hosts_new(&limits),
    };
    load.leases = count > 4 ? strtoull(words[4], NULL, 10) : load.urls;
    if (load.leases > load.urls)
        load.leases = load.urls;
    if (!load.table || load.urls == 0 || load.hosts == 0 || load.leases < PARTS)
        return 2;
    measure(&load);
    hosts_free(load.table);
    return 0;
}
