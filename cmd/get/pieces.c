#include "cmd/get/pieces.h"

#include "engine/deadline.h"
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Who has brought nothing for so long stands still. */
#define PIECE_SILENCE_NS (2 * NSEC_PER_SEC)

/* The end of a piece with little left is taken only when that takes so long. */
#define PIECE_SMALL_SECONDS 10

/* "9223372036854775807-9223372036854775807," */
#define SPAN_TEXT_MAX 40

/* `piece` is a name that is declared here. NOLINTBEGIN(bugprone-macro-parentheses) */
#define FOR_EACH_PIECE(piece, pieces)                              \
    for (struct piece *piece = piece_at((pieces)->list.head.next); \
         &piece->node != &(pieces)->list.head; piece = piece_at(piece->node.next))
/* NOLINTEND(bugprone-macro-parentheses) */

static struct piece *piece_at(struct list_node *node)
{
    return list_entry(node, struct piece, node);
}

static int64_t missing_of(const struct piece *piece)
{
    return piece->end - piece->arrived;
}

/* Adds a piece behind `before` (the list's head: as the first). */
static struct piece *add_piece(struct pieces *pieces, struct list_node *before, int64_t first,
                               int64_t end)
{
    struct piece *piece = malloc(sizeof *piece);
    if (!piece)
        return NULL;
    *piece = (struct piece){.first = first, .written = first, .arrived = first, .end = end};
    list_insert_before(before->next, &piece->node);
    pieces->count++;
    return piece;
}

static void drop_piece(struct pieces *pieces, struct piece *piece)
{
    list_remove(&piece->node);
    pieces->count--;
    free(piece);
}

static void set_there(struct piece *piece, int64_t place)
{
    piece->written = place;
    piece->arrived = place;
}

int pieces_init(struct pieces *pieces, int64_t total)
{
    list_init(&pieces->list);
    pieces->count = 0;
    pieces->total = total;
    return add_piece(pieces, &pieces->list.head, 0, total) ? 0 : -ENOMEM;
}

void pieces_clear(struct pieces *pieces)
{
    struct list_node *node;
    while ((node = list_pop_front(&pieces->list)))
        free(piece_at(node));
    pieces->count = 0;
}

/* A number of the text, and the character behind it. False: there is none. */
static bool take_number(const char **at, const char *end, int64_t *number)
{
    const char *start = *at;
    *number = 0;
    for (; *at < end && **at >= '0' && **at <= '9'; ++*at) {
        int digit = **at - '0';
        if (*number > (INT64_MAX - digit) / 10)
            return false;
        *number = *number * 10 + digit;
    }
    return *at > start;
}

static bool take_char(const char **at, const char *end, char wanted)
{
    if (*at == end || **at != wanted)
        return false;
    ++*at;
    return true;
}

/* "first-last"; false: it is none, or does not lie behind the piece so far. */
static bool take_span(const char **at, const char *end, const struct piece *piece, int64_t *first,
                      int64_t *stop)
{
    int64_t last;
    if (!take_number(at, end, first) || !take_char(at, end, '-') || !take_number(at, end, &last))
        return false;
    *stop = last < INT64_MAX ? last + 1 : last;
    return *first <= last && last < piece->end &&
           (*first > piece->written || (*first == 0 && piece->written == 0));
}

/* What is there begins a piece of its own, unless it begins the file. */
static int parse_spans(struct pieces *pieces, const char *at, const char *end)
{
    struct piece *piece = piece_at(list_first(&pieces->list));
    int64_t first, stop;
    do {
        if (pieces->count == PIECES_MAX || !take_span(&at, end, piece, &first, &stop))
            return -EINVAL;
        if (first > 0) {
            piece->end = first;
            piece = add_piece(pieces, &piece->node, first, pieces->total);
        }
        if (!piece)
            return -ENOMEM;
        set_there(piece, stop);
    } while (take_char(&at, end, ','));
    return at == end ? 0 : -EINVAL;
}

int pieces_parse(struct pieces *pieces, int64_t total, const char *text, size_t length)
{
    int error = pieces_init(pieces, total);
    if (!error && length > 0)
        error = parse_spans(pieces, text, text + length);
    if (error)
        pieces_clear(pieces);
    return error;
}

char *pieces_text(const struct pieces *pieces)
{
    char *text = malloc(pieces->count * SPAN_TEXT_MAX + 1);
    char *at = text;
    int64_t begun = 0; /* what is there without a gap since */
    if (!text)
        return NULL;
    *text = '\0';
    FOR_EACH_PIECE (piece, pieces) {
        bool goes_on = piece->written == piece->end && piece->end < pieces->total;
        if (piece->written > begun && !goes_on)
            at += sprintf(at, "%s%" PRId64 "-%" PRId64, at == text ? "" : ",", begun,
                          piece->written - 1);
        if (!goes_on)
            begun = piece->end;
    }
    return text;
}

int64_t pieces_missing(const struct pieces *pieces)
{
    int64_t missing = 0;
    FOR_EACH_PIECE (piece, pieces)
        missing += piece->end - piece->written;
    return missing;
}

int64_t pieces_to_come(const struct pieces *pieces)
{
    int64_t missing = 0;
    FOR_EACH_PIECE (piece, pieces)
        missing += missing_of(piece);
    return missing;
}

