#include "net/dns/hosts.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Lists that block advertisers have millions of lines; beyond this it is no hosts file. */
#define HOSTS_SIZE_MAX (INT64_C(64) * 1024 * 1024)

struct hosts_entry {
    const char *name; /* in hosts_file.text */
    struct address address;
};

struct hosts_file {
    char *text;                  /* owned: lower case, names end with a NUL */
    struct hosts_entry *entries; /* owned: sorted by name, lines of one name in their order */
    size_t count;
    size_t capacity;
};

static bool address_parse(const char *text, struct address *address)
{
    address->family = AF_INET;
    if (inet_pton(AF_INET, text, &address->v4) == 1)
        return true;
    address->family = AF_INET6;
    return inet_pton(AF_INET6, text, &address->v6) == 1;
}

static int hosts_add(struct hosts_file *hosts, const char *name, const struct address *address)
{
    if (hosts->count == hosts->capacity) {
        size_t capacity = hosts->capacity ? 2 * hosts->capacity : 16;
        struct hosts_entry *entries =
            reallocarray(hosts->entries, capacity, sizeof(hosts->entries[0]));
        if (!entries)
            return -ENOMEM;
        hosts->entries = entries;
        hosts->capacity = capacity;
    }
    hosts->entries[hosts->count].name = name;
    hosts->entries[hosts->count].address = *address;
    hosts->count++;
    return 0;
}

/* Cuts the next word off `*rest`; NULL when the line has no more. */
static char *next_word(char **rest)
{
    char *word = *rest + strspn(*rest, " \t\r\v\f");
    if (*word == '\0')
        return NULL;
    char *end = word + strcspn(word, " \t\r\v\f");
    *rest = *end ? end + 1 : end;
    *end = '\0';
    return word;
}

static int hosts_parse_line(struct hosts_file *hosts, char *line)
{
    struct address address;
    char *rest = line;
    line[strcspn(line, "#")] = '\0';
    char *word = next_word(&rest);
    if (!word || !address_parse(word, &address))
        return 0;
    while ((word = next_word(&rest))) {
        size_t length = strlen(word);
        if (length > 1 && word[length - 1] == '.')
            word[length - 1] = '\0';
        int error = hosts_add(hosts, word, &address);
        if (error)
            return error;
    }
    return 0;
}

/* By name, then by place in the file: names lie in the text in the order of their lines. */
static int compare_entries(const void *left, const void *right)
{
    const struct hosts_entry *a = left;
    const struct hosts_entry *b = right;
    int order = strcmp(a->name, b->name);
    if (order)
        return order;
    return (a->name > b->name) - (a->name < b->name);
}

int hosts_file_parse(struct hosts_file **result, const char *text, size_t length)
{
    int error = -ENOMEM;
    struct hosts_file *hosts = calloc(1, sizeof(*hosts));
    if (!hosts)
        goto out;
    hosts->text = malloc(length + 1);
    if (!hosts->text)
        goto out;
    for (size_t i = 0; i < length; i++)
        hosts->text[i] = (char)tolower((unsigned char)text[i]);
    hosts->text[length] = '\0';

    for (char *line = hosts->text, *end = line + length; line < end;) {
        char *newline = memchr(line, '\n', (size_t)(end - line));
        char *next = newline ? newline + 1 : end;
        if (newline)
            *newline = '\0';
        error = hosts_parse_line(hosts, line);
        if (error)
            goto out;
        line = next;
    }
    if (hosts->count)
        qsort(hosts->entries, hosts->count, sizeof(hosts->entries[0]), compare_entries);
    *result = hosts;
    return 0;
out:
    hosts_file_free(hosts);
    return error;
}

/* The whole file as a new block. 0 or -errno. */
static int read_all(int fd, char **text, size_t *length)
{
    struct stat status;
    if (fstat(fd, &status) < 0)
        return -errno;
    if (status.st_size > HOSTS_SIZE_MAX)
        return -EFBIG;
    size_t capacity = (size_t)status.st_size + 1;
    char *bytes = malloc(capacity);
    if (!bytes)
        return -ENOMEM;
    size_t used = 0;
    ssize_t got;
    while (used < capacity && (got = read(fd, bytes + used, capacity - used)) != 0) {
        if (got < 0 && errno != EINTR) {
            int error = -errno;
            free(bytes);
            return error;
        }
        used += got > 0 ? (size_t)got : 0;
    }
    *text = bytes;
    *length = used;
    return 0;
}

int hosts_file_load(struct hosts_file **hosts, const char *path)
{
    char *text = NULL;
    size_t length = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT ? hosts_file_parse(hosts, "", 0) : -errno;
    int error = read_all(fd, &text, &length);
    close(fd);
    if (!error)
        error = hosts_file_parse(hosts, text, length);
    free(text);
    return error;
}

void hosts_file_free(struct hosts_file *hosts)
{
    if (!hosts)
        return;
    free(hosts->entries);
    free(hosts->text);
    free(hosts);
}

/* Orders `name` of `length` bytes, in any case, against an entry's, as strcmp() would. */
static int compare_name(const char *name, size_t length, const char *entry)
{
    for (size_t i = 0; i < length; i++) {
        int order = tolower((unsigned char)name[i]) - (unsigned char)entry[i];
        if (order)
            return order;
    }
    return entry[length] ? -1 : 0;
}

size_t hosts_file_find(const struct hosts_file *hosts, const char *name, int family,
                       struct address *addresses, size_t capacity)
{
    size_t length = strlen(name);
    if (length > 1 && name[length - 1] == '.')
        length--;

    size_t low = 0;
    size_t high = hosts->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_name(name, length, hosts->entries[middle].name) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    size_t found = 0;
    for (; low < hosts->count && found < capacity; low++) {
        const struct hosts_entry *entry = &hosts->entries[low];
        if (compare_name(name, length, entry->name) != 0)
            break;
        if (entry->address.family == family)
            addresses[found++] = entry->address;
    }
    return found;
}
