/* Bodies that are broken off keep their part, and go on: on all grounds, from one try to the next
 * and from one run to the next. */
#include "store_harness.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LENGTH 700000

static struct entry entry = {.name = (char *)"file"};

static struct transfer_result whole(const char *etag)
{
    struct transfer_result result = {
        .status = 200,
        .content_length = LENGTH,
        .last_modified = -1,
    };
    snprintf(result.validators.etag, sizeof result.validators.etag, "%s", etag);
    return result;
}

/* A body or its rest, up to byte `end`, of which `headers` tell. */
static int receive(struct download *download, struct transfer_result headers, size_t end)
{
    size_t first = headers.status == 206 ? (size_t)download_condition(download)->lines.first : 0;
    return deliver_range(download, &headers, first, end, 16384);
}

static struct transfer_result rest(void)
{
    struct transfer_result result = whole("\"v1\"");
    result.status = 206;
    return result;
}

/* Runs both on every ground, in one directory: as two runs. */
static void in_two_runs(void (*first)(struct scratch *), void (*second)(struct scratch *))
{
    for (enum ground ground = 0; ground < GROUND_COUNT; ground++) {
        struct scratch scratch;
        scratch_open(&scratch);
        on_ground(&scratch, ground, first);
        on_ground(&scratch, ground, second);
        scratch_close(&scratch);
    }
}

static void nothing(struct scratch *scratch)
{
    (void)scratch;
}

static void another_try(struct scratch *scratch)
{
    struct download download;
    assert_int_equal(download_open(&download, scratch->store, &entry), 0);
    assert_int_equal(download_condition(&download)->kind, CONDITION_NONE);
    assert_int_equal(receive(&download, whole("\"v1\""), 300001), 0);
    assert_int_equal(download_missing(&download), LENGTH - 300001);
    assert_int_equal(download_restart(&download), 0);
    const struct condition *condition = download_condition(&download);
    assert_int_equal(condition->kind, CONDITION_REST);
    assert_int_equal(condition->lines.first, 300001);
    assert_string_equal(condition->lines.if_range, "\"v1\"");
    assert_int_equal(receive(&download, rest(), 300005), 0);
    assert_int_equal(download_restart(&download), 0);
    assert_int_equal(download_condition(&download)->lines.first, 300005);
    assert_int_equal(receive(&download, rest(), LENGTH), 0);
    assert_int_equal(download_missing(&download), 0);
    assert_int_equal(commit(&download, -1), 0);
    download_close(&download);
    assert_true(holds(scratch, "file", LENGTH));
    assert_int_equal(parts_left(scratch), 0);
}

static void the_next_try_goes_on(void **state)
{
    (void)state;
    in_two_runs(another_try, nothing);
}

static void changed_file(struct scratch *scratch)
{
    static const size_t lengths[] = {LENGTH, 50, 0};
    for (size_t i = 0; i < 3; i++) {
        struct download download;
        struct transfer_result other = whole("\"v2\"");
        other.content_length = (int64_t)lengths[i];
        assert_int_equal(download_open(&download, scratch->store, &entry), 0);
        assert_int_equal(receive(&download, whole("\"v1\""), 600000), 0);
        assert_int_equal(download_restart(&download), 0);
        assert_int_equal(receive(&download, other, lengths[i]), 0);
        assert_int_equal(download_missing(&download), 0);
        assert_int_equal(commit(&download, -1), 0);
        download_close(&download);
        assert_true(holds(scratch, "file", lengths[i]));
        assert_int_equal(parts_left(scratch), 0);
    }
}

static void another_file_begins_anew(void **state)
{
    (void)state;
    in_two_runs(changed_file, nothing);
}

