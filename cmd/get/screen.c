#include "cmd/get/screen.h"

#include "cmd/get/stream.h"
#include "cmd/get/view.h"
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS_DEFAULT 80

/* A signal handler has no argument but the signal: its state must be global. */
static atomic_bool drawn;

static void stop(int signal);

/* Reset when it is called, and not blocked meanwhile: raised once more, the signal stops us. */
static void catch_stop(void)
{
    struct sigaction action = {.sa_handler = stop,
                               .sa_flags = SA_RESETHAND | SA_NODEFER | SA_RESTART};
    sigemptyset(&action.sa_mask);
    (void)sigaction(SIGTSTP, &action, NULL); /* without it a stop leaves the picture behind */
}

static void stop(int signal)
{
    int saved = errno;
    if (atomic_exchange(&drawn, false))
        (void)!write(STDERR_FILENO, VIEW_WIPE, strlen(VIEW_WIPE)); /* as above */
    (void)raise(signal);
    /* Here we go on. */
    catch_stop();
    errno = saved;
}

void screen_open(void)
{
    struct sigaction before;
    if (isatty(STDERR_FILENO) && sigaction(SIGTSTP, NULL, &before) == 0 &&
        before.sa_handler == SIG_DFL)
        catch_stop();
}

struct screen_size screen_size(void)
{
    struct winsize window;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &window))
        return (struct screen_size){.columns = COLUMNS_DEFAULT, .lines = 1};
    return (struct screen_size){
        .columns = window.ws_col ? window.ws_col : COLUMNS_DEFAULT,
        .lines = window.ws_row ? window.ws_row : 1,
    };
}

bool screen_has_utf8(void)
{
    /* Not the process's own locale, which is UTF-8 always. */
    locale_t users = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    if (users == (locale_t)0)
        return false;
    bool utf8 = strcmp(nl_langinfo_l(CODESET, users), "UTF-8") == 0;
    freelocale(users);
    return utf8;
}

bool screen_has_colour(void)
{
    const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(STDERR_FILENO) && !(none && *none) && term && strcmp(term, "dumb") != 0;
}

bool screen_is_ours(void)
{
    pid_t group = tcgetpgrp(STDERR_FILENO);
    return group < 0 || group == getpgrp();
}

bool screen_is_ready(void)
{
    struct pollfd entry = {.fd = STDERR_FILENO, .events = POLLOUT};
    return poll(&entry, 1, 0) == 1;
}

void screen_write(const char *text, size_t size, bool draws)
{
    if (draws)
        atomic_store(&drawn, true);
    /* A terminal may have room for some of it, and would have us wait for the rest. */
    int own = isatty(STDERR_FILENO) ? stream_own(STDERR_FILENO) : -ENOTTY;
    (void)stream_write(own < 0 ? STDERR_FILENO : own, text, size); /* else there is nobody left */
    if (own >= 0)
        close(own);
}

void screen_line(const char *line)
{
    char *text = NULL;
    int size = asprintf(&text, "%s\n", line);
    if (size < 0)
        return;
    screen_write(text, (size_t)size, false);
    free(text);
}

bool screen_is_drawn(void)
{
    return atomic_load(&drawn);
}

void screen_wipe(void)
{
    if (atomic_exchange(&drawn, false) && screen_is_ours())
        screen_write(VIEW_WIPE, strlen(VIEW_WIPE), false);
}
