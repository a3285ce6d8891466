/* setters_login.c - options by which a user says who he is. */
#include "cmd/cli/complain.h"
#include "cmd/cli/setters.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* "jpg,png", "*.pdf", "gif": rather what wget's -A takes than a program's name. */
static bool is_like_suffixes(const char *text)
{
    if (strpbrk(text, " /"))
        return false;
    return strpbrk(text, "*,") || *text == '.' || (*text && strlen(text) <= 4);
}

int set_user_agent(struct cli *cli, const struct option_use *use)
{
    bool accepts = option_by_name(cli->command, "accept", strlen("accept"));
    if (accepts && strcmp(use->typed, "-A") == 0 && is_like_suffixes(use->value))
        return refuse_value(use, "'%s' as User-Agent: did you mean --accept? If not, --user-agent",
                            use->value);
    return set_text(cli, use);
}

int set_basic(struct cli *cli, const struct option_use *use)
{
    (void)use; /* takes no value */
    cli->get.transfer.digest = false;
    return 0;
}

/* libcurl takes minutes for more, and nothing could stop it. */
#define COOKIE_LINES_MAX 50000
#define COOKIE_BYTES_MAX ((size_t)64 << 20)

/* 0, -errno; -EFBIG: it has too many lines. With `copy` >= 0 all is written there too. */
static int read_cookie_lines(int fd, int copy)
{
    char piece[16384];
    size_t lines = 0, size = 0;
    ssize_t got;
    while ((got = read(fd, piece, sizeof piece)) > 0) {
        size += (size_t)got;
        for (ssize_t i = 0; i < got; i++)
            lines += piece[i] == '\n';
        if (lines > COOKIE_LINES_MAX || size > COOKIE_BYTES_MAX)
            return -EFBIG;
        if (copy >= 0 && write(copy, piece, (size_t)got) != got)
            return errno ? -errno : -EIO;
    }
    return got < 0 ? -errno : 0;
}

/* A pipe can be read but once, and each worker reads: it gets a name that can be read again. What
 * cannot be opened is told later. */
static int open_cookie_file(const char *path, char **name)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    int copy = -1, error = 0;
    *name = NULL;
    if (fd < 0)
        return 0;
    errno = 0;
    if (fstat(fd, &status))
        error = -errno;
    else if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
        copy = memfd_create("cookies", MFD_CLOEXEC); /* stays open until we end */
    if (!error)
        error = read_cookie_lines(fd, copy);
    if (!error && copy >= 0 && asprintf(name, "/proc/self/fd/%d", copy) < 0)
        error = -ENOMEM;
    close(fd);
    if (error && copy >= 0)
        close(copy);
    return error;
}

static int add_cookie_file(struct cli *cli, const struct option_use *use)
{
    char *name;
    const char *path = use->value;
    int error = open_cookie_file(path, &name);
    if (error == -EFBIG)
        return refuse_value(use, "'%s' has more than %d lines", path, COOKIE_LINES_MAX);
    if (error)
        return refuse_value(use, "cannot read '%s': %s", path, strerror(-error));
    path = name ? name : path;
    error = append_copy(&cli->get.transfer.cookie_files, path, strlen(path));
    free(name);
    return error;
}

/* "name=value" is sent as it is, anything else names a file. */
int set_cookie(struct cli *cli, const struct option_use *use)
{
    struct transfer_options *transfer = &cli->get.transfer;
    const char *value = use->value;
    if (strpbrk(value, "\r\n"))
        return refuse_value(use, "a cookie is a single line");
    if (!strchr(value, '=')) {
        if (strcmp(value, "-") == 0)
            return refuse_value(use, "cookies are not read from standard input: name a file");
        transfer->keep_cookies = true;
        return *value ? add_cookie_file(cli, use) : 0;
    }
    char *before = cli->cookie;
    char *all = NULL;
    if (asprintf(&all, "%s%s%s", before ? before : "", before ? "; " : "", value) < 0)
        return -ENOMEM;
    free(before);
    cli->cookie = all;
    transfer->cookie = all;
    return 0;
}

int set_cookie_jar(struct cli *cli, const struct option_use *use)
{
    if (!*use->value)
        return refuse_value(use, "the name of a file is missing");
    cli->get.transfer.keep_cookies = true;
    return set_text(cli, use);
}

int set_netrc_file(struct cli *cli, const struct option_use *use)
{
    cli->netrc_file = use->value;
    return *use->value ? 0 : refuse_value(use, "the name of a file is missing");
}

int set_netrc_optional(struct cli *cli, const struct option_use *use)
{
    (void)use; /* takes no value */
    cli->get.transfer.netrc_optional = true;
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

/* The whole file; one larger than this is none. */
#define NETRC_SIZE_MAX (1 << 20)

static int read_netrc(struct cli *cli, FILE *file)
{
    char *text = malloc(NETRC_SIZE_MAX);
    if (!text)
        return -ENOMEM;
    size_t length = fread(text, 1, NETRC_SIZE_MAX, file);
    int error = ferror(file) ? -EIO : length == NETRC_SIZE_MAX ? -EFBIG : 0;
    if (!error)
        error = netrc_parse(&cli->logins, text, length);
    free(text);
    return error;
}

int settle_netrc(struct cli *cli)
{
    struct transfer_options *transfer = &cli->get.transfer;
    const char *path = cli->netrc_file;
    const char *home = getenv("HOME");
    char *usual = NULL;
    if (!cli->netrc && !path && !transfer->netrc_optional)
        return 0;
    if (!path && asprintf(&usual, "%s/.netrc", home ? home : "") < 0)
        return complain("%s", strerror(ENOMEM));
    FILE *file = fopen(path ? path : usual, "re");
    int error = file ? read_netrc(cli, file) : -errno;
    if (file)
        fclose(file);
    /* One that nobody named may be missing. */
    if (error == -ENOENT && !path && transfer->netrc_optional)
        error = 0;
    else if (error)
        complain("option --netrc: %s: %s", path ? path : usual,
                 error == -EINVAL ? "has a word or a quote where none belongs" : strerror(-error));
    transfer->netrc = cli->logins;
    free(usual);
    return error ? -EINVAL : 0;
}
