#include "cmd/cli/setters.h"

#include <curl/curl.h>
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void *place_of(struct cli *cli, const struct option_use *use)
{
    return (char *)cli + use->row->field;
}

int set_flag(struct cli *cli, const struct option_use *use)
{
    *(bool *)place_of(cli, use) = true;
    return 0;
}

int set_text(struct cli *cli, const struct option_use *use)
{
    *(const char **)place_of(cli, use) = use->value;
    return 0;
}

int set_named(struct cli *cli, const struct option_use *use)
{
    if (!*use->value)
        return refuse_value(use, "a value is missing (%s)", use->row->value);
    return set_text(cli, use);
}

int set_number(struct cli *cli, const struct option_use *use)
{
    char *end = NULL;
    errno = 0;
    /* Unlike strtoul(), neither blanks nor signs. */
    unsigned long number =
        use->value[0] >= '0' && use->value[0] <= '9' ? strtoul(use->value, &end, 10) : 0;
    if (!end || *end || errno || number < use->row->min || number > use->row->max)
        return refuse_value(use, "'%s' is not a number from %u to %u", use->value, use->row->min,
                            use->row->max);
    *(unsigned *)place_of(cli, use) = (unsigned)number;
    return 0;
}

int set_size(struct cli *cli, const struct option_use *use)
{
    int error = cli_parse_size(use->value, place_of(cli, use));
    if (error == -ERANGE)
        return refuse_value(use, "'%s' is too large", use->value);
    if (error)
        return refuse_value(use, "'%s' is not a size: bytes, or with K, M or G", use->value);
    return 0;
}

int set_time(struct cli *cli, const struct option_use *use)
{
    int error = cli_parse_time(use->value, place_of(cli, use));
    if (error == -ERANGE)
        return refuse_value(use, "'%s' is too long", use->value);
    if (error)
        return refuse_value(use, "'%s' is not a time: seconds, or with ms, s, m or h", use->value);
    return 0;
}

/* The words of a row for a complaint: "a, b or c". */
static const char *words_text(const char *const *words, char *text, size_t size)
{
    size_t length = 0;
    for (size_t i = 0; words[i] && length < size; i++) {
        const char *between = i == 0 ? "" : words[i + 1] ? ", " : " or ";
        length += (size_t)snprintf(text + length, size - length, "%s%s", between, words[i]);
    }
    return text;
}

/* Which of the words it is, -1: none. */
static int word_index(const char *const *words, const char *text, size_t length)
{
    for (int i = 0; words[i]; i++)
        if (strncmp(words[i], text, length) == 0 && words[i][length] == '\0')
            return i;
    return -1;
}

int set_word(struct cli *cli, const struct option_use *use)
{
    const char *const *words = use->row->words;
    int index = word_index(words, use->value, strlen(use->value));
    char text[128];
    if (index < 0)
        return refuse_value(use, "'%s' is not %s", use->value,
                            words_text(words, text, sizeof text));
    *(unsigned *)place_of(cli, use) = (unsigned)index;
    return 0;
}

int append_copy(const char *const **list, const char *text, size_t length)
{
    size_t count = 0;
    while (*list && (*list)[count])
        count++;
    const char **longer = realloc((void *)*list, (count + 2) * sizeof *longer);
    if (!longer)
        return -ENOMEM;
    *list = longer;
    longer[count] = strndup(text, length);
    longer[count + 1] = NULL;
    return longer[count] ? 0 : -ENOMEM;
}

int set_always_on(struct cli *cli, const struct option_use *use)
{
    (void)cli; /* fetch does so anyway */
    (void)use;
    return 0;
}

int set_refused(struct cli *cli, const struct option_use *use)
{
    (void)cli; /* nothing is set */
    return refuse_value(use, "%s", use->row->note);
}

int set_output(struct cli *cli, const struct option_use *use)
{
    if (!*use->value)
        return refuse_value(use, "the name of a directory is missing");
    return set_text(cli, use);
}

int set_rate(struct cli *cli, const struct option_use *use)
{
    int error = cli_parse_rate(use->value, place_of(cli, use));
    if (error == -ERANGE)
        return refuse_value(use, "'%s' is too slow or too fast", use->value);
    return error ? refuse_value(use, "'%s' is not like 2/s, 30/m or 1000/h", use->value) : 0;
}

