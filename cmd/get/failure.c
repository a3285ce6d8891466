#include "cmd/get/failure.h"

const char *failure_word(enum failure_kind kind)
{
    static const char *const words[FAILURE_KINDS] = {
        [FAILURE_OTHER] = "other",       [FAILURE_4XX] = "4xx",
        [FAILURE_5XX] = "5xx",           [FAILURE_TIMEOUT] = "timeout",
        [FAILURE_DNS] = "dns",           [FAILURE_CONNECT] = "connect",
        [FAILURE_TLS] = "tls",           [FAILURE_BROKEN] = "broken off",
        [FAILURE_ROBOTS] = "robots.txt",
    };
    return words[kind];
}
