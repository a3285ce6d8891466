/* config.h - options from a file, one a line, as a list of name and value. Private to cli/.
 *
 *     # what I always want
 *     jobs = 50
 *     user-agent = "fetch of mine"
 *     compressed
 *
 * Long names, with or without the two dashes; between name and value blanks, or '='. A value in
 * double quotes keeps its blanks at either end; \" and \\ stand for themselves in it.
 *
 * Ownership: config_read() to config_clear(); lines point into the struct. Thread: main. Nothing
 * here parks.
 */
#ifndef CMD_CLI_CONFIG_H
#define CMD_CLI_CONFIG_H

#include <stddef.h>

struct config {
    char *path;
    char *text;      /* of the whole file */
    char *rest;      /* what config_next() goes on with */
    unsigned number; /* of the line before it */
};

struct config_line {
    char *name;  /* without dashes */
    char *value; /* NULL: none */
    unsigned number;
};

/* $XDG_CONFIG_HOME/fetch/config, or else ~/.config/fetch/config (XDG Base Directory
 * Specification). A new string; NULL: there is no such place. */
char *config_path(void);

/* Reads all of the file. 0, -ENOENT, -EFBIG (more than 1 MiB), another -errno. */
int config_read(struct config *config, const char *path);

/* The next line that is not blank and no comment. 0; 1: there is none; -EINVAL: a quote has no end,
 * or something follows it; `line` says where. */
int config_next(struct config *config, struct config_line *line);

void config_clear(struct config *config);

#endif