int set_threads(struct cli *cli, const struct option_use *use)
{
    if (strcmp(use->value, "auto") != 0)
        return set_number(cli, use);
    cpu_set_t cpus;
    cli->get.threads = 1;
    /* More CPUs than the set has room for: one thread is never wrong. */
    if (sched_getaffinity(0, sizeof cpus, &cpus) == 0 && CPU_COUNT(&cpus) > 0)
        cli->get.threads = (unsigned)CPU_COUNT(&cpus);
    return 0;
}

int set_checksum(struct cli *cli, const struct option_use *use)
{
    const char *problem = checksum_parse(&cli->get.checksum, use->value, strlen(use->value));
    return problem ? refuse_value(use, "'%s': %s", use->value, problem) : 0;
}

int set_max_redirs(struct cli *cli, const struct option_use *use)
{
    if (strcmp(use->value, "-1") != 0 && *use->value == '-')
        return refuse_value(use, "'%s' is not a number from -1 to %d", use->value, INT_MAX);
    if (*use->value != '-')
        return set_number(cli, use);
    cli->get.max_redirs = UINT_MAX;
    return 0;
}

static const char *const protocol_words[] = {"http", "https", "ftp", "ftps", "all", NULL};

#define PROTOCOL_COUNT 4
#define PROTOCOL_ALL   ((1U << PROTOCOL_COUNT) - 1)

/* One element of --proto, "https", "=https", "-ftp" or "+ftp", applied to the set `allowed`. */
static int apply_protocol(const struct option_use *use, const char *item, size_t length,
                          unsigned *allowed)
{
    char sign = *item;
    if (sign == '=' || sign == '-' || sign == '+') {
        item++;
        length--;
    }
    int index = word_index(protocol_words, item, length);
    if (index < 0)
        return refuse_value(use, "'%.*s' is not http, https, ftp, ftps or all", (int)length, item);
    unsigned meant = index == PROTOCOL_COUNT ? PROTOCOL_ALL : 1U << index;
    if (sign == '=')
        *allowed = meant;
    else if (sign == '-')
        *allowed &= ~meant;
    else
        *allowed |= meant;
    return 0;
}

int set_protocols(struct cli *cli, const struct option_use *use)
{
    /* A plain list is the whole list; curl's signs change what is allowed by default. */
    bool signs = strchr("=-+", use->value[0]) != NULL;
    unsigned allowed = signs ? PROTOCOL_ALL : 0;
    for (const char *item = use->value;;) {
        size_t length = strcspn(item, ",");
        int error = apply_protocol(use, item, length, &allowed);
        if (error)
            return error;
        if (!item[length])
            break;
        item += length + 1;
    }
    if (!allowed)
        return refuse_value(use, "no protocol is left");
    char text[64];
    size_t length = 0;
    for (unsigned i = 0; i < PROTOCOL_COUNT; i++)
        if (allowed & 1U << i)
            length += (size_t)snprintf(text + length, sizeof text - length, "%s%s",
                                       length ? "," : "", protocol_words[i]);
    free(cli->protocols);
    cli->protocols = strdup(text);
    cli->get.transfer.protocols = cli->protocols;
    return cli->protocols ? 0 : refuse_value(use, "%s", strerror(ENOMEM));
}

/* libcurl leaves out what is neither "Name: value" nor "Name:" nor "Name;". */
static bool is_header(const char *line, size_t length)
{
    const char *colon = memchr(line, ':', length);
    const char *end = colon ? colon : memchr(line, ';', length);
    if (!end || end == line || strncmp(end, "://", 3) == 0)
        return false;
    return colon || strspn(end + 1, " \t") == length - (size_t)(end + 1 - line);
}

static int add_header(struct cli *cli, const struct option_use *use, const char *line,
                      size_t length)
{
    /* libcurl sends lines as they are: a line end inside would smuggle in another header. */
    if (memchr(line, '\n', length) || memchr(line, '\r', length))
        return refuse_value(use, "a header is a single line");
    if (!is_header(line, length))
        return refuse_value(use, "'%.*s' is not \"Name: value\"", (int)length, line);
    int error = append_copy(&cli->get.transfer.headers, line, length);
    return error ? refuse_value(use, "%s", strerror(-error)) : 0;
}

/* -H @FILE: a header a line. */
static int add_headers_of(struct cli *cli, const struct option_use *use, const char *path)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return refuse_value(use, "cannot open '%s': %s", path, strerror(errno));
    char *line = NULL;
    size_t size = 0;
    ssize_t length;
    int error = 0;
    while (!error && (length = getline(&line, &size, file)) >= 0) {
        while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
            length--;
        if (length > 0)
            error = add_header(cli, use, line, (size_t)length);
    }
    if (!error && ferror(file))
        error = refuse_value(use, "cannot read '%s': %s", path, strerror(errno));
    free(line);
    fclose(file);
    return error;
}

