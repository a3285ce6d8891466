#include "cmd/cli/option_table.h"

#include <string.h>

/* Longest name that is worth a guess. */
#define NAME_LENGTH_MAX 40

/* More slips than this and it is another word. */
#define SLIPS_MAX 2

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* Letters to insert, delete or replace to get from one word to the other (Levenshtein). */
static size_t slips(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t row[NAME_LENGTH_MAX + 1];
    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t above = row[j];
            row[j] = smallest(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[b_length];
}

/* wget's, where curl's meaning is none of ours. */
static const struct {
    char letter;
    const char *name;
} letters[] = {
    {'D', "domains"},
    {'I', "include-directories"},
    {'l', "level"},
    {'N', "if-exists"},
    {'P', "output"},
    {'p', "page-requisites"},
    {'Q', "quota"},
    {'R', "reject"},
    {'t', "retry"},
    {'w', "delay"},
    {'X', "exclude-directories"},
};

const char *option_suggest_letter(enum cli_command command, char letter)
{
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        if (letters[i].letter == letter &&
            option_by_name(command, letters[i].name, strlen(letters[i].name)))
            return letters[i].name;
    return NULL;
}

/* wget's, too, where curl's word is ours. */
static const struct {
    const char *theirs;
    const char *ours;
} words[] = {
    {"directory-prefix", "output"},
    {"tries", "retry"},
    {"wait", "delay"},
};

static const char *translate(enum cli_command command, const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i].theirs) == length && memcmp(words[i].theirs, name, length) == 0 &&
            option_by_name(command, words[i].ours, strlen(words[i].ours)))
            return words[i].ours;
    return NULL;
}

const char *option_suggest(enum cli_command command, const char *name, size_t length)
{
    const char *best = translate(command, name, length);
    if (best)
        return best;
    size_t fewest = SLIPS_MAX + 1;
    /* In a short word two slips leave nothing of it. */
    if (length <= 3)
        fewest = SLIPS_MAX;
    if (length > NAME_LENGTH_MAX)
        return NULL;
    for (size_t i = 0; i < option_count; i++) {
        const struct option_row *row = &option_table[i];
        if (!row->help || !option_belongs(row, command))
            continue;
        size_t needed = slips(name, length, row->name, strlen(row->name));
        if (needed < fewest) {
            fewest = needed;
            best = row->name;
        }
    }
    return best;
}
