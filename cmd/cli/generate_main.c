/* fetch-generate manual|bash|zsh|fish > FILE */
#include "cmd/cli/generate.h"

#include <string.h>

int main(int argc, char **argv)
{
    static const struct {
        const char *what;
        void (*print)(FILE *out);
    } kinds[] = {
        {"manual", generate_manual},
        {"bash", generate_bash},
        {"zsh", generate_zsh},
        {"fish", generate_fish},
    };
    for (size_t i = 0; argc == 2 && i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(argv[1], kinds[i].what) != 0)
            continue;
        kinds[i].print(stdout);
        return fclose(stdout) ? 1 : 0;
    }
    fputs("Usage: fetch-generate manual|bash|zsh|fish\n", stderr);
    return 2;
}
