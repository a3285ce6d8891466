#include "cmd/compare/trees.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* 0 equal, 1 not, -errno. */
static int streams_compare(FILE *a, FILE *b)
{
    char buf_a[65536];
    char buf_b[sizeof buf_a];
    for (;;) {
        size_t got_a = fread(buf_a, 1, sizeof buf_a, a);
        size_t got_b = fread(buf_b, 1, sizeof buf_b, b);
        if (ferror(a) || ferror(b))
            return -EIO;
        if (got_a != got_b || memcmp(buf_a, buf_b, got_a) != 0)
            return 1;
        if (got_a == 0)
            return 0;
    }
}

static int files_compare(const char *path_a, const char *path_b)
{
    FILE *a = fopen(path_a, "re");
    int error = a ? 0 : -errno;
    FILE *b = error ? NULL : fopen(path_b, "re");
    if (!error && !b)
        error = errno == ENOENT ? 1 : -errno;
    int result = error ? error : streams_compare(a, b);
    if (a)
        fclose(a);
    if (b)
        fclose(b);
    return result;
}

/* Is every file below `a` also below `b`, with `same` content? */
static int tree_within(const char *a, const char *b, bool contents, char *what, size_t size)
{
    char *roots[] = {(char *)a, NULL};
    FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    if (!fts)
        return -errno;
    int result = 0;
    FTSENT *file;
    while (result == 0 && (file = fts_read(fts))) {
        char other[4096];
        if (file->fts_info != FTS_F)
            continue;
        const char *relative = file->fts_path + strlen(a) + 1;
        snprintf(other, sizeof other, "%s/%s", b, relative);
        if (contents)
            result = files_compare(file->fts_path, other);
        else
            result = access(other, F_OK) == 0 ? 0 : 1;
        if (result == 1)
            snprintf(what, size, "%s differs between %s and %s", relative, a, b);
    }
    fts_close(fts);
    return result;
}

int trees_compare(const char *a, const char *b, char *what, size_t size)
{
    int result = tree_within(a, b, true, what, size);
    if (result == 0)
        result = tree_within(b, a, false, what, size);
    return result;
}

int trees_remove(const char *path)
{
    char *roots[] = {(char *)path, NULL};
    FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    if (!fts)
        return -errno;
    int error = 0;
    FTSENT *file;
    while ((file = fts_read(fts))) {
        if (file->fts_info == FTS_D)
            continue;
        int failed =
            file->fts_info == FTS_DP ? rmdir(file->fts_accpath) : unlink(file->fts_accpath);
        if (failed && !error)
            error = -errno;
    }
    fts_close(fts);
    return error;
}
