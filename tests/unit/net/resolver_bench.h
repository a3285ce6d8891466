/* resolver_bench.h - a resolver that asks fake_dns.h, and short ways to look up and judge.
 *
 * Ownership: bench_open() and bench_close() are a test's setup and teardown; the resolver is opened
 * and closed by the test. Thread: the test's.
 */
#ifndef TESTS_UNIT_NET_RESOLVER_BENCH_H
#define TESTS_UNIT_NET_RESOLVER_BENCH_H

#include "engine/engine.h"
#include "net/dns/resolver.h"
#include "tests/unit/net/fake_dns.h"

/* What a test works with; the defaults of options can be changed before open_resolver(). */
struct bench {
    struct fake_dns *fake;
    struct resolver_options options;
    struct resolver *resolver;
};

/* For cmocka. */
int bench_open(void **state);
int bench_close(void **state);

/* Fails the test where there is no resolver with these options. */
void open_resolver(struct bench *bench);
void close_resolver(struct bench *bench);

/* Looks up; the addresses as text (until the next call), or the error in `error`. */
const char *lookup(struct bench *bench, const char *host, int64_t deadline, int *error);

/* Whether it finds just these; says what else. */
bool finds(struct bench *bench, const char *host, const char *addresses);

/* The error of a lookup. */
int fails(struct bench *bench, const char *host);

struct resolver_stats stats_of(const struct bench *bench);

/* What fake_dns.h answers for "both". */
#define BOTH "[2001:db8::1],192.0.2.1"

#endif
