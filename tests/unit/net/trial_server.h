/* trial_server.h - what the trials of a test program share: one server, and libcurl made ready.
 *
 * Ownership: from the setup to the teardown of a group of tests. Thread: the test's.
 */
#ifndef TESTS_UNIT_NET_TRIAL_SERVER_H
#define TESTS_UNIT_NET_TRIAL_SERVER_H

#include "tests/unit/net/loopback.h"
#include "tests/unit/net/trial.h"

extern struct loopback server;

/* For setups that have more to do. `replies` as in loopback_start(); 0, or what cmocka takes for
 * failure. The teardown is trial_server_close(). */
int trial_server_open(const struct reply *replies);
int trial_server_close(void **state);

/* Runs the trial with that path on the server. */
void trial_ask(struct trial *trial, const char *path, enum runtime runtime);

/* main()'s status: runs an array of tests while the server gives these replies. */
#define run_tests_with_server(tests, replies) \
    (trial_server_replies = (replies),        \
     cmocka_run_group_tests(tests, trial_server_setup, trial_server_close))
extern const struct reply *trial_server_replies;
int trial_server_setup(void **state);

#endif
