#include "net/html/value.h"
#include "net/html/charref.h"
#include "net/html/scan.h"
#include <string.h>

static bool is_special(char byte)
{
    return byte == '&' || byte == '\r' || byte == '\0';
}

static size_t plain_length(const char *raw, size_t length)
{
    size_t i = 0;
    for (; length - i >= 8; i += 8) {
        uint64_t word = scan_load(raw + i);
        uint64_t found = scan_match(word, '&') | scan_match(word, '\r') | scan_match(word, '\0');
        if (found)
            return i + (size_t)__builtin_ctzll(found) / 8;
    }
    while (i < length && !is_special(raw[i]))
        i++;
    return i;
}

bool html_value_is_coded(const char *raw, size_t length)
{
    return plain_length(raw, length) < length;
}

/* A piece of the value: bytes that stay as they are, or one thing that says another. */
struct piece {
    size_t raw;
    size_t size;
    const char *text;
    char room[HTML_CHARREF_ROOM];
};

static void read_special(struct piece *piece, const char *raw, size_t length,
                         enum html_value_place place)
{
    *piece = (struct piece){.raw = 1, .size = 1, .text = raw};
    switch (*raw) {
    case '\r':
        piece->raw = length > 1 && raw[1] == '\n' ? 2 : 1;
        piece->text = "\n";
        break;
    case '\0':
        piece->text = "\xef\xbf\xbd";
        piece->size = 3;
        break;
    default: {
        size_t size,
            read = html_charref_read(raw, length, place == HTML_IN_ATTRIBUTE, piece->room, &size);
        if (read) {
            piece->raw = read;
            piece->size = size;
            piece->text = piece->room;
        }
    }
    }
}

static void read_piece(struct piece *piece, const char *raw, size_t length,
                       enum html_value_place place)
{
    size_t plain = plain_length(raw, length);
    if (plain == 0) {
        read_special(piece, raw, length, place);
        return;
    }
    piece->raw = piece->size = plain;
    piece->text = raw;
}

size_t html_value_decode(const char *raw, size_t length, enum html_value_place place, char *out,
                         size_t size)
{
    size_t made = 0;
    struct piece piece;
    while (length) {
        read_piece(&piece, raw, length, place);
        if (piece.size > size - made) {
            bool is_plain = piece.raw == piece.size && piece.text == raw;
            if (!is_plain)
                break;
            piece.size = size - made;
            length = piece.raw;
        }
        memcpy(out + made, piece.text, piece.size);
        made += piece.size;
        raw += piece.raw;
        length -= piece.raw;
    }
    return made;
}

size_t html_value_locate(struct html_value_cursor *cursor, const char *raw, size_t length,
                         enum html_value_place place, size_t decoded)
{
    struct piece piece;
    while (cursor->raw < length) {
        size_t ahead = decoded - cursor->decoded;
        read_piece(&piece, raw + cursor->raw, length - cursor->raw, place);
        if (ahead < piece.size) {
            bool is_plain = piece.text == raw + cursor->raw;
            return cursor->raw + (is_plain ? ahead : 0);
        }
        cursor->raw += piece.raw;
        cursor->decoded += piece.size;
    }
    return length;
}
