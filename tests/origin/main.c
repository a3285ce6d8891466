/* origin - a hostile HTTP/1.1 server for tests: every URL says in its query how it wants to be
 * answered. README.md in this folder lists what can be asked for.
 *
 * Look at server.c for the accept loop, at serve() in connection.c for the straight line that each
 * connection is, and at respond() in respond.c for what is done with a request.
 */
#include "engine/engine.h"
#include "tests/origin/lifetime.h"
#include "tests/origin/server.h"
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "Usage: origin [--listen ADDRESS:PORT]... [--listen-reset ADDRESS:PORT]...\n"
    "              [--web HOSTS:PAGES[:BYTES]] [--ready-file FILE] [--until-stdin-closes]\n"
    "\n"
    "  --listen ADDRESS:PORT        serve there; [::1]:PORT for IPv6, port 0: any (127.0.0.1:0)\n"
    "  --listen-reset ADDRESS:PORT  reset every connection there as soon as it is accepted\n"
    "  --web HOSTS:PAGES[:BYTES]    a synthetic web on h0.web.test, h1.web.test and so on\n"
    "  --ready-file FILE            write what is printed to this file too\n"
    "  --until-stdin-closes         end when standard input does\n";

struct options {
    const char *addresses[SERVER_LISTENERS_MAX];
    bool resets[SERVER_LISTENERS_MAX];
    size_t address_count;
    struct web web;
    const char *ready_file;
    bool until_stdin_closes;
};

static bool add_address(struct options *options, const char *address, bool resets)
{
    if (options->address_count == SERVER_LISTENERS_MAX)
        return false;
    options->addresses[options->address_count] = address;
    options->resets[options->address_count] = resets;
    options->address_count++;
    return true;
}

static bool parse_options(int argc, char **argv, struct options *options)
{
    static const struct option names[] = {
        {"listen", required_argument, NULL, 'l'},
        {"listen-reset", required_argument, NULL, 'r'},
        {"web", required_argument, NULL, 'w'},
        {"ready-file", required_argument, NULL, 'f'},
        {"until-stdin-closes", no_argument, NULL, 's'},
        {NULL, 0, NULL, 0},
    };
    int option;
    bool fine = true;
    while (fine && (option = getopt_long(argc, argv, "", names, NULL)) != -1) {
        if (option == 'l' || option == 'r')
            fine = add_address(options, optarg, option == 'r');
        else if (option == 'w')
            fine = web_parse(&options->web, optarg) == 0;
        else if (option == 'f')
            options->ready_file = optarg;
        else if (option == 's')
            options->until_stdin_closes = true;
        else
            fine = false;
    }
    if (fine && options->address_count == 0)
        add_address(options, "127.0.0.1:0", false);
    return fine && optind == argc;
}

/* Listens everywhere and describes it in `text`, a line an address. */
static int listen_all(struct server *server, const struct options *options, char *text, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < options->address_count; i++) {
        char bound[ADDRESS_SIZE];
        int error = server_listen(server, options->addresses[i], options->resets[i], bound);
        if (error) {
            fprintf(stderr, "origin: cannot listen on %s: %s\n", options->addresses[i],
                    strerror(-error));
            return error;
        }
        used += (size_t)snprintf(text + used, size - used, "%s%s on http://%s", i ? "\n" : "",
                                 options->resets[i] ? "resetting" : "listening", bound);
    }
    return 0;
}

/* The first task. Returns NULL when all went well, else a message for the user. */
static void *run_origin(void *arg)
{
    const struct options *options = arg;
    static struct server server; /* too large for a task's stack */
    static char text[SERVER_LISTENERS_MAX * (ADDRESS_SIZE + 32)];
    const char *failed = NULL;
    if (server_init(&server))
        return (char *)"cannot start";
    server.web = options->web;
    if (listen_all(&server, options, text, sizeof(text)))
        failed = "not started";
    else if (lifetime_announce(text, options->ready_file))
        failed = "cannot say that it is ready";
    else if (lifetime_wait(options->until_stdin_closes))
        failed = "cannot wait for signals";
    server_close(&server);
    return (char *)failed;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    void *failed = NULL;
    if (!parse_options(argc, argv, &options)) {
        fputs(usage, stderr);
        return 2;
    }
    lifetime_begin();
    int error = engine_run(run_origin, &options, &failed);
    if (error || failed)
        fprintf(stderr, "origin: %s\n", error ? strerror(-error) : (const char *)failed);
    return error || failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