static void misfits(struct scratch *scratch)
{
    struct download download;
    assert_int_equal(download_open(&download, scratch->store, &entry), 0);
    assert_int_equal(receive(&download, whole("\"v1\""), 600000), 0);
    assert_int_equal(download_restart(&download), 0);
    assert_int_equal(download_ask_anew(&download, ANSWER_MISFIT), 0);
    assert_int_equal(parts_left(scratch), 0);
    assert_int_equal(download_condition(&download)->kind, CONDITION_NONE);
    struct transfer_result unknown = whole("\"v1\"");
    unknown.content_length = -1;
    assert_int_equal(receive(&download, unknown, LENGTH), 0);
    assert_int_equal(download_restart(&download), 0);
    assert_int_equal(download_condition(&download)->kind, CONDITION_REST);
    assert_int_equal(download_ask_anew(&download, ANSWER_WHOLE), 0);
    assert_int_equal(download_condition(&download)->kind, CONDITION_WHOLE);
    assert_int_equal(commit(&download, -1), 0);
    download_close(&download);
    assert_true(holds(scratch, "file", LENGTH));
}

static void what_does_not_fit_is_dropped(void **state)
{
    (void)state;
    in_two_runs(misfits, nothing);
}

static void break_off(struct scratch *scratch)
{
    struct download download;
    assert_int_equal(download_open(&download, scratch->store, &entry), 0);
    assert_int_equal(receive(&download, whole("\"v1\""), 600001), 0);
    download_close(&download);
    assert_false(exists(scratch, "file"));
    assert_int_equal(parts_left(scratch), 2);
}

/* The machine goes down, and comes back without the latest writes. */
static void lose_power(struct scratch *scratch)
{
    uint64_t key;
    assert_int_equal(resume_key(&entry.url, &key), 0);
    break_off(scratch);
    int fd =
        openat(scratch->directory.parts_fd, resume_name(key, PART_SUFFIX).text, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, 400000), 0);
    assert_int_equal(pwrite(fd, "later", 5, 620000), 5);
    close(fd);
}

static void go_on_before_the_hole(struct scratch *scratch)
{
    struct download download;
    assert_int_equal(download_open(&download, scratch->store, &entry), 0);
    int64_t first = download_condition(&download)->lines.first;
    assert_true(first > 100000 && first < 400000);
    assert_int_equal(receive(&download, rest(), LENGTH), 0);
    assert_int_equal(commit(&download, -1), 0);
    download_close(&download);
    assert_true(holds(scratch, "file", LENGTH));
    assert_int_equal(parts_left(scratch), 0);
}

static void lost_writes_are_fetched_again(void **state)
{
    (void)state;
    in_two_runs(lose_power, go_on_before_the_hole);
}

static size_t replayed;

static int replay(void *ctx, const void *data, size_t size)
{
    char *expected = body_bytes(LENGTH);
    (void)ctx;
    assert_memory_equal(expected + replayed, data, size);
    free(expected);
    replayed += size;
    return 0;
}

static void go_on(struct scratch *scratch)
{
    struct download download;
    struct entry other = {.name = (char *)"other"};
    const char *why;
    assert_int_equal(url_parse(&other.url, "http://h/other", 14, &why), 0);
    assert_int_equal(download_open(&download, scratch->store, &other), 0);
    assert_int_equal(download_condition(&download)->kind, CONDITION_NONE);
    download_close(&download);
    url_clear(&other.url);

    assert_int_equal(download_open(&download, scratch->store, &entry), 0);
    assert_int_equal(download_condition(&download)->kind, CONDITION_REST);
    assert_int_equal(download_condition(&download)->lines.first, 600001);
    replayed = 0;
    assert_int_equal(download_replay(&download, replay, NULL), 0);
    assert_int_equal(replayed, 600001);
    assert_int_equal(receive(&download, rest(), LENGTH), 0);
    assert_int_equal(commit(&download, -1), 0);
    download_close(&download);
    assert_true(holds(scratch, "file", LENGTH));
    assert_int_equal(parts_left(scratch), 0);
}

static void the_next_run_goes_on(void **state)
{
    (void)state;
    in_two_runs(break_off, go_on);
}

