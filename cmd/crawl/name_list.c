#include "cmd/crawl/name_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static size_t count_items(const char *text)
{
    size_t count = 1;
    for (; *text; text++)
        count += *text == ',';
    return count;
}

static struct glob_text trimmed(const char *text, size_t length)
{
    while (length && (*text == ' ' || *text == '\t')) {
        text++;
        length--;
    }
    while (length && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    return (struct glob_text){text, length};
}

int name_list_read(struct name_list *list, const char *text)
{
    *list = (struct name_list){0};
    if (!text)
        return 0;
    list->items = calloc(count_items(text), sizeof *list->items);
    if (!list->items)
        return -ENOMEM;
    for (;;) {
        size_t length = strcspn(text, ",");
        struct glob_text item = trimmed(text, length);
        if (item.length)
            list->items[list->count++] = item;
        if (!text[length])
            return 0;
        text += length + 1;
    }
}

void name_list_clear(struct name_list *list)
{
    free(list->items);
    *list = (struct name_list){0};
}

static bool ends_with(struct glob_text text, struct glob_text end)
{
    return text.length >= end.length &&
           strncasecmp(text.bytes + text.length - end.length, end.bytes, end.length) == 0;
}

bool name_list_has_file(const struct name_list *list, struct glob_text name)
{
    for (size_t i = 0; i < list->count; i++) {
        struct glob_text item = list->items[i];
        bool is_pattern = glob_is_pattern(item.bytes, item.length);
        if (is_pattern
                ? glob_matches(item, name)
                : name.length >= item.length &&
                      memcmp(name.bytes + name.length - item.length, item.bytes, item.length) == 0)
            return true;
    }
    return false;
}

bool name_list_has_host(const struct name_list *list, struct glob_text host)
{
    for (size_t i = 0; i < list->count; i++) {
        struct glob_text item = list->items[i];
        if (*item.bytes == '.') {
            item.bytes++;
            item.length--;
        }
        if (item.length && ends_with(host, item) &&
            (host.length == item.length || host.bytes[host.length - item.length - 1] == '.'))
            return true;
    }
    return false;
}

/* A list's item as glob_leads_to() wants it: from the first slash to before the last. */
static struct glob_text folder_of(struct glob_text item)
{
    if (item.length && *item.bytes == '/') {
        item.bytes++;
        item.length--;
    }
    if (item.length && item.bytes[item.length - 1] == '/')
        item.length--;
    return item;
}

bool name_list_has_folder(const struct name_list *list, struct glob_text path)
{
    if (path.length && *path.bytes == '/') {
        path.bytes++;
        path.length--;
    }
    for (size_t i = 0; i < list->count; i++) {
        struct glob_text folder = folder_of(list->items[i]);
        if (folder.length == 0 || glob_leads_to(folder, path))
            return true;
    }
    return false;
}
