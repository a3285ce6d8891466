/* frontier.h: killed at any moment, a crawl goes on where it was, and repeats no more than what was
 * in flight. A small web of which every page is known is crawled by children that are killed, again
 * and again; the disturbed crawl must fetch what an undisturbed one does. */
#include "cmd/crawl/frontier.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SEEDS = 50,
    PAGES = 400,
    HOSTS = 12, /* more than a test build has in memory */
    LINKS = 5,
    IN_FLIGHT = 6,
    KILLS = 6, /* of a crawl, at most */
};

/* In memory that outlives the killed. */
struct record {
    unsigned fetched[PAGES];
    bool acked[PAGES];
    bool committed[PAGES]; /* acked before a flush that came to its end */
    unsigned broken;       /* committed, and yet fetched again */
    unsigned spare;        /* fetches until the child kills itself */
};

static struct record *record;
static char directory[] = "/tmp/fetch-frontier-XXXXXX";

static uint32_t mix(uint32_t x)
{
    x ^= x >> 16;
    x *= 0x7feb352d;
    x ^= x >> 15;
    x *= 0x846ca68b;
    return x ^ x >> 16;
}

static size_t url_of(unsigned page, char *url, size_t size)
{
    return (size_t)snprintf(url, size, "%s://h%u.test/%u", page % 3 ? "http" : "https",
                            mix(page) % HOSTS, page);
}

/* A tree, so that all pages are reached, and links across. */
static unsigned link_of(unsigned page, unsigned seed, unsigned number)
{
    unsigned child = 2 * page + 1 + number;
    return number < 2 && child < PAGES ? child : mix(page * 31 + number + seed) % PAGES;
}

static void push(struct frontier *frontier, unsigned page, unsigned depth)
{
    char url[64];
    size_t length = url_of(page, url, sizeof url);
    struct frontier_link link = {.text = url, .length = length, .depth = depth};
    assert_int_equal(frontier_push(frontier, &link, 1, NULL), 0);
}

static void fetch(struct frontier *frontier, struct frontier_lease *lease, unsigned seed)
{
    unsigned page = (unsigned)strtoul(strrchr(lease->link.text, '/') + 1, NULL, 10);
    if (record->spare-- == 0)
        raise(SIGKILL);
    record->fetched[page]++;
    record->broken += record->committed[page];
    for (unsigned i = 0; i < LINKS; i++)
        push(frontier, link_of(page, seed, i), lease->link.depth + 1);
    if (page % 7 == 3 && lease->tries == 0) {
        assert_int_equal(frontier_ack(frontier, lease, FRONTIER_LATER, NSEC_PER_MSEC), 0);
        return;
    }
    record->acked[page] = true;
    enum frontier_end end = page % 5 ? FRONTIER_DONE : FRONTIER_FAILED;
    assert_int_equal(frontier_ack(frontier, lease, end, 0), 0);
}

static void flush(struct frontier *frontier)
{
    static bool acked[PAGES];
    memcpy(acked, record->acked, sizeof acked);
    assert_int_equal(frontier_flush(frontier, DEADLINE_NEVER), 0);
    for (unsigned i = 0; i < PAGES; i++)
        record->committed[i] = record->committed[i] || acked[i];
}

/* Some at a time, in an order of the seed's. */
static void crawl(struct frontier *frontier, struct hosts *hosts, unsigned seed)
{
    struct frontier_lease *leases[IN_FLIGHT];
    unsigned count = 0;
    push(frontier, 0, 0);
    for (unsigned step = 0;; step++) {
        struct frontier_lease *lease;
        int64_t deadline = count ? DEADLINE_NOW : DEADLINE_NEVER;
        int error = count < IN_FLIGHT ? frontier_lease(frontier, deadline, &lease) : -ETIMEDOUT;
        if (error == 1)
            return;
        if (error == 0) {
            leases[count++] = lease;
            continue;
        }
        assert_int_equal(error, -ETIMEDOUT);
        unsigned which = mix(seed * 977 + step) % count;
        lease = leases[which];
        leases[which] = leases[--count];
        char key[64];
        snprintf(key, sizeof key, "%s", lease->host_key);
        fetch(frontier, lease, seed);
        hosts_leave(hosts, key);
        if (step % 50 == 49)
            flush(frontier);
    }
}

static void child(unsigned seed)
{
    struct hosts_limits limits = {.per_host = 2};
    struct hosts *hosts = hosts_new(&limits);
    struct frontier_options options = {.directory = directory, .hosts = hosts};
    struct frontier *frontier;
    char *why;
    if (frontier_open(&frontier, &options, &why)) {
        fprintf(stderr, "%s\n", why);
        _exit(1);
    }
    crawl(frontier, hosts, seed);
    int error = frontier_close(frontier);
    hosts_free(hosts);
    _exit(error ? 1 : 0);
}

/* True when it came to its end. */
static bool run(unsigned seed, unsigned spare, unsigned microseconds)
{
    int status;
    record->spare = spare;
    memset(record->acked, 0, sizeof record->acked);
    pid_t pid = fork();
    if (pid == 0)
        child(seed);
    if (microseconds) {
        usleep(microseconds);
        kill(pid, SIGKILL);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFEXITED(status)) {
        assert_int_equal(WEXITSTATUS(status), 0);
        return true;
    }
    assert_int_equal(WTERMSIG(status), SIGKILL);
    return false;
}

static void remove_files(void)
{
    static const char *const names[] = {"frontier.db", "frontier.db-wal", "frontier.db-shm"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[96];
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        unlink(path);
    }
}

static void test_kills(void **state)
{
    (void)state;
    unsigned most = 0;
    for (unsigned seed = 1; seed <= SEEDS; seed++) {
        unsigned kills = 0, repeated = 0;
        memset(record, 0, sizeof *record);
        remove_files();
        while (kills < KILLS) {
            unsigned chance = mix(seed * 131 + kills);
            /* Half of them by the clock, at any moment: in the middle of a commit, too. */
            if (run(seed, chance % 2 ? UINT32_MAX : chance / 2 % PAGES,
                    chance % 2 ? 1000 + chance % 60000 : 0))
                break;
            kills++;
        }
        if (kills == KILLS)
            assert_true(run(seed, UINT32_MAX, 0));
        assert_int_equal(record->broken, 0);
        for (unsigned page = 0; page < PAGES; page++) {
            unsigned expected = page % 7 == 3 ? 2 : 1;
            assert_in_range(record->fetched[page], 1, expected + kills);
            repeated += record->fetched[page] > expected;
        }
        most = repeated > most ? repeated : most;
    }
    assert_true(most > 0); /* or nothing was tested */
}

static int set_up(void **state)
{
    (void)state;
    record = mmap(NULL, sizeof *record, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return record == MAP_FAILED || !mkdtemp(directory);
}

static int tear_down(void **state)
{
    (void)state;
    munmap(record, sizeof *record);
    remove_files();
    return rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_kills)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
