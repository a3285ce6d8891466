/* Settles who gets which name. */
#include "cmd/get/name.h"
#include "cmd/mirror/names.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One question to the store. */
struct asking {
    struct names_store *store;
    const char *url; /* without credentials */
};

/* An enum names_holder, or -errno. */
static int ask(const struct asking *asking, const char *name)
{
    char *key = names_key(name);
    int holder = key ? asking->store->holder(asking->store, key, asking->url) : -ENOMEM;
    free(key);
    return holder;
}

/* `path` with its first `length` bytes, a directory, named otherwise: a new string, NULL when
 * memory runs out. */
static char *rename_directory(const char *path, size_t length, unsigned attempt)
{
    char *renamed = NULL;
    char *directory = strndup(path, length);
    char *marked = directory ? name_marked(directory, directory, attempt) : NULL;
    if (marked) {
        size_t size = strlen(marked) + strlen(path + length) + 1;
        renamed = malloc(size);
        if (renamed)
            stpcpy(stpcpy(renamed, marked), path + length);
    }
    free(marked);
    free(directory);
    return renamed;
}

/* Is there a file where the path has this directory? 1, 0, -errno. */
static int is_file(const struct asking *asking, const char *path, size_t length)
{
    char *directory = strndup(path, length);
    int holder = directory ? ask(asking, directory) : -ENOMEM;
    free(directory);
    return holder < 0 ? holder : holder == NAMES_OTHER || holder == NAMES_SELF;
}

/* Renames the directory of *path that ends at `length`, until there is no file in its place. 0 or
 * -errno. */
static int settle_directory(const struct asking *asking, char **path, size_t length)
{
    int taken = is_file(asking, *path, length);
    for (unsigned attempt = 0; taken == 1; attempt++) {
        char *renamed = rename_directory(*path, length, attempt);
        if (!renamed)
            return -ENOMEM;
        size_t longer = strlen(renamed) - strlen(*path);
        taken = is_file(asking, renamed, length + longer);
        if (taken == 1) {
            free(renamed);
            continue;
        }
        free(*path);
        *path = renamed;
    }
    return taken;
}

static int settle_directories(const struct asking *asking, char **path)
{
    int error = 0;
    size_t begin = 0; /* of the component */
    size_t length;
    while (!error && (*path)[begin + (length = strcspn(*path + begin, "/"))]) {
        error = settle_directory(asking, path, begin + length);
        begin += strcspn(*path + begin, "/") + 1; /* it may be longer now */
    }
    return error;
}

/* Is `name` free, or the URL's already? 1, 0, -errno. */
static int is_free(const struct asking *asking, const char *name)
{
    int holder = ask(asking, name);
    return holder < 0 ? holder : holder == NAMES_NOBODY || holder == NAMES_SELF;
}

/* *name, when it is free, or else the first of its forms that is. 0 or -errno. */
static int settle_file(const struct asking *asking, const struct url *url, char **name)
{
    char *plain = *name;
    int found = is_free(asking, plain);
    for (unsigned attempt = 0; found == 0; attempt++) {
        if (*name != plain)
            free(*name);
        *name = name_distinct(plain, url, attempt);
        found = *name ? is_free(asking, *name) : -ENOMEM;
    }
    if (*name != plain)
        free(plain);
    return found < 0 ? found : 0;
}

/* A name is known again in so many of its forms. */
enum { FORMS = 4 };

/* Is `recalled` one of the names that `plain` can become? 1, 0, -ENOMEM. */
static int is_form_of(const char *recalled, const char *plain, const struct url *url)
{
    int found = strcmp(recalled, plain) == 0;
    for (unsigned attempt = 0; !found && attempt < FORMS; attempt++) {
        char *form = name_distinct(plain, url, attempt);
        if (!form)
            return -ENOMEM;
        found = strcmp(recalled, form) == 0;
        free(form);
    }
    return found;
}

/* *name, whose directories are settled, becomes the URL's own. 0 or -errno. */
static int choose(const struct asking *asking, const struct url *url, char **name)
{
    char *recalled = NULL;
    int again = asking->store->recall(asking->store, asking->url, &recalled);
    if (!again && recalled)
        again = is_form_of(recalled, *name, url);
    if (again == 1)
        again = is_free(asking, recalled);
    if (again == 1) {
        free(*name);
        *name = recalled;
        return 0;
    }
    free(recalled);
    return again < 0 ? again : settle_file(asking, url, name);
}

static int record(const struct asking *asking, const char *name)
{
    char *key = names_key(name);
    int error = key ? asking->store->record(asking->store, asking->url, name, key) : -ENOMEM;
    free(key);
    return error;
}

int names_give(struct names_store *store, const struct names_layout *layout, const struct url *url,
               const char *content_type, char **name)
{
    char *redacted = url->has_credentials ? url_redacted(url) : NULL;
    struct asking asking = {.store = store, .url = url->has_credentials ? redacted : url->text};
    *name = asking.url ? names_plain(layout, url, content_type) : NULL;
    int error = *name ? settle_directories(&asking, name) : -ENOMEM;
    if (!error)
        error = choose(&asking, url, name);
    if (!error)
        error = record(&asking, *name);
    free(redacted);
    if (error) {
        free(*name);
        *name = NULL;
    }
    return error;
}
