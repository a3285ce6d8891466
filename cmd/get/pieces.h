/* pieces.h - one file in pieces: what is there of it, who brings the rest, and what to do when
 * somebody has nothing left to do.
 *
 * The pieces lie one behind the other and cover the file. The first bytes of each are there, the
 * others are missing. A piece is brought from its first missing byte on by whoever has taken it;
 * when one is slow, who is free takes the end of it, so that both end together. Nobody is told:
 * the owner of a piece finds its end nearer than it was.
 *
 * Ownership: pieces_init() or pieces_parse() to pieces_clear(); a piece is good until it is
 * released. Thread: one. Nothing here parks, nor looks at a clock.
 */
#ifndef CMD_GET_PIECES_H
#define CMD_GET_PIECES_H

#include "engine/list.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More are never made: what is there is written to a small file. */
#define PIECES_MAX 1024

/* A piece that needs less time, or has less left, is not divided, unless that takes very long: to
 * ask for it costs a connection and a round trip too. */
#define PIECE_WORTH_NS    INT64_C(1000000000)
#define PIECE_WORTH_BYTES INT64_C(65536)

struct piece {
    struct list_node node;
    int64_t first;   /* byte of the file at which it begins */
    int64_t written; /* what lies before it is on the disk */
    int64_t arrived; /* or on the way there: at least `written` */
    int64_t end;     /* where the next piece begins */
    bool taken;
    int64_t heard; /* when something last arrived */
    struct piece_mark {
        int64_t time; /* ns, monotonic */
        int64_t place;
    } older, newer; /* how far it had arrived when, about a second apart */
};

struct pieces {
    struct list list; /* in the order of the file */
    size_t count;
    int64_t total; /* bytes of the file */
};

/* One piece, nothing of it there. 0 or -ENOMEM. */
int pieces_init(struct pieces *pieces, int64_t total);

/* "0-99,200-299": what is there, ascending and in whole. 0; -EINVAL: it is not what pieces_text()
 * makes of such a file; -ENOMEM. */
int pieces_parse(struct pieces *pieces, int64_t total, const char *text, size_t length);

/* What is on the disk: a new string, perhaps empty; NULL when memory runs out. */
char *pieces_text(const struct pieces *pieces);

void pieces_clear(struct pieces *pieces);

/* Cuts what is missing until there are `wanted` places to begin at, as far as each gets at least
 * `least` bytes. Also cuts a piece that is taken. 0 or -ENOMEM. */
int pieces_divide(struct pieces *pieces, size_t wanted, int64_t least);

/* A piece to work on, with piece->arrived as its place to begin: one that nobody has, else the end
 * of the one that will take longest. `rate` is what the caller has brought so far, bytes a second;
 * 0: not known. NULL: nothing is worth it now. */
struct piece *pieces_take(struct pieces *pieces, double rate, int64_t now);

/* Bytes have arrived: how many of `size` belong to the piece. */
int64_t piece_arrive(struct piece *piece, int64_t size, int64_t now);

/* Whoever brings a piece, and could bring more, takes the next one too if nobody has begun it. */
bool pieces_extend(struct pieces *pieces, struct piece *piece);

/* The first piece that misses something; NULL: none does. */
struct piece *pieces_gap(const struct pieces *pieces);

/* How many miss something, and where the last byte that is on the disk ends. */
size_t pieces_gaps(const struct pieces *pieces);
int64_t pieces_extent(const struct pieces *pieces);

/* Takes this one, which nobody has. */
void piece_take(struct piece *piece, int64_t now);

/* Bytes a second, of late. */
double piece_rate(const struct piece *piece, int64_t now);

/* Its owner gives it back, with what is on the disk. The pointer is no longer good. */
void pieces_release(struct pieces *pieces, struct piece *piece);

/* Bytes that are not on the disk, and those that have not arrived. */
int64_t pieces_missing(const struct pieces *pieces);
int64_t pieces_to_come(const struct pieces *pieces);

#endif
