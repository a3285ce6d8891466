#include "tests/unit/net/unit.h"

#include "net/xfer/peer.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static struct address_list *list_of(const char *ip)
{
    struct address address = {.family = AF_INET};
    inet_pton(AF_INET, ip, &address.v4);
    return address_list_new(NULL, 0, &address, 1, 0);
}

/* Introduces and gives what libcurl would be told. */
static struct curl_slist *introduce(struct peer_table *table, struct peer *peer)
{
    struct curl_slist *list = NULL;
    assert_int_equal(peer_introduce(table, peer, &list), 0);
    return list;
}

static void test_introduction(void **state)
{
    (void)state;
    struct peer_table table;
    assert_int_equal(peer_table_init(&table, 2), 0);
    struct peer *peer = peer_enter(&table, "a.test:80");
    assert_false(peer_has_news(peer)); /* an IP literal: nothing to tell */
    peer_learn(peer, list_of("192.0.2.1"));
    assert_true(peer_has_news(peer));
    struct curl_slist *list = introduce(&table, peer);
    assert_string_equal(list->data, "a.test:80:192.0.2.1");
    assert_null(list->next);
    curl_slist_free_all(list);
    assert_false(peer_has_news(peer));
    peer_learn(peer, list_of("192.0.2.1")); /* asked again, the same answer */
    assert_false(peer_has_news(peer));
    peer_learn(peer, list_of("192.0.2.2"));
    assert_true(peer_has_news(peer));
    peer_leave(&table, peer);
    assert_int_equal(table.count, 0); /* libcurl has nothing of it: forgotten at once */
    peer_table_free(&table);
}

static void test_kept_while_known(void **state)
{
    (void)state;
    struct peer_table table;
    assert_int_equal(peer_table_init(&table, 2), 0);
    struct peer *peer = peer_enter(&table, "a.test:80");
    assert_ptr_equal(peer_enter(&table, "a.test:80"), peer);
    peer_leave(&table, peer);
    peer_learn_text(peer, "192.0.2.9");
    curl_slist_free_all(introduce(&table, peer));
    peer_leave(&table, peer);
    assert_int_equal(table.count, 1);
    assert_ptr_equal(peer_enter(&table, "a.test:80"), peer);
    assert_false(peer_has_news(peer));
    peer_leave(&table, peer);
    peer_table_forget(&table);
    assert_int_equal(table.count, 0);
    peer_table_free(&table);
}

static void test_old_names_are_taken_back(void **state)
{
    (void)state;
    struct peer_table table;
    unsigned taken_back = 0;
    char key[32];
    assert_int_equal(peer_table_init(&table, 2), 0);
    for (int i = 0; i < 3 * PEER_IDLE_MAX; i++) {
        snprintf(key, sizeof key, "n%d.test:80", i);
        struct peer *peer = peer_enter(&table, key);
        peer_learn(peer, list_of("192.0.2.1"));
        struct curl_slist *list = introduce(&table, peer);
        for (struct curl_slist *entry = list; entry; entry = entry->next) {
            if (entry->data[0] != '-')
                continue;
            snprintf(key, sizeof key, "-n%u.test:80", taken_back++); /* the longest unused */
            assert_string_equal(entry->data, key);
        }
        curl_slist_free_all(list);
        peer_leave(&table, peer);
        assert_true(table.count <= PEER_IDLE_MAX + 1);
    }
    assert_int_equal(table.count + taken_back, 3 * PEER_IDLE_MAX);
    peer_table_free(&table);
}

static void open_for(struct peer_table *table, struct peer *peer, int fd)
{
    assert_int_equal(peer_table_reserve(table, fd), 0);
    peer_opened(table, peer, fd);
}

static void test_connections(void **state)
{
    (void)state;
    struct peer_table table;
    assert_int_equal(peer_table_init(&table, 2), 0);
    struct peer *peer = peer_enter(&table, "a.test:80");
    assert_true(peer_all_busy(peer));
    open_for(&table, peer, 1000);
    peer->busy = 1;
    assert_true(peer_all_busy(peer));
    peer->busy = 0;
    assert_false(peer_all_busy(peer));
    peer_leave(&table, peer);
    assert_int_equal(table.count, 1); /* the connection keeps it */
    peer_closed(&table, 999);         /* not ours */
    peer_closed(&table, 5000);
    peer_closed(&table, 1000);
    assert_int_equal(table.count, 0);
    peer_closed(&table, 1000);
    peer_table_free(&table);
}

static void test_passing(void **state)
{
    (void)state;
    struct peer_table table;
    assert_int_equal(peer_table_init(&table, 2), 0);
    struct peer *a = peer_enter(&table, "a.test:80");
    struct peer *b = peer_enter(&table, "b.test:80");
    open_for(&table, a, 7);
    assert_false(peer_is_passing(&table, b));
    open_for(&table, a, 8);
    assert_true(peer_is_passing(&table, b));
    assert_ptr_equal(peer_enter(&table, "b.test:80"), b);
    assert_false(peer_is_passing(&table, b)); /* somebody else wants it */
    peer_leave(&table, b);
    peer_leave(&table, b);
    peer_closed(&table, 7);
    peer_closed(&table, 8);
    assert_int_equal(table.open, 0);
    peer_leave(&table, a);
    peer_table_free(&table);
}

/* A descriptor that comes back without having been closed in our sight. */
static void test_descriptor_reused(void **state)
{
    (void)state;
    struct peer_table table;
    assert_int_equal(peer_table_init(&table, 2), 0);
    struct peer *a = peer_enter(&table, "a.test:80");
    struct peer *b = peer_enter(&table, "b.test:80");
    open_for(&table, a, 7);
    open_for(&table, b, 7);
    assert_int_equal(a->open, 0);
    assert_int_equal(b->open, 1);
    peer_closed(&table, 7);
    peer_leave(&table, a);
    peer_leave(&table, b);
    peer_leave(&table, NULL);
    assert_int_equal(table.count, 0);
    peer_table_free(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_introduction),
        cmocka_unit_test(test_kept_while_known),
        cmocka_unit_test(test_old_names_are_taken_back),
        cmocka_unit_test(test_connections),
        cmocka_unit_test(test_passing),
        cmocka_unit_test(test_descriptor_reused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
