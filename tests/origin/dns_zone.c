#include "tests/origin/dns_authority.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { ZONE_NAMES_MAX = 1000000, LINE_SIZE = 1024 };

void authority_init(struct authority *authority)
{
    *authority = (struct authority){.ttl = 60, .negative_ttl = 60};
    table_init(&authority->zone, ZONE_NAMES_MAX, sizeof(struct authority_record *));
    table_init(&authority->names, ZONE_NAMES_MAX, sizeof(struct authority_counts));
}

static void free_records(void *ctx, struct span name, void *value)
{
    (void)ctx;
    (void)name;
    for (struct authority_record *record = *(struct authority_record **)value, *next; record;
         record = next) {
        next = record->next;
        free(record);
    }
}

void authority_clear(struct authority *authority)
{
    table_each(&authority->zone, free_records, NULL);
    table_clear(&authority->zone);
    table_clear(&authority->names);
}

/* Fills in type and data. */
static bool parse_data(struct authority_record *record, const char *type, const char *value)
{
    if (strcmp(type, "A") == 0) {
        record->type = DNS_A;
        record->size = sizeof(struct in_addr);
        return inet_pton(AF_INET, value, record->data) == 1;
    }
    if (strcmp(type, "AAAA") == 0) {
        record->type = DNS_AAAA;
        record->size = sizeof(struct in6_addr);
        return inet_pton(AF_INET6, value, record->data) == 1;
    }
    record->type = DNS_CNAME;
    record->size = dns_name_encode(span_of(value), record->data);
    return strcmp(type, "CNAME") == 0 && record->size > 0;
}

static int add_record(struct authority *authority, char *name, const struct authority_record *from)
{
    for (char *c = name; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    struct authority_record **place = table_get(&authority->zone, span_of(name));
    struct authority_record *record = malloc(sizeof(*record));
    if (!place || !record) {
        free(record);
        return -ENOMEM;
    }
    while (*place)
        place = &(*place)->next;
    *record = *from;
    record->next = NULL;
    *place = record;
    return 0;
}

static int load_line(struct authority *authority, char *line)
{
    struct authority_record record = {.ttl = authority->ttl};
    char *state;
    char *name = strtok_r(line, " \t\n", &state);
    if (!name || name[0] == '#')
        return 0;
    char *type = strtok_r(NULL, " \t\n", &state);
    char *value = strtok_r(NULL, " \t\n", &state);
    char *ttl = strtok_r(NULL, " \t\n", &state);
    if (!type || !value || !parse_data(&record, type, value))
        return -EINVAL;
    if (ttl) {
        char *end;
        record.ttl = (uint32_t)strtoul(ttl, &end, 10);
        if (*end != '\0')
            return -EINVAL;
    }
    return add_record(authority, name, &record);
}

int authority_load(struct authority *authority, const char *file, unsigned *line)
{
    char text[LINE_SIZE];
    int error = 0;
    FILE *stream = fopen(file, "re");
    if (!stream)
        return -errno;
    for (*line = 1; !error && fgets(text, sizeof(text), stream); ++*line)
        error = load_line(authority, text);
    --*line;
    if (!error && ferror(stream))
        error = -EIO;
    fclose(stream);
    return error;
}
