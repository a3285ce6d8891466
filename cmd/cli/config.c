#include "cmd/cli/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS "\t\r\v\f "

enum { CONFIG_MAX = 1 << 20 };

char *config_path(void)
{
    const char *base = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    char *path = NULL;
    int length = -1;
    /* "All paths must be absolute; others are to be ignored." */
    if (base && *base == '/')
        length = asprintf(&path, "%s/fetch/config", base);
    else if (home && *home == '/')
        length = asprintf(&path, "%s/.config/fetch/config", home);
    return length < 0 ? NULL : path;
}

int config_read(struct config *config, const char *path)
{
    *config = (struct config){.path = strdup(path)};
    FILE *file = fopen(path, "re");
    if (!file || !config->path) {
        int error = file ? -ENOMEM : -errno;
        if (file)
            fclose(file);
        config_clear(config);
        return error;
    }
    errno = 0;
    config->text = calloc(1, CONFIG_MAX + 1);
    size_t length = config->text ? fread(config->text, 1, CONFIG_MAX, file) : 0;
    int error = config->text ? -errno : -ENOMEM;
    if (!error && length == CONFIG_MAX)
        error = -EFBIG;
    fclose(file);
    if (error) {
        config_clear(config);
        return error;
    }
    config->text[length] = '\0';
    config->rest = config->text;
    return 0;
}

static void cut_blanks_behind(char *text)
{
    size_t length = strlen(text);
    while (length > 0 && strchr(BLANKS, text[length - 1]))
        length--;
    text[length] = '\0';
}

/* Takes the quotes off, in place. 0 or -EINVAL. */
static int unquote(char *text)
{
    char *to = text;
    char *from = text + 1;
    while (*from && *from != '"') {
        if (*from == '\\' && (from[1] == '"' || from[1] == '\\'))
            from++;
        *to++ = *from++;
    }
    if (*from != '"' || from[1])
        return -EINVAL;
    *to = '\0';
    return 0;
}

/* "name", "name value", "name = value". */
static int split(char *text, struct config_line *line)
{
    text += strspn(text, "-");
    line->name = text;
    line->value = NULL;
    text += strcspn(text, BLANKS "=");
    if (!*text)
        return 0;
    char *value = text + strspn(text, BLANKS);
    if (*value == '=')
        value += 1 + strspn(value + 1, BLANKS);
    *text = '\0';
    line->value = value;
    return *value == '"' ? unquote(value) : 0;
}

int config_next(struct config *config, struct config_line *line)
{
    while (config->rest) {
        char *text = config->rest;
        char *end = strchr(text, '\n');
        config->rest = end ? end + 1 : NULL;
        if (end)
            *end = '\0';
        line->number = ++config->number;
        text += strspn(text, BLANKS);
        cut_blanks_behind(text);
        if (*text && *text != '#')
            return split(text, line);
    }
    return 1;
}

void config_clear(struct config *config)
{
    free(config->path);
    free(config->text);
    *config = (struct config){0};
}
