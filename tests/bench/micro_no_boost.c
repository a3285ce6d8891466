/* micro_no_boost.c - where Boost is not there to compare with. */
#include "tests/bench/micro.h"

double micro_boost_switch(size_t switches)
{
    (void)switches;
    return -1;
}

const char *micro_boost_version(void)
{
    return NULL;
}