int set_header(struct cli *cli, const struct option_use *use)
{
    if (strcmp(use->value, "@-") == 0)
        return refuse_value(use, "headers are not read from standard input: name a file");
    if (use->value[0] == '@')
        return add_headers_of(cli, use, use->value + 1);
    return add_header(cli, use, use->value, strlen(use->value));
}

int set_referer(struct cli *cli, const struct option_use *use)
{
    if (strstr(use->value, ";auto"))
        return refuse_value(use, "curl's \";auto\" is not built");
    cli->get.transfer.referer = *use->value ? use->value : NULL;
    return 0;
}

int set_user(struct cli *cli, const struct option_use *use)
{
    /* curl would ask for the password on the terminal. */
    if (!strchr(use->value, ':'))
        return refuse_value(use, "the password is missing: NAME:PASSWORD, or NAME: for none");
    return set_text(cli, use);
}

/* The option's name is the version's. */
int set_http_version(struct cli *cli, const struct option_use *use)
{
    const char *name = use->row->name;
    cli->get.transfer.http_version = strcmp(name, "http1.1") == 0 ? HTTP_VERSION_1_1
                                     : strcmp(name, "http2") == 0 ? HTTP_VERSION_2
                                                                  : HTTP_VERSION_3;
    return 0;
}

int set_ipv4(struct cli *cli, const struct option_use *use)
{
    (void)use; /* takes no value */
    cli->get.transfer.ip_version = IP_V4;
    cli->get.resolver.family = RESOLVER_IPV4;
    return 0;
}

int set_ipv6(struct cli *cli, const struct option_use *use)
{
    (void)use; /* takes no value */
    cli->get.transfer.ip_version = IP_V6;
    cli->get.resolver.family = RESOLVER_IPV6;
    return 0;
}

int set_resolve(struct cli *cli, const struct option_use *use)
{
    bool removal = *use->value == '-';
    const char *port = strchr(use->value, ':');
    if (!port || port == use->value || (!removal && !strchr(port + 1, ':')))
        return refuse_value(use, "'%s' is not HOST:PORT:ADDR", use->value);
    int error = append_copy(&cli->get.transfer.resolve, use->value, strlen(use->value));
    return error ? refuse_value(use, "%s", strerror(-error)) : 0;
}

/* A date as libcurl reads it, else the time of a file; a dash before it turns the meaning round. */
int set_time_condition(struct cli *cli, const struct option_use *use)
{
    struct transfer_options *transfer = &cli->get.transfer;
    const char *text = use->value;
    struct stat status;
    bool unmodified = *text == '-';
    text += unmodified || *text == '+';
    time_t when = curl_getdate(text, NULL);
    if (when == -1 && stat(text, &status) == 0)
        when = status.st_mtime;
    if (when == -1)
        return refuse_value(use, "'%s' is neither a date nor a file", text);
    transfer->time_condition = unmodified ? TIME_UNMODIFIED_SINCE : TIME_MODIFIED_SINCE;
    transfer->time_value = when;
    return 0;
}

int set_verbose(struct cli *cli, const struct option_use *use)
{
    (void)use; /* takes no value */
    cli->get.verbose++;
    return 0;
}

int set_modes(struct cli *cli, const struct option_use *use)
{
    cli->mode_count = 0;
    memset(cli->modes, 0, sizeof cli->modes);
    for (const char *item = use->value;;) {
        size_t length = strcspn(item, ",");
        int mode = word_index(use->row->words, item, length);
        if (mode < 0)
            return refuse_value(use, "'%.*s' is not async, sync, threads or processes", (int)length,
                                item);
        if (cli->modes[mode])
            return refuse_value(use, "%s twice", use->row->words[mode]);
        cli->modes[mode] = true;
        cli->mode_order[cli->mode_count++] = (unsigned)mode;
        if (!item[length])
            return 0;
        item += length + 1;
    }
}

int set_help(struct cli *cli, const struct option_use *use)
{
    (void)use; /* takes no value */
    cli_print_help(cli->command);
    return 1;
}

int set_version(struct cli *cli, const struct option_use *use)
{
    (void)cli; /* the same for all commands */
    (void)use; /* takes no value */
    cli_print_version();
    return 1;
}
