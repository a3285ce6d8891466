#include "cmd/get/duplicates.h"

#include "net/http/link_header.h"
#include "net/http/redirect.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* "Lower values indicate a higher priority"; without one, the lowest (section 3.1). */
#define PRIORITY_LEAST 999999

/* A place is told as a reference, not longer than this. */
#define REFERENCE_MAX 4096

static unsigned priority_of(const struct link *link)
{
    char text[16], *end;
    if (!link_parameter(link, "pri", text, sizeof text) || *text < '0' || *text > '9')
        return PRIORITY_LEAST;
    unsigned long value = strtoul(text, &end, 10);
    return *end || value > PRIORITY_LEAST ? PRIORITY_LEAST : (unsigned)value;
}

/* Does an answer like this speak of the file? That of an error is about its own page. */
static bool is_about_file(const struct transfer_result *result)
{
    return result->status >= 200 && result->status < 400 && result->status != 304;
}

static bool is_known(const struct duplicates *duplicates, const struct entry *entry,
                     const struct url *url)
{
    const struct details *details = entry->details;
    bool known = strcmp(url->text, entry->url.text) == 0;
    for (size_t i = 0; !known && details && i < details->mirror_count; i++)
        known = strcmp(url->text, details->mirrors[i].text) == 0;
    for (size_t i = 0; !known && i < duplicates->count; i++)
        /* What is on the list is parsed. NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
        known = strcmp(url->text, duplicates->list[i].text) == 0;
    return known;
}

/* What is no URL that may be asked is passed over. 0 or -ENOMEM. */
static int read_place(struct url *url, const struct url *base, const struct link *link,
                      const char *protocols)
{
    char reference[REFERENCE_MAX + 1];
    const char *why;
    *url = (struct url){0};
    if (link->target.length == 0 || link->target.length > REFERENCE_MAX)
        return 0;
    memcpy(reference, link->target.at, link->target.length);
    reference[link->target.length] = '\0';
    int error = url_join(url, base, reference, &why);
    if (!error && !redirect_protocol_allowed(protocols, url->scheme))
        url_clear(url);
    return error == -ENOMEM ? error : 0;
}

/* Behind those of the same priority; the last one falls out when there are too many. */
static void insert(struct duplicates *duplicates, unsigned *priorities, struct url *url,
                   unsigned priority)
{
    size_t at = duplicates->count;
    while (at > 0 && priorities[at - 1] > priority)
        at--;
    if (at == DUPLICATES_MAX) {
        url_clear(url);
        return;
    }
    if (duplicates->count == DUPLICATES_MAX)
        url_clear(&duplicates->list[--duplicates->count]);
    size_t behind = duplicates->count - at;
    memmove(&duplicates->list[at + 1], &duplicates->list[at], behind * sizeof *url);
    memmove(&priorities[at + 1], &priorities[at], behind * sizeof *priorities);
    duplicates->list[at] = *url;
    priorities[at] = priority;
    duplicates->count++;
}

static int take_places(struct duplicates *duplicates, const struct entry *entry, const char *links,
                       const char *protocols)
{
    struct link_text field = {links, strlen(links)};
    unsigned priorities[DUPLICATES_MAX] = {0};
    struct link link;
    struct url url;
    while (link_next(&field, &link)) {
        if (!link_relates(&link, "duplicate"))
            continue;
        if (!duplicates->list)
            duplicates->list = calloc(DUPLICATES_MAX, sizeof *duplicates->list);
        if (!duplicates->list || read_place(&url, &entry->url, &link, protocols))
            return -ENOMEM;
        if (url.text && is_known(duplicates, entry, &url))
            url_clear(&url);
        if (url.parsed)
            insert(duplicates, priorities, &url, priority_of(&link));
    }
    return 0;
}

int duplicates_take(struct duplicates *duplicates, const struct entry *entry,
                    const struct transfer_result *result, const char *protocols)
{
    const struct details *details = entry->details;
    bool checked = details && details->checksum.algorithm != CHECKSUM_NONE;
    if (!result->links || !is_about_file(result) || (!checked && !result->has_sha256))
        return 0;
    int error = take_places(duplicates, entry, result->links, protocols);
    if (!error && duplicates->list && !checked) {
        duplicates->checksum.algorithm = CHECKSUM_SHA_256;
        memcpy(duplicates->checksum.bytes, result->sha256, sizeof result->sha256);
    }
    return error;
}

enum trust duplicates_trust(const struct entry *entry, const struct url *url)
{
    return url_same_origin(url, &entry->url) ? TRUST_ALL : TRUST_NONE;
}

void duplicates_clear(struct duplicates *duplicates)
{
    for (size_t i = 0; i < duplicates->count; i++)
        url_clear(&duplicates->list[i]);
    free(duplicates->list);
    *duplicates = (struct duplicates){0};
}
