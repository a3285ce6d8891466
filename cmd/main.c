#include "cmd/cli/cli.h"
#include "cmd/compare/compare.h"
#include "cmd/crawl/crawl.h"
#include "cmd/exit_status.h"
#include "cmd/get/get.h"
#include "cmd/status/status.h"
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* International host names are UTF-8 to libcurl only in a UTF-8 locale. Where the user's is not,
 * nothing else of it is lost: all that is told is in English. */
static void choose_locale(void)
{
    setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");
}

/* A standard stream that is closed would have its number taken by the next file or connection, and
 * what is told would go there. The null device, opened the wrong way round, fails as if closed. */
static int occupy_streams(void)
{
    static const int directions[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", directions[fd]) != fd)
            return -errno;
    return 0;
}

/* What was printed must have arrived: a full disk behind `fetch ... > list` is a failure. Who
 * failed for such a reason already has told it. */
static int close_stdout(int status)
{
    bool failed = ferror(stdout) != 0;
    errno = 0;
    if ((fclose(stdout) == 0 && !failed) || status == EXIT_MACHINE)
        return status;
    /* Why is lost, if it failed in the middle. */
    fprintf(stderr, "fetch: cannot write to standard output%s%s\n", errno ? ": " : "",
            errno ? strerror(errno) : "");
    return status == 0 ? EXIT_MACHINE : status;
}

static int run_command(const struct cli *cli)
{
    switch (cli->command) {
    case CLI_COMPARE:
        return compare_run(cli);
    case CLI_STATUS:
        return status_run(&cli->status);
    case CLI_MIRROR:
    case CLI_CRAWL:
        return crawl_run(&cli->get, &cli->crawl);
    case CLI_GET:
        break;
    }
    return get_run(&cli->get);
}

int main(int argc, char **argv)
{
    struct cli cli;
    int status;
    if (occupy_streams())
        return EXIT_MACHINE; /* and nowhere to tell it */
    choose_locale();
    /* A file that may not grow any further (ulimit -f) fails its URL instead of killing us. */
    signal(SIGXFSZ, SIG_IGN);
    if (cli_parse(&cli, argc, argv, &status) == 0) {
        status = run_command(&cli);
        cli_free(&cli);
    }
    return close_stdout(status);
}
