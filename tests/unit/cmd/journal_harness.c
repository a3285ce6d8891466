#include "tests/unit/cmd/journal_harness.h"

#include "tests/unit/cmd/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char journal_directory[] = "/tmp/fetch-journal-XXXXXX";
char journal_file[48];

void journal_remove(void)
{
    static const char *const suffixes[] = {"db", "db-wal", "db-shm"};
    char path[64];
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        snprintf(path, sizeof path, "%s/journal.%s", journal_directory, suffixes[i]);
        unlink(path);
        rmdir(path);
    }
}

int journal_setup(void **state)
{
    (void)state;
    strcpy(strrchr(journal_directory, '-'), "-XXXXXX");
    assert_non_null(mkdtemp(journal_directory));
    snprintf(journal_file, sizeof journal_file, "%s/journal.db", journal_directory);
    return 0;
}

int journal_teardown(void **state)
{
    (void)state;
    journal_remove();
    return rmdir(journal_directory);
}

struct journal *open_as(enum journal_use use)
{
    struct journal *journal = NULL;
    char *why = NULL;
    int error = journal_open(&journal, journal_directory, use, false, &why);
    if (error)
        fail_msg("%s", why);
    return journal;
}

struct journal_row good_row(const char *url, const char *name)
{
    return (struct journal_row){
        .url = url,
        .name = name,
        .size = 1000,
        .mtime_ns = 5000000000,
        .etag = "\"a\"",
        .last_modified = "Sat, 21 Nov 2026 15:52:31 GMT",
        .checksum = "sha-256=00",
        .outcome = JOURNAL_OK,
        .status = 200,
        .attempts = 1,
        .finished = 1795275149,
    };
}

void put_row(struct journal *journal, const struct journal_row *row)
{
    assert_int_equal(journal_begin(journal), 0);
    assert_int_equal(journal_put(journal, row), 0);
    assert_int_equal(journal_commit(journal), 0);
}

void put_rows(struct journal *journal, int count)
{
    assert_int_equal(journal_begin(journal), 0);
    for (int i = 0; i < count; i++) {
        char url[64], name[16];
        snprintf(url, sizeof url, "http://h/%d", i);
        snprintf(name, sizeof name, "%d", i);
        struct journal_row row = good_row(url, name);
        assert_int_equal(journal_put(journal, &row), 0);
    }
    assert_int_equal(journal_commit(journal), 0);
}
