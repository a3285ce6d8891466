/* setters_login.c - options by which a user says who he is. */
#include "cmd/cli/setters.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int set_basic(struct cli *cli, const struct option_use *use)
{
    (void)use; /* takes no value */
    cli->get.transfer.digest = false;
    return 0;
}

/* A token is an Authorization header like one of -H, and stays behind like it. */
int set_bearer(struct cli *cli, const struct option_use *use)
{
    char *line = NULL;
    if (!*use->value)
        return refuse_value(use, "the token is missing");
    for (const char *p = use->value; *p; p++)
        if (*p <= ' ' || *p == 0x7f)
            return refuse_value(use, "a token has no blanks or control characters");
    int length = asprintf(&line, "Authorization: Bearer %s", use->value);
    if (length < 0)
        return -ENOMEM;
    int error = append_copy(&cli->get.transfer.headers, line, (size_t)length);
    free(line);
    return error;
}

/* What cannot be opened now will not be later. */
static int check_readable(const struct option_use *use, const char *path)
{
    if (access(path, R_OK) == 0)
        return 0;
    return refuse_value(use, "cannot open '%s': %s", path, strerror(errno));
}

int set_readable_file(struct cli *cli, const struct option_use *use)
{
    int error = check_readable(use, use->value);
    return error ? error : set_text(cli, use);
}

/* "FILE:PASSWORD", where "\\:" and "\\\\" in FILE stand for the characters themselves: cut in two
 * in place. The password, NULL: none. */
static char *cut_password(char *text)
{
    char *out = text;
    for (; *text && *text != ':'; text++) {
        if (*text == '\\' && (text[1] == ':' || text[1] == '\\'))
            text++;
        *out++ = *text;
    }
    char *password = *text ? text + 1 : NULL;
    *out = '\0';
    return password;
}

int set_certificate(struct cli *cli, const struct option_use *use)
{
    free(cli->certificate);
    cli->certificate = strdup(use->value);
    if (!cli->certificate)
        return -ENOMEM;
    cli->certificate_password = cut_password(cli->certificate);
    cli->get.transfer.certificate = cli->certificate;
    return check_readable(use, cli->certificate);
}
