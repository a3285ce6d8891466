/* hosts.h: the hosts file, well-formed and not. */
#include "net/dns/hosts.h"
#include "tests/unit/net/unit.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The addresses of `name` as text with blanks between. */
static const char *find(const struct hosts_file *hosts, const char *name, int family)
{
    static char text[512];
    struct address found[8];
    text[0] = '\0';
    size_t count = hosts_file_find(hosts, name, family, found, 8);
    for (size_t i = 0; i < count; i++) {
        char one[INET6_ADDRSTRLEN];
        assert_int_equal(found[i].family, family);
        inet_ntop(family, family == AF_INET ? (void *)&found[i].v4 : (void *)&found[i].v6, one,
                  sizeof(one));
        sprintf(text + strlen(text), "%s%s", i ? " " : "", one);
    }
    return text;
}

static struct hosts_file *parse(const char *text)
{
    struct hosts_file *hosts = NULL;
    assert_int_equal(hosts_file_parse(&hosts, text, strlen(text)), 0);
    return hosts;
}

static void usual(void **state)
{
    struct hosts_file *hosts = parse("# a comment\n"
                                     "127.0.0.1\tlocalhost\n"
                                     "::1 localhost ip6-localhost\n"
                                     "192.0.2.1   Server.Example  server # the old one\n"
                                     "192.0.2.2 server\r\n"
                                     "2001:db8::5 server\n"
                                     "\n"
                                     "192.0.2.9 dotted.example.");
    (void)state;
    assert_string_equal(find(hosts, "localhost", AF_INET), "127.0.0.1");
    assert_string_equal(find(hosts, "localhost", AF_INET6), "::1");
    assert_string_equal(find(hosts, "ip6-localhost", AF_INET), "");
    assert_string_equal(find(hosts, "server.example", AF_INET), "192.0.2.1");
    assert_string_equal(find(hosts, "SERVER.EXAMPLE.", AF_INET), "192.0.2.1");
    assert_string_equal(find(hosts, "server", AF_INET), "192.0.2.1 192.0.2.2");
    assert_string_equal(find(hosts, "server", AF_INET6), "2001:db8::5");
    assert_string_equal(find(hosts, "dotted.example", AF_INET), "192.0.2.9");
    assert_string_equal(find(hosts, "old", AF_INET), "");
    assert_string_equal(find(hosts, "serve", AF_INET), "");
    assert_string_equal(find(hosts, "servers", AF_INET), "");
    assert_string_equal(find(hosts, "", AF_INET), "");
    hosts_file_free(hosts);
}

static void nonsense(void **state)
{
    struct hosts_file *hosts = parse("no address\n"
                                     "192.0.2.300 toobig\n"
                                     "192.0.2.1\n"
                                     "   \t \n"
                                     "#192.0.2.1 commented\n"
                                     "fe80::1%lo0 zoned\n"
                                     "192.0.2.2#glued\n"
                                     "192.0.2.3 good\n"
                                     "\xff\xfe\xfd \x01\x02\n");
    (void)state;
    assert_string_equal(find(hosts, "address", AF_INET), "");
    assert_string_equal(find(hosts, "toobig", AF_INET), "");
    assert_string_equal(find(hosts, "commented", AF_INET), "");
    assert_string_equal(find(hosts, "zoned", AF_INET6), "");
    assert_string_equal(find(hosts, "glued", AF_INET), "");
    assert_string_equal(find(hosts, "good", AF_INET), "192.0.2.3");
    hosts_file_free(hosts);

    static const char bytes[] = "192.0.2.1 a\0b\n192.0.2.2 c\0";
    assert_int_equal(hosts_file_parse(&hosts, bytes, sizeof(bytes)), 0);
    assert_string_equal(find(hosts, "a", AF_INET), "192.0.2.1");
    assert_string_equal(find(hosts, "b", AF_INET), "");
    assert_string_equal(find(hosts, "c", AF_INET), "192.0.2.2");
    hosts_file_free(hosts);
}

static void capacity(void **state)
{
    struct address found[2];
    struct hosts_file *hosts = parse("192.0.2.1 a\n192.0.2.2 a\n192.0.2.3 a\n");
    (void)state;
    assert_int_equal(hosts_file_find(hosts, "a", AF_INET, found, 2), 2);
    assert_int_equal(hosts_file_find(hosts, "a", AF_INET, found, 0), 0);
    hosts_file_free(hosts);
}

static void many(void **state)
{
    char *text = malloc(20000 * sizeof("10.0.255.255 host20000\n"));
    size_t used = 0;
    (void)state;
    for (int i = 0; i < 20000; i++)
        used += (size_t)sprintf(text + used, "10.0.%d.%d host%d\n", i / 250, i % 250, i);
    struct hosts_file *hosts = parse(text);
    assert_string_equal(find(hosts, "host0", AF_INET), "10.0.0.0");
    assert_string_equal(find(hosts, "host777", AF_INET), "10.0.3.27");
    assert_string_equal(find(hosts, "host19999", AF_INET), "10.0.79.249");
    hosts_file_free(hosts);
    free(text);
}

static void files(void **state)
{
    char path[] = "/tmp/test_hosts.XXXXXX";
    struct hosts_file *hosts = NULL;
    int fd = mkstemp(path);
    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "192.0.2.1 name\n", 15), 15);
    close(fd);
    assert_int_equal(hosts_file_load(&hosts, path), 0);
    assert_string_equal(find(hosts, "name", AF_INET), "192.0.2.1");
    hosts_file_free(hosts);
    unlink(path);

    assert_int_equal(hosts_file_load(&hosts, path), 0);
    assert_string_equal(find(hosts, "name", AF_INET), "");
    hosts_file_free(hosts);

    assert_int_equal(hosts_file_load(&hosts, "/"), -EISDIR);
    hosts_file_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual), cmocka_unit_test(nonsense), cmocka_unit_test(capacity),
        cmocka_unit_test(many),  cmocka_unit_test(files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
