#include "cmd/get/directories.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int directories_make(const char *path)
{
    char *copy = strdup(path);
    int error = copy ? 0 : -ENOMEM;
    for (char *end = copy; !error && *end;) {
        end += strspn(end, "/");
        end += strcspn(end, "/");
        char kept = *end;
        *end = '\0';
        if (mkdir(copy, 0777) && errno != EEXIST)
            error = -errno;
        *end = kept;
    }
    free(copy);
    return error;
}