/* Cuts what a piece misses in `shares` equal ones, the last of which takes what is left over. */
static int cut_evenly(struct pieces *pieces, struct piece *piece, int64_t shares)
{
    int64_t start = piece->arrived;
    int64_t share = missing_of(piece) / shares;
    while (--shares > 0 && pieces->count < PIECES_MAX) {
        int64_t cut = start + share * shares;
        if (!add_piece(pieces, &piece->node, cut, piece->end))
            return -ENOMEM;
        piece->end = cut;
    }
    return 0;
}

int pieces_divide(struct pieces *pieces, size_t wanted, int64_t least)
{
    int64_t share = pieces_to_come(pieces) / (int64_t)wanted + 1;
    FOR_EACH_PIECE (piece, pieces) {
        int64_t size = missing_of(piece);
        int64_t shares = (size + share / 2) / share;
        if (shares > size / least)
            shares = size / least;
        if (shares > 1 && cut_evenly(pieces, piece, shares))
            return -ENOMEM;
    }
    return 0;
}

int64_t piece_arrive(struct piece *piece, int64_t size, int64_t now)
{
    int64_t room = missing_of(piece);
    int64_t taken = size < room ? size : room;
    piece->arrived += taken;
    piece->heard = now;
    if (now - piece->newer.time >= NSEC_PER_SEC) {
        piece->older = piece->newer;
        piece->newer = (struct piece_mark){now, piece->arrived};
    }
    return taken;
}

static bool is_silent(const struct piece *piece, int64_t now)
{
    return now - piece->heard > PIECE_SILENCE_NS;
}

double piece_rate(const struct piece *piece, int64_t now)
{
    int64_t time = now - piece->older.time;
    int64_t bytes = piece->arrived - piece->older.place;
    if (is_silent(piece, now))
        return 0;
    return time > 0 ? (double)bytes * NSEC_PER_SEC / (double)time : 0;
}

void piece_take(struct piece *piece, int64_t now)
{
    piece->taken = true;
    piece->older = (struct piece_mark){now, piece->arrived};
    piece->newer = piece->older;
    piece->heard = now;
}

/* How long its owner will need for the rest, seconds; 0: not known yet, or not worth dividing. */
static double piece_time_left(const struct piece *piece, int64_t now)
{
    double rate = piece_rate(piece, now);
    double left = (double)missing_of(piece) / (rate < 1e-3 ? 1e-3 : rate);
    bool small = missing_of(piece) < 2 * PIECE_WORTH_BYTES;
    if (now - piece->older.time < PIECE_WORTH_NS || (small && left < PIECE_SMALL_SECONDS))
        return 0;
    return left;
}

/* Takes the end of the piece, as much as brings both to an end together. One that does not move at
 * all is left nothing. */
static struct piece *take_end(struct pieces *pieces, struct piece *slow, double rate, int64_t now)
{
    double slow_rate = piece_rate(slow, now);
    double kept = rate > 0 ? slow_rate / (slow_rate + rate) : 0.5;
    if (slow_rate <= 0)
        kept = 0;
    int64_t cut = slow->arrived + (int64_t)((double)missing_of(slow) * kept);
    struct piece *piece = add_piece(pieces, &slow->node, cut, slow->end);
    if (!piece)
        return NULL;
    slow->end = cut;
    piece_take(piece, now);
    return piece;
}

struct piece *pieces_take(struct pieces *pieces, double rate, int64_t now)
{
    struct piece *slowest = NULL;
    double longest = (double)PIECE_WORTH_NS / NSEC_PER_SEC;
    FOR_EACH_PIECE (piece, pieces) {
        if (!piece->taken && missing_of(piece) > 0) {
            piece_take(piece, now);
            return piece;
        }
        double left = piece->taken ? piece_time_left(piece, now) : 0;
        if (left > longest) {
            slowest = piece;
            longest = left;
        }
    }
    if (!slowest || pieces->count == PIECES_MAX)
        return NULL;
    return take_end(pieces, slowest, rate, now);
}

bool pieces_extend(struct pieces *pieces, struct piece *piece)
{
    struct piece *next = piece_at(piece->node.next);
    if (&next->node == &pieces->list.head || next->taken || next->arrived > next->first)
        return false;
    piece->end = next->end;
    drop_piece(pieces, next);
    return true;
}

struct piece *pieces_gap(const struct pieces *pieces)
{
    FOR_EACH_PIECE (piece, pieces)
        if (piece->written < piece->end)
            return piece;
    return NULL;
}

size_t pieces_gaps(const struct pieces *pieces)
{
    size_t gaps = 0;
    FOR_EACH_PIECE (piece, pieces)
        gaps += missing_of(piece) > 0;
    return gaps;
}

int64_t pieces_extent(const struct pieces *pieces)
{
    int64_t extent = 0;
    FOR_EACH_PIECE (piece, pieces)
        if (piece->written > piece->first)
            extent = piece->written;
    return extent;
}

static bool is_done(const struct piece *piece)
{
    return !piece->taken && piece->written == piece->end;
}

/* Two neighbours that are complete are one. */
static struct piece *join(struct pieces *pieces, struct piece *piece, struct piece *next)
{
    if (!is_done(piece) || !is_done(next))
        return next;
    piece->end = next->end;
    set_there(piece, piece->end);
    drop_piece(pieces, next);
    return piece;
}

void pieces_release(struct pieces *pieces, struct piece *piece)
{
    struct list_node *head = &pieces->list.head;
    assert(piece->taken && piece->written <= piece->end);
    piece->taken = false;
    piece->arrived = piece->written;
    if (piece->node.prev != head)
        piece = join(pieces, piece_at(piece->node.prev), piece);
    if (piece->node.next != head)
        join(pieces, piece, piece_at(piece->node.next));
}
