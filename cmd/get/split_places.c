#include "cmd/get/split_places.h"

#include "net/http/date.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int add_place(struct split_places *places, const struct split_place *place)
{
    struct split_place *longer = realloc(places->list, (places->count + 1) * sizeof *places->list);
    if (!longer)
        return -ENOMEM;
    longer[places->count] = *place;
    places->list = longer;
    places->count++;
    return 0;
}

int split_places_init(struct split_places *places, const struct url *url, enum trust trust,
                      const struct validators *validators, int64_t total)
{
    struct split_place first = {
        .url = url,
        .trust = trust,
        .users = 1,
        .file = {.validators = *validators, .total = total},
    };
    *places = (struct split_places){.expected = *validators};
    return add_place(places, &first);
}

/* Only HTTP has ranges that can be compared. */
static int add_mirror(struct split_places *places, const struct url *url, enum trust trust)
{
    struct split_place mirror = {
        .url = url,
        .trust = trust,
        .mirror = true,
        .file = {.total = places->list[0].file.total},
    };
    return strncmp(url->scheme, "http", 4) != 0 ? 0 : add_place(places, &mirror);
}

static int add_listed(struct split_places *places, const struct entry *entry, const struct url *url,
                      const struct url *known)
{
    return url == known ? 0 : add_mirror(places, url, entry_trust(entry, url));
}

int split_places_add(struct split_places *places, const struct entry *entry,
                     const struct url *known)
{
    const struct details *details = entry->details;
    int error = add_listed(places, entry, &entry->url, known);
    for (size_t i = 0; !error && details && i < details->mirror_count; i++)
        error = add_listed(places, entry, &details->mirrors[i], known);
    return error;
}

int split_places_add_duplicates(struct split_places *places, const struct entry *entry,
                                const struct duplicates *duplicates)
{
    int error = 0;
    for (size_t i = 0; !error && i < duplicates->count; i++) {
        const struct url *url = &duplicates->list[i];
        if (strcmp(url->text, places->list[0].url->text) != 0)
            error = add_mirror(places, url, duplicates_trust(entry, url));
    }
    return error;
}

struct split_place *split_places_choose(const struct split_places *places)
{
    struct split_place *best = NULL;
    for (size_t i = 0; i < places->count; i++) {
        struct split_place *place = &places->list[i];
        if (!place->dropped && (!best || place->users < best->users))
            best = place;
    }
    return best;
}

static bool same(const char *ours, const char *theirs)
{
    return *ours && strcmp(ours, theirs) == 0;
}

bool split_place_fits(const struct split_places *places, struct split_place *place,
                      const struct transfer_result *result)
{
    const struct validators *expected = &places->expected;
    const struct validators *told = &result->validators;
    if (result->status != 206 || result->encoded || result->range.total != place->file.total)
        return false;
    if (!place->mirror)
        return true;
    if (!places->checked && !same(expected->last_modified, told->last_modified) &&
        !same(expected->etag, told->etag))
        return false;
    place->file.validators = *told;
    return true;
}

void split_place_condition(const struct split_place *place, struct condition *condition,
                           int64_t first, int64_t end)
{
    condition_of_part(condition, &place->file, first, end);
    /* A weak validator must not be sent (RFC 9110 section 13.1.5); it is compared all the same. */
    if (place->mirror || !validator_etag_is_strong(place->file.validators.etag))
        condition->lines.if_range = NULL;
}

void split_places_clear(struct split_places *places)
{
    free(places->list);
    *places = (struct split_places){0};
}
