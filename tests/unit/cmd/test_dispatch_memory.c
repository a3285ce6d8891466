/* dispatch.h: what waits costs no more memory when there is three times as much of it. */
#include "cmd/get/limits.h"
#include "engine/deadline.h"
#include "tests/unit/cmd/dispatch_harness.h"
#include "tests/unit/cmd/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* With tiny limits fewer are many. */
enum { URLS = LIMIT_WAITING > 1000 ? 300000 : 3000, MARK = URLS / 3 };

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static const bool measurable = false; /* they keep what is freed */
#else
static const bool measurable = true;
#endif

static void write_urls(void *file)
{
    fputs("http://mark/0\n", file);
    for (int i = 1; i <= URLS; i++) {
        fprintf(file, "http://a/some/directory/of/the/host/file-%d.html\n", i);
        if (i % MARK == 0)
            fprintf(file, "http://mark/%d\n", i / MARK);
    }
}

/* Resident memory in KiB. */
static long resident(void)
{
    long size = 0, pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld %ld", &size, &pages), 2);
    fclose(file);
    return pages * sysconf(_SC_PAGESIZE) / 1024;
}

/* Gives out all that waits; each leaves at once. */
static void take_all(struct harness *harness)
{
    struct entry *entry;
    uint64_t last = 0;
    int count = 0;
    while (dispatch_next(harness->dispatch, &entry) == 0) {
        assert_true(entry->number > last);
        last = entry->number;
        hosts_leave(harness->hosts, entry->url.host_key);
        entry_free(entry);
        count++;
    }
    assert_int_equal(count, URLS);
}

static void flat(void **state)
{
    (void)state;
    struct harness harness;
    long memory[URLS / MARK + 1];
    char mark[32];
    harness_open(&harness, 1, write_urls);
    assert_int_equal(hosts_enter(harness.hosts, "a:80", DEADLINE_NOW), 0);
    for (int i = 0; i <= URLS / MARK; i++) {
        sprintf(mark, "http://mark/%d", i);
        harness_expect(&harness, mark, true);
        memory[i] = resident();
    }
    assert_int_equal(dispatch_waiting(harness.dispatch), URLS);
    hosts_leave(harness.hosts, "a:80");
    take_all(&harness);
    long after = resident();
    print_message("KiB at the start %ld, %d waiting %ld, %d waiting %ld, all taken %ld\n",
                  memory[0], MARK, memory[1], URLS, memory[URLS / MARK], after);
    if (measurable) {
        assert_true(memory[1] - memory[0] < 32 * 1024);
        assert_true(memory[URLS / MARK] - memory[1] < 2 * 1024);
        assert_true(after - memory[1] < 2 * 1024);
    }
    harness_close(&harness);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
