#include "tests/unit/cmd/dispatch_harness.h"

#include "tests/unit/cmd/stdin_pipe.h"
#include "tests/unit/cmd/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void open_dispatch(struct harness *harness, unsigned per_host)
{
    char *place = NULL;
    harness->options = (struct get_options){
        .sources = harness->sources,
        .source_count = 1,
        .transfer.protocols = "http,https",
    };
    assert_int_equal(url_list_open(&harness->list, &harness->options, &place), 0);
    harness->hosts = hosts_new(&(struct hosts_limits){.per_host = per_host});
    assert_non_null(harness->hosts);
    harness->dispatch = dispatch_new(harness->list, harness->hosts);
    assert_non_null(harness->dispatch);
}

void harness_open(struct harness *harness, unsigned per_host, void (*write)(void *file))
{
    strcpy(harness->path, "/tmp/fetch-test-dispatch-XXXXXX");
    FILE *file = fdopen(mkstemp(harness->path), "w");
    assert_non_null(file);
    write(file);
    assert_int_equal(fclose(file), 0);
    harness->sources[0] = harness->path;
    open_dispatch(harness, per_host);
}

void harness_share(struct harness *harness, unsigned jobs)
{
    dispatch_free(harness->dispatch);
    hosts_free(harness->hosts);
    harness->hosts = hosts_new(&(struct hosts_limits){.per_host = jobs, .jobs = jobs});
    harness->dispatch = dispatch_new(harness->list, harness->hosts);
    assert_non_null(harness->dispatch);
}

int harness_open_pipe(struct harness *harness, unsigned per_host)
{
    static char dash[] = "-";
    int writer = stdin_pipe_open();
    harness->path[0] = '\0';
    harness->sources[0] = dash;
    open_dispatch(harness, per_host);
    return writer;
}

void harness_close(struct harness *harness)
{
    dispatch_free(harness->dispatch);
    hosts_free(harness->hosts);
    url_list_close(harness->list);
    if (*harness->path)
        unlink(harness->path);
    stdin_pipe_close();
}

void harness_expect(struct harness *harness, const char *url, bool leave)
{
    struct entry *entry;
    assert_int_equal(dispatch_next(harness->dispatch, &entry), 0);
    assert_null(entry->problem);
    assert_true(entry->leased);
    assert_string_equal(entry->url.text, url);
    if (leave)
        hosts_leave(harness->hosts, entry->url.host_key);
    entry_free(entry);
}

const char *harness_host(const char *url)
{
    static char key[64];
    sscanf(url, "http://%40[^/]", key);
    strcat(key, ":80");
    return key;
}
