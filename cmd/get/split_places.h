/* split_places.h - where the pieces of a file are asked for: the place it was begun at and, where
 * the list names any, its mirrors.
 *
 * Who has another file, or no ranges, is dropped. At the place of the beginning the validators must
 * stay the same; a mirror has others of its own, but the file's length, and the server's time or
 * tag of the file unless a checksum will tell in the end.
 *
 * Ownership: split_places_init() to split_places_clear(); URLs are the caller's. Thread: one.
 * Nothing here parks.
 */
#ifndef CMD_GET_SPLIT_PLACES_H
#define CMD_GET_SPLIT_PLACES_H

#include "cmd/get/condition.h"
#include "cmd/get/duplicates.h"
#include "cmd/get/entry.h"

struct split_place {
    const struct url *url;
    enum trust trust; /* in its origin */
    bool mirror;      /* not that of the beginning */
    bool dropped;
    unsigned users;     /* who ask there now */
    struct resume file; /* what it has to have; of a mirror what it said first */
};

struct split_places {
    struct split_place *list;
    size_t count;
    bool checked;               /* there is a checksum */
    struct validators expected; /* those of the beginning */
};

/* Begins with the place of the beginning, of a file of `total` bytes. 0 or -ENOMEM. */
int split_places_init(struct split_places *places, const struct url *url, enum trust trust,
                      const struct validators *validators, int64_t total);

/* Adds all places of the entry but `known`. 0 or -ENOMEM. */
int split_places_add(struct split_places *places, const struct entry *entry,
                     const struct url *known);

/* Adds the places that the server names, but for the one it has sent us on to. Likewise. */
int split_places_add_duplicates(struct split_places *places, const struct entry *entry,
                                const struct duplicates *duplicates);

/* The one with the fewest users, its mirrors last; NULL: all are dropped. */
struct split_place *split_places_choose(const struct split_places *places);

/* Is the answer a range of the same file? Then a mirror's validators are remembered. */
bool split_place_fits(const struct split_places *places, struct split_place *place,
                      const struct transfer_result *result);

/* What to ask for there. */
void split_place_condition(const struct split_place *place, struct condition *condition,
                           int64_t first, int64_t end);

void split_places_clear(struct split_places *places);

#endif
