/* replay.c - runs a fuzz target on every file of the folders named on the command line, in the
 * place of libFuzzer's own main(). */
#include "tests/fuzz/fuzz.h"
#include <dirent.h>
#include <errno.h>
#include <string.h>

enum { INPUT_MAX = 1 << 20 };

static int replay_file(const char *path)
{
    /* A block of exactly its size, so that a sanitizer sees one byte too many. */
    uint8_t *data = malloc(INPUT_MAX);
    FILE *file = fopen(path, "rb");
    if (!file || !data) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        free(data);
        return -1;
    }
    size_t size = fread(data, 1, INPUT_MAX, file);
    fclose(file);
    uint8_t *exact = realloc(data, size ? size : 1);
    LLVMFuzzerTestOneInput(exact ? exact : data, size);
    free(exact ? exact : data);
    return 0;
}

/* How many files there were; -1 when one of them, or the folder, cannot be read. */
static int replay_folder(const char *folder)
{
    char path[4096];
    const struct dirent *entry;
    int count = 0;
    DIR *dir = opendir(folder);
    if (!dir) {
        fprintf(stderr, "%s: %s\n", folder, strerror(errno));
        return -1;
    }
    while (count >= 0 && (entry = readdir(dir))) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        count = replay_file(path) ? -1 : count + 1;
    }
    closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    int total = 0;
    for (int i = 1; i < argc; i++) {
        int count = replay_folder(argv[i]);
        if (count < 0)
            return 1;
        total += count;
    }
    printf("%d inputs replayed\n", total);
    return total == 0; /* an empty corpus tests nothing */
}
