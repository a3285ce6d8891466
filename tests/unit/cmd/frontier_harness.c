#include "tests/unit/cmd/frontier_harness.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char frontier_directory[] = "/tmp/fetch-frontier-XXXXXX";
char frontier_file[64];
struct hosts *hosts;
struct frontier *frontier;

int make_directory(void **state)
{
    (void)state;
    struct hosts_limits limits = {.per_host = 2};
    strcpy(strrchr(frontier_directory, '-'), "-XXXXXX");
    hosts = hosts_new(&limits);
    if (!hosts || !mkdtemp(frontier_directory))
        return -1;
    snprintf(frontier_file, sizeof frontier_file, "%s/frontier.db", frontier_directory);
    return 0;
}

int remove_directory(void **state)
{
    (void)state;
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        char path[80];
        snprintf(path, sizeof path, "%s%s", frontier_file, suffixes[i]);
        unlink(path);
    }
    hosts_free(hosts);
    return rmdir(frontier_directory);
}

static int open_with(bool fresh, char **why)
{
    struct frontier_options options = {
        .directory = frontier_directory, .hosts = hosts, .fresh = fresh};
    return frontier_open(&frontier, &options, why);
}

void open_frontier(void)
{
    char *why;
    assert_int_equal(open_with(false, &why), 0);
}

void open_fresh(void)
{
    char *why;
    assert_int_equal(open_with(true, &why), 0);
}

void close_frontier(void)
{
    assert_int_equal(frontier_close(frontier), 0);
    frontier = NULL;
}

void expect_refused(int error, const char *words)
{
    char *why = NULL;
    assert_int_equal(open_with(false, &why), error);
    assert_non_null(why);
    assert_non_null(strstr(why, frontier_file));
    assert_non_null(strstr(why, words));
    free(why);
}

unsigned push_link(const char *url, unsigned depth, unsigned priority)
{
    unsigned added;
    struct frontier_link link = {
        .text = url,
        .length = strlen(url),
        .depth = depth,
        .priority = priority,
        .kind = 3,
        .referrer = -7,
    };
    assert_int_equal(frontier_push(frontier, &link, 1, &added), 0);
    return added;
}

unsigned push(const char *url)
{
    return push_link(url, 0, 0);
}

struct frontier_lease *lease(const char *url)
{
    struct frontier_lease *lease;
    assert_int_equal(frontier_lease(frontier, deadline_in_ms(20000), &lease), 0);
    assert_string_equal(lease->link.text, url);
    assert_int_equal(lease->link.length, strlen(url));
    assert_int_equal(lease->link.kind, 3);
    assert_int_equal(lease->link.referrer, -7);
    assert_true(lease->entered);
    return lease;
}

void expect_nothing(void)
{
    struct frontier_lease *lease;
    int64_t again;
    assert_int_equal(frontier_try_lease(frontier, &lease, &again), -EAGAIN);
}

void expect_end(void)
{
    struct frontier_lease *lease;
    assert_int_equal(frontier_lease(frontier, deadline_in_ms(20000), &lease), 1);
}

void end(struct frontier_lease *lease, enum frontier_end how)
{
    char key[384];
    snprintf(key, sizeof key, "%s", lease->host_key);
    assert_int_equal(frontier_ack(frontier, lease, how, NSEC_PER_MSEC), 0);
    hosts_leave(hosts, key);
}
