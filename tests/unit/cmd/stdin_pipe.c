#include "tests/unit/cmd/stdin_pipe.h"

#include "tests/unit/cmd/unit.h"
#include <string.h>
#include <unistd.h>

static int saved = -1;

int stdin_pipe_open(void)
{
    int ends[2];
    saved = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    return ends[1];
}

void stdin_pipe_close(void)
{
    if (saved < 0)
        return;
    dup2(saved, STDIN_FILENO);
    close(saved);
    saved = -1;
}

void stdin_pipe_say(int fd, const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}
