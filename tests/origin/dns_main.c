/* dns - a toy DNS server for tests and benches: it knows an address for every name, and names that
 * begin with "nx.", "silent.", "tc." and so on show how DNS goes wrong. README.md in this folder
 * lists them.
 *
 * Look at dns_server.c for how it waits, at dns_authority.c for what it answers.
 */
#include "engine/engine.h"
#include "tests/origin/dns_server.h"
#include "tests/origin/lifetime.h"
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static const char usage[] =
    "Usage: dns [--listen ADDRESS:PORT] [--delay MS] [--ttl S] [--negative-ttl S] [--zone FILE]\n"
    "           [--ready-file FILE] [--until-stdin-closes]\n"
    "\n"
    "  --listen ADDRESS:PORT  serve there over UDP and TCP; port 0: any (127.0.0.1:0)\n"
    "  --delay MS             answer so many milliseconds late (0)\n"
    "  --ttl S                of positive answers, seconds (60)\n"
    "  --negative-ttl S       of \"no such name\" and \"no such record\" (60)\n"
    "  --zone FILE            lines of NAME A|AAAA|CNAME VALUE [TTL]\n"
    "  --ready-file FILE      write what is printed to this file too\n"
    "  --until-stdin-closes   end when standard input does\n";

struct options {
    const char *address;
    const char *zone;
    const char *ready_file;
    long delay_ms;
    long ttl;
    long negative_ttl;
    bool until_stdin_closes;
};

/* A number of up to a thousand million; "20ms" is fine for a delay. */
static bool parse_number(const char *text, const char *unit, long *value)
{
    char *end;
    *value = strtol(text, &end, 10);
    return end != text && (*end == '\0' || strcmp(end, unit) == 0) && *value >= 0 &&
           *value <= 1000000000;
}

static bool parse_option(int option, struct options *options)
{
    switch (option) {
    case 'l':
        options->address = optarg;
        return true;
    case 'd':
        return parse_number(optarg, "ms", &options->delay_ms);
    case 't':
        return parse_number(optarg, "s", &options->ttl);
    case 'n':
        return parse_number(optarg, "s", &options->negative_ttl);
    case 'z':
        options->zone = optarg;
        return true;
    case 'f':
        options->ready_file = optarg;
        return true;
    case 's':
        options->until_stdin_closes = true;
        return true;
    default:
        return false;
    }
}

static bool parse_options(int argc, char **argv, struct options *options)
{
    static const struct option names[] = {
        {"listen", required_argument, NULL, 'l'},
        {"delay", required_argument, NULL, 'd'},
        {"ttl", required_argument, NULL, 't'},
        {"negative-ttl", required_argument, NULL, 'n'},
        {"zone", required_argument, NULL, 'z'},
        {"ready-file", required_argument, NULL, 'f'},
        {"until-stdin-closes", no_argument, NULL, 's'},
        {NULL, 0, NULL, 0},
    };
    int option;
    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1)
        if (!parse_option(option, options))
            return false;
    return optind == argc;
}

static bool load_zone(struct authority *authority, const char *file)
{
    unsigned line = 0;
    int error = file ? authority_load(authority, file, &line) : 0;
    if (error == -EINVAL)
        fprintf(stderr, "dns: %s:%u: not NAME A|AAAA|CNAME VALUE [TTL]\n", file, line);
    else if (error)
        fprintf(stderr, "dns: %s: %s\n", file, strerror(-error));
    return error == 0;
}

static int serve(struct dns_server *server, const struct options *options)
{
    char bound[ADDRESS_SIZE];
    char text[ADDRESS_SIZE + 32];
    int error = dns_server_open(server, options->address, bound);
    if (error)
        return error;
    snprintf(text, sizeof(text), "listening on %s", bound);
    error = lifetime_announce(text, options->ready_file);
    if (!error)
        error = lifetime_wait(options->until_stdin_closes);
    dns_server_close(server);
    return error;
}

/* The first task. Returns NULL when all went well, else a message for the user. */
static void *run_dns(void *arg)
{
    const struct options *options = arg;
    static struct dns_server server;
    const char *failed = NULL;
    authority_init(&server.authority);
    server.authority.ttl = (uint32_t)options->ttl;
    server.authority.negative_ttl = (uint32_t)options->negative_ttl;
    server.delay_ns = options->delay_ms * NSEC_PER_MSEC;
    if (!load_zone(&server.authority, options->zone)) {
        failed = "not started";
    } else {
        int error = serve(&server, options);
        failed = error ? strerror(-error) : NULL;
        const struct authority_counts *all = &server.authority.all;
        printf("%llu queries, %llu over TCP\n", (unsigned long long)all->queries,
               (unsigned long long)all->tcp);
    }
    authority_clear(&server.authority);
    return (char *)failed;
}

int main(int argc, char **argv)
{
    struct options options = {.address = "127.0.0.1:0", .ttl = 60, .negative_ttl = 60};
    void *failed = NULL;
    if (!parse_options(argc, argv, &options)) {
        fputs(usage, stderr);
        return 2;
    }
    lifetime_begin();
    int error = engine_run(run_dns, &options, &failed);
    if (error || failed)
        fprintf(stderr, "dns: %s\n", error ? strerror(-error) : (const char *)failed);
    return error || failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
