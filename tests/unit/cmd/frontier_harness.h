/* frontier_harness.h - a frontier in a directory of its own, for tests. */
#ifndef TESTS_UNIT_CMD_FRONTIER_HARNESS_H
#define TESTS_UNIT_CMD_FRONTIER_HARNESS_H

#include "cmd/crawl/frontier.h"
#include "tests/unit/cmd/unit.h"

extern char frontier_directory[];
extern char frontier_file[];
extern struct hosts *hosts;
extern struct frontier *frontier;

/* cmocka's set-up and tear-down: an empty directory, hosts with 2 connections each, no frontier
 * yet. */
int make_directory(void **state);
int remove_directory(void **state);

void open_frontier(void);
void open_fresh(void);
void close_frontier(void);
void expect_refused(int error, const char *words);

/* How many of them are new. */
unsigned push_link(const char *url, unsigned depth, unsigned priority);
unsigned push(const char *url);

/* The next, which is this. */
struct frontier_lease *lease(const char *url);
void expect_nothing(void);
void expect_end(void);

/* Acks, and leaves the host. */
void end(struct frontier_lease *lease, enum frontier_end how);

#endif
