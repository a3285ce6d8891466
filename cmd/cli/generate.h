/* generate.h - what else the option table is made into: the manual page fetch(1) and completions
 * for shells. `fetch-generate`, a program of the build alone, prints them to be installed.
 *
 * Thread: main. Nothing here parks.
 */
#ifndef CMD_CLI_GENERATE_H
#define CMD_CLI_GENERATE_H

#include <stdio.h>

void generate_manual(FILE *out);
void generate_bash(FILE *out);
void generate_zsh(FILE *out);
void generate_fish(FILE *out);

#endif
