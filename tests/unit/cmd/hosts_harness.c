#include "tests/unit/cmd/hosts_harness.h"

#include "engine/deadline.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>

const char host[] = "h.example:80";
const char other[] = "o.example:80";

void enter(struct hosts *hosts, const char *key)
{
    assert_int_equal(hosts_enter(hosts, key, DEADLINE_NOW), 0);
}

int64_t try_again(struct hosts *hosts, const char *key)
{
    int64_t again = -1;
    assert_int_equal(hosts_try_enter(hosts, key, true, &again), -EAGAIN);
    return again;
}
