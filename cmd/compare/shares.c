#include "cmd/compare/shares.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One process's share, KiB; 0 when it has gone meanwhile. */
static int64_t share_of(pid_t pid)
{
    char path[64];
    char line[128];
    int64_t kib = 0;
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    while (fgets(line, sizeof line, file))
        if (strncmp(line, "Pss:", 4) == 0)
            kib = strtoll(line + 4, NULL, 10);
    fclose(file);
    return kib;
}

int64_t shares_of_family(pid_t parent)
{
    char path[64];
    char child[16];
    int64_t sum = share_of(parent);
    /* Its only thread that forks is the first. */
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
    FILE *file = fopen(path, "re");
    if (!file)
        return sum;
    while (fscanf(file, "%15s", child) == 1)
        sum += share_of((pid_t)strtol(child, NULL, 10));
    fclose(file);
    return sum;
}
