/* dns/cache.h: bound, order of leaving, pinned entries. */
#include "net/dns/cache.h"
#include "tests/unit/net/unit.h"
#include <stdio.h>

/* The cache only carries the pointer around. */
static int something;
#define SOME_QUERY ((struct query *)(void *)&something)

static void put(struct dns_cache *cache, const char *name)
{
    struct cache_entry *entry = dns_cache_add(cache, name, SOME_QUERY);
    assert_non_null(entry);
    dns_cache_store(entry, address_list_new(NULL, 0, NULL, 0, 0), 7);
    dns_cache_unpin(cache, entry);
}

static void found_again(void **state)
{
    struct dns_cache *cache = dns_cache_new(10);
    (void)state;
    assert_null(dns_cache_find(cache, "a"));
    put(cache, "a");
    put(cache, "b");
    struct cache_entry *entry = dns_cache_find(cache, "a");
    assert_string_equal(entry->name, "a");
    assert_int_equal(entry->expires, 7);
    assert_non_null(entry->list);
    assert_int_equal(dns_cache_count(cache), 2);
    dns_cache_free(cache);
    dns_cache_free(NULL);
}

static void longest_unused_leaves(void **state)
{
    struct dns_cache *cache = dns_cache_new(3);
    (void)state;
    put(cache, "a");
    put(cache, "b");
    put(cache, "c");
    assert_non_null(dns_cache_find(cache, "a"));
    put(cache, "d");
    assert_int_equal(dns_cache_count(cache), 3);
    assert_null(dns_cache_find(cache, "b"));
    assert_non_null(dns_cache_find(cache, "a"));
    dns_cache_free(cache);
}

static void pinned_stays(void **state)
{
    struct dns_cache *cache = dns_cache_new(2);
    (void)state;
    struct cache_entry *entry = dns_cache_add(cache, "asked", SOME_QUERY);
    for (int i = 0; i < 20; i++) {
        char name[16];
        sprintf(name, "n%d", i);
        put(cache, name);
    }
    assert_ptr_equal(dns_cache_find(cache, "asked"), entry);
    assert_int_equal(dns_cache_count(cache), 2);
    /* Nothing came of it: it goes. */
    dns_cache_unpin(cache, entry);
    assert_null(dns_cache_find(cache, "asked"));

    /* An old entry that is asked for anew stays too, however much comes in. */
    entry = dns_cache_find(cache, "n19");
    dns_cache_pin(entry, SOME_QUERY);
    for (int i = 0; i < 20; i++) {
        char name[16];
        sprintf(name, "m%d", i);
        put(cache, name);
    }
    assert_ptr_equal(dns_cache_find(cache, "n19"), entry);
    dns_cache_unpin(cache, entry);
    assert_non_null(dns_cache_find(cache, "n19"));
    dns_cache_free(cache);
}

static void many(void **state)
{
    struct dns_cache *cache = dns_cache_new(5000);
    char name[32];
    (void)state;
    for (int i = 0; i < 20000; i++) {
        sprintf(name, "host%d.example", i);
        put(cache, name);
    }
    assert_int_equal(dns_cache_count(cache), 5000);
    for (int i = 0; i < 20000; i++) {
        sprintf(name, "host%d.example", i);
        assert_int_equal(dns_cache_find(cache, name) != NULL, i >= 15000);
    }
    dns_cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(found_again),
        cmocka_unit_test(longest_unused_leaves),
        cmocka_unit_test(pinned_stays),
        cmocka_unit_test(many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
