/* grouping.h: entries come out with their groups, in order, and none is lost. */
#include "cmd/get/grouping.h"
#include "engine/sched/sched.h"
#include "engine/sched/task.h"
#include "net/xfer/transfer.h"
#include "tests/unit/cmd/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const given[] = {
    "a.test:80:192.0.2.1",
    "a.test:81:192.0.2.1",
    "b.test:80:192.0.2.9,192.0.2.1",
    "c.test:80:192.0.2.3",
    NULL,
};

static const struct get_options options = {
    .group_by = GROUP_BY_IP,
    .transfer.resolve = given,
};

static int changes;

static void on_change(void *ctx)
{
    assert_ptr_equal(ctx, &changes);
    changes++;
}

static struct grouping *open_grouping(void)
{
    struct grouping *grouping = NULL;
    changes = 0;
    assert_int_equal(grouping_new(&grouping, &options, on_change, &changes), 0);
    return grouping;
}

static void put(struct grouping *grouping, const char *url)
{
    const char *why = NULL;
    struct entry *entry = calloc(1, sizeof *entry);
    if (url_parse(&entry->url, url, strlen(url), &why))
        entry->problem = why;
    assert_int_equal(grouping_put(grouping, entry), 0);
}

static void put_all(struct grouping *grouping)
{
    static const char *const urls[] = {
        "http://a.test/1", "http://b.test/1",    "nonsense",        "http://a.test:81/1",
        "http://c.test/1", "http://192.0.2.5/1", "http://a.test/2",
    };
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++)
        put(grouping, urls[i]);
    assert_int_equal(grouping_count(grouping), 7);
    assert_false(grouping_is_full(grouping));
}

/* All there is to take: "GATE PATH" or "-" a line, sorted by whatever was first. */
static const char *take_all(struct grouping *grouping, char *text)
{
    struct entry *entry;
    *text = '\0';
    while ((entry = grouping_take(grouping))) {
        if (entry->problem)
            strcat(text, "- ");
        else
            sprintf(text + strlen(text), "%s%s ", entry_gate(entry), entry->url.path);
        entry_free(entry);
    }
    return text;
}

static void without_a_scheduler(void **state)
{
    (void)state;
    char text[256];
    struct grouping *grouping = open_grouping();
    put_all(grouping);
    assert_string_equal(take_all(grouping, text), "192.0.2.1/1 192.0.2.1/1 - 192.0.2.1/1 "
                                                  "192.0.2.3/1 192.0.2.5/1 192.0.2.1/2 ");
    assert_int_equal(grouping_count(grouping), 0);
    put(grouping, "http://c.test/2");
    grouping_stop(grouping);
    grouping_free(grouping); /* with what is left */
    grouping_free(NULL);
}

static void *look_up_beside(void *arg)
{
    struct grouping *grouping = open_grouping();
    char *text = arg;
    put_all(grouping);
    take_all(grouping, text);
    strcat(text, "| ");
    for (int i = 0; i < 20; i++)
        task_yield();
    take_all(grouping, text + strlen(text));
    grouping_stop(grouping);
    grouping_free(grouping);
    return NULL;
}

static void on_a_scheduler(void **state)
{
    (void)state;
    char text[256];
    assert_int_equal(engine_run(look_up_beside, text, NULL), 0);
    assert_string_equal(text, "- | 192.0.2.1/1 192.0.2.1/2 192.0.2.1/1 192.0.2.1/1 "
                              "192.0.2.3/1 192.0.2.5/1 ");
    assert_int_equal(changes, 5);
}

/* Names that nobody answers for: given up, each host stands for itself. */
static void *stop_early(void *arg)
{
    struct grouping *grouping = NULL;
    struct get_options silent = {
        .group_by = GROUP_BY_IP,
        .resolver.servers = "127.0.0.1:9",
    };
    char *text = arg;
    if (grouping_new(&grouping, &silent, on_change, &changes))
        return NULL;
    for (int i = 0; i < 400 && !grouping_is_full(grouping); i++) {
        char url[64];
        snprintf(url, sizeof url, "http://n%d.test/", i);
        put(grouping, url);
    }
    int count = (int)grouping_count(grouping);
    task_yield();
    grouping_stop(grouping);
    struct entry *entry = grouping_take(grouping);
    sprintf(text, "%d %d %s", count, (int)grouping_count(grouping), entry_gate(entry));
    entry_free(entry);
    grouping_free(grouping);
    return NULL;
}

static void stopped(void **state)
{
    (void)state;
    char text[256] = "";
    assert_int_equal(engine_run(stop_early, text, NULL), 0);
    assert_memory_equal(text, "256 255 n", 9);
    assert_non_null(strstr(text, ".test:80"));
}

static int begin(void **state)
{
    (void)state;
    return client_global_init();
}

static int end(void **state)
{
    (void)state;
    client_global_cleanup();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_scheduler),
        cmocka_unit_test(on_a_scheduler),
        cmocka_unit_test(stopped),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
