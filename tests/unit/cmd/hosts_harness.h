/* hosts_harness.h - two hosts, and how tests come to them. */
#ifndef TESTS_UNIT_CMD_HOSTS_HARNESS_H
#define TESTS_UNIT_CMD_HOSTS_HARNESS_H

#include "cmd/get/hosts.h"

extern const char host[];
extern const char other[];

/* There is room at once. */
void enter(struct hosts *hosts, const char *key);

/* There is none; when to try again. */
int64_t try_again(struct hosts *hosts, const char *key);

#endif
