/* past.h - what is known of a URL that was tried, and waits in its host's lane (turns.h) until the
 * pause is over that the host asked for.
 *
 * A plain value, zeroed for one that was not tried yet. Any thread; nothing here parks.
 */
#ifndef CMD_GET_PAST_H
#define CMD_GET_PAST_H

#include <stdint.h>

struct past {
    unsigned tries;      /* that count against --retry */
    unsigned attempts;   /* that got as far as a request */
    int64_t started;     /* monotonic, the first try; 0: there was none */
    int64_t first_start; /* wall clock, ns since 1970, of the first request */
};

#endif
