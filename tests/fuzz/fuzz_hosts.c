/* A hosts file; its own words are looked up in it. */
#include "net/dns/hosts.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

static void look_up(const struct hosts_file *hosts, const char *name)
{
    struct address found[4];
    MUST(hosts_file_find(hosts, name, AF_INET, found, 4) <= 4);
    MUST(hosts_file_find(hosts, name, AF_INET6, found, 4) <= 4);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hosts_file *hosts = NULL;
    MUST(hosts_file_parse(&hosts, (const char *)data, size) == 0);
    look_up(hosts, "");
    look_up(hosts, ".");
    look_up(hosts, "localhost");
    char *text = strndup(size ? (const char *)data : "", size);
    for (char *rest = text, *word; (word = strsep(&rest, " \t\r\n"));)
        look_up(hosts, word);
    free(text);
    hosts_file_free(hosts);
    return 0;
}
