#include "cmd/crawl/state.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int explain(char **place, const char *path, int error)
{
    if (asprintf(place, "cannot keep the state of the crawl in %s: %s", path, strerror(-error)) < 0)
        *place = NULL;
    return error;
}

static int open_passing(struct state *state, char **place)
{
    const char *temporary = getenv("TMPDIR");
    if (asprintf(&state->directory, "%s/fetch-crawl-XXXXXX",
                 temporary && *temporary ? temporary : "/tmp") < 0) {
        state->directory = NULL;
        return -ENOMEM;
    }
    if (mkdtemp(state->directory)) {
        state->passing = true;
        return 0;
    }
    return explain(place, state->directory, -errno);
}

/* Bodies are thrown away, so nobody has made or locked it yet. */
static int make_and_lock(struct state *state, const char *dir, char **place)
{
    if ((mkdir(dir, 0777) && errno != EEXIST) || (mkdir(state->directory, 0777) && errno != EEXIST))
        return explain(place, state->directory, -errno);
    state->lock = open(state->directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (state->lock >= 0 && flock(state->lock, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno != EWOULDBLOCK)
        return explain(place, state->directory, -errno);
    if (asprintf(place, "%s is in use by another fetch", dir) < 0)
        *place = NULL;
    return -EBUSY;
}

int state_open(struct state *state, const struct get_options *options,
               const struct store_directory *directory, char **place)
{
    *state = (struct state){.lock = -1};
    if (!options->output && options->out_null)
        return open_passing(state, place);
    if (asprintf(&state->directory, "%s/.fetch", options->directory) < 0) {
        state->directory = NULL;
        return -ENOMEM;
    }
    return directory->parts_fd >= 0 ? 0 : make_and_lock(state, options->directory, place);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    (void)remove(path); /* what cannot be removed from $TMPDIR the system will */
    return 0;
}

void state_close(struct state *state)
{
    if (state->directory && state->passing)
        (void)nftw(state->directory, remove_one, 4, FTW_DEPTH | FTW_PHYS);
    if (state->directory && state->lock >= 0)
        close(state->lock);
    free(state->directory);
    *state = (struct state){.lock = -1};
}