/* Two downloads of one URL: the second finds the part in use. */
static void side_by_side(struct scratch *scratch)
{
    struct download first, second;
    assert_int_equal(download_open(&first, scratch->store, &entry), 0);
    assert_int_equal(download_open(&second, scratch->store, &entry), 0);
    assert_int_equal(receive(&first, whole("\"v1\""), 500000), 0);
    assert_int_equal(receive(&second, whole("\"v1\""), LENGTH), 0);
    assert_int_equal(commit(&second, -1), 0);
    download_close(&second);
    assert_true(holds(scratch, "file", LENGTH));
    assert_int_equal(download_restart(&first), 0);
    assert_int_equal(receive(&first, rest(), LENGTH), 0);
    assert_int_equal(commit(&first, -1), 0);
    download_close(&first);
    assert_true(holds(scratch, "file", LENGTH));
    assert_int_equal(parts_left(scratch), 0);
}

static void one_part_is_written_by_one(void **state)
{
    (void)state;
    in_two_runs(side_by_side, nothing);
}

static void distrusted(struct scratch *scratch)
{
    struct download download;
    assert_int_equal(download_open(&download, scratch->store, &entry), 0);
    assert_int_equal(receive(&download, whole("\"v1\""), LENGTH), 0);
    download_distrust(&download);
    download_close(&download);
    assert_int_equal(parts_left(scratch), 0);
}

static void what_is_wrong_is_not_kept(void **state)
{
    (void)state;
    in_two_runs(distrusted, nothing);
}

static void limit_files(rlim_t size)
{
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = size ? size : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* What the disk took is good; what it did not take is not there. */
static void disk_full(struct scratch *scratch)
{
    struct download download;
    limit_files(600001);
    assert_int_equal(download_open(&download, scratch->store, &entry), 0);
    int error = receive(&download, whole("\"v1\""), LENGTH);
    if (!error)
        error = commit(&download, -1);
    assert_int_equal(error, -EFBIG);
    download_close(&download);
    limit_files(0);
    assert_int_equal(parts_left(scratch), 2);
}

static void a_full_disk_keeps_what_it_took(void **state)
{
    (void)state;
    in_two_runs(disk_full, go_on);
}

static void no_directory(struct scratch *scratch)
{
    struct download download;
    struct entry below = entry;
    below.name = (char *)"taken/file";
    plant(scratch, "taken", 10);
    assert_int_equal(download_open(&download, scratch->store, &below), 0);
    assert_int_equal(receive(&download, whole("\"v1\""), LENGTH), 0);
    assert_int_equal(commit(&download, -1), -ENOTDIR);
    download_close(&download);
    assert_int_equal(parts_left(scratch), 2);
}

static void publish_after_all(struct scratch *scratch)
{
    struct download download;
    assert_int_equal(download_open(&download, scratch->store, &entry), 0);
    assert_int_equal(download_condition(&download)->kind, CONDITION_WHOLE);
    assert_int_equal(commit(&download, 784111777), 0);
    assert_int_equal(download.file.size, LENGTH);
    assert_int_equal(download.file.mtime_ns, 784111777 * INT64_C(1000000000));
    download_close(&download);
    assert_true(holds(scratch, "file", LENGTH));
    assert_int_equal(parts_left(scratch), 0);
}

static void a_file_without_a_name_waits_for_one(void **state)
{
    (void)state;
    in_two_runs(no_directory, publish_after_all);
}

static int parse_entry(void **state)
{
    const char *why;
    (void)state;
    return url_parse(&entry.url, "http://me:pw@h/file", 19, &why);
}

static int clear_entry(void **state)
{
    (void)state;
    url_clear(&entry.url);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_try_goes_on),
        cmocka_unit_test(another_file_begins_anew),
        cmocka_unit_test(what_does_not_fit_is_dropped),
        cmocka_unit_test(the_next_run_goes_on),
        cmocka_unit_test(lost_writes_are_fetched_again),
        cmocka_unit_test(one_part_is_written_by_one),
        cmocka_unit_test(what_is_wrong_is_not_kept),
        cmocka_unit_test(a_full_disk_keeps_what_it_took),
        cmocka_unit_test(a_file_without_a_name_waits_for_one),
    };
    return cmocka_run_group_tests(tests, parse_entry, clear_entry);
}
