#include "cmd/get/wall_clock.h"

#include "engine/deadline.h"
#include <time.h>

int64_t wall_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now); /* cannot fail: the clock exists, the memory is ours */
    return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}
