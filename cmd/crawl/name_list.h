/* name_list.h - the comma-separated lists of --accept, --reject, --domains and the directories.
 * Private to cmd/crawl.
 *
 * Blanks around an item and empty items do not count. Ownership: name_list_read() to
 * name_list_clear(); the text outlives the list. Once read, any thread; nothing here parks.
 */
#ifndef CMD_CRAWL_NAME_LIST_H
#define CMD_CRAWL_NAME_LIST_H

#include "cmd/crawl/glob.h"

struct name_list {
    struct glob_text *items;
    size_t count;
};

/* `text` NULL: an empty list. 0 or -ENOMEM. */
int name_list_read(struct name_list *list, const char *text);
void name_list_clear(struct name_list *list);

/* A file's name: an item with one of "*?[" is a pattern for all of it, any other a suffix. */
bool name_list_has_file(const struct name_list *list, struct glob_text name);

/* A host: an item is its name or that of a domain it is in, in any case of letters. */
bool name_list_has_host(const struct name_list *list, struct glob_text host);

/* A path: an item is a pattern for a folder that leads to it. */
bool name_list_has_folder(const struct name_list *list, struct glob_text path);

#endif
