#include "tests/unit/cmd/cli_harness.h"

#include "tests/unit/cmd/unit.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WORDS_MAX 40

char said[65536];

/* Catches what is written to `fd` into `said`. */
static int catch_begin(int fd, int *kept)
{
    fflush(NULL);
    *kept = dup(fd);
    int file = open("/tmp", O_TMPFILE | O_RDWR, 0600);
    assert_true(*kept >= 0 && file >= 0);
    dup2(file, fd);
    return file;
}

static void catch_end(int fd, int kept, int file)
{
    fflush(NULL);
    ssize_t length = pread(file, said, sizeof said - 1, 0);
    assert_true(length >= 0);
    said[length] = '\0';
    dup2(kept, fd);
    close(kept);
    close(file);
}

int parse(struct cli *cli, const char *line)
{
    static char copy[1024];
    static char program[] = "fetch";
    static char *argv[WORDS_MAX];
    int argc = 1, kept[2], file[2], status = -1;
    snprintf(copy, sizeof copy, "%s", line);
    argv[0] = program;
    for (char *word = strtok(copy, " "); word && argc < WORDS_MAX - 1; word = strtok(NULL, " "))
        argv[argc++] = word;
    argv[argc] = NULL;
    file[0] = catch_begin(STDOUT_FILENO, &kept[0]);
    file[1] = catch_begin(STDERR_FILENO, &kept[1]);
    int error = cli_parse(cli, argc, argv, &status);
    catch_end(STDERR_FILENO, kept[1], file[1]);
    if (error && status == 0)
        catch_end(STDOUT_FILENO, kept[0], file[0]);
    else {
        char words[sizeof said];
        strcpy(words, said);
        catch_end(STDOUT_FILENO, kept[0], file[0]);
        strcpy(said, words);
    }
    return error ? 1000 + status : 0;
}

/* The command that a line begins with, with a blank behind it; "": get. */
static const char *command_of(const char *line)
{
    static const char *const commands[] = {"compare ", "status ", "mirror ", "crawl "};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strncmp(line, commands[i], strlen(commands[i]) - 1) == 0)
            return commands[i];
    return "";
}

void refuses(const char *line, const char *complaint)
{
    struct cli cli;
    char expected[512];
    int result = parse(&cli, line);
    if (result != 1002)
        fail_msg("'%s' gives %d", line, result);
    snprintf(expected, sizeof expected, "fetch: %s\ntry 'fetch %s--help'\n", complaint,
             command_of(line));
    assert_string_equal(said, expected);
}
