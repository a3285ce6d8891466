#include "cmd/cli/cli.h"
#include "cmd/compare/compare.h"
#include "cmd/get/get.h"
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

enum { EXIT_MACHINE = 3 };

/* International host names are UTF-8 to libcurl only in a UTF-8 locale. Where the user's is not,
 * nothing else of it is lost: all that is told is in English. */
static void choose_locale(void)
{
    setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");
}

/* What was printed must have arrived: a full disk behind `fetch ... > list` is a failure. */
static int close_stdout(int status)
{
    bool failed = ferror(stdout) != 0;
    if (fclose(stdout) == 0 && !failed)
        return status;
    fprintf(stderr, "fetch: cannot write to standard output: %s\n", strerror(errno));
    return status == 0 ? EXIT_MACHINE : status;
}

int main(int argc, char **argv)
{
    struct cli cli;
    int status;
    choose_locale();
    if (cli_parse(&cli, argc, argv, &status) == 0) {
        status = cli.command == CLI_COMPARE ? compare_run(&cli) : get_run(&cli.get);
        cli_free(&cli);
    }
    return close_stdout(status);
}
