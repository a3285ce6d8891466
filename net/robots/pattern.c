#include "net/robots/pattern.h"

#include <ctype.h>
#include <string.h>

static bool is_unreserved(unsigned char byte)
{
    return (byte < 0x80 && isalnum(byte)) || byte == '-' || byte == '.' || byte == '_' ||
           byte == '~';
}

/* What RFC 3986 (section 2.2) reserves, without the two that mean something in a rule. */
static bool is_reserved(unsigned char byte)
{
    return byte && strchr("/?:@!&'()+,;=[]#", byte);
}

static int digit_value(unsigned char digit)
{
    return isdigit(digit) ? digit - '0' : toupper(digit) - 'A' + 10;
}

static char *spell_triplet(char *out, unsigned char byte)
{
    static const char digits[] = "0123456789ABCDEF";
    *out++ = '%';
    *out++ = digits[byte >> 4];
    *out++ = digits[byte & 15];
    return out;
}

/* One byte or triplet. Returns what follows it. */
static const char *spell_one(char **out, const char *at, const char *end)
{
    unsigned char byte = (unsigned char)*at;
    if (byte == '%' && end - at > 2 && isxdigit((unsigned char)at[1]) &&
        isxdigit((unsigned char)at[2])) {
        byte = (unsigned char)(digit_value((unsigned char)at[1]) << 4 |
                               digit_value((unsigned char)at[2]));
        if (is_unreserved(byte))
            *(*out)++ = (char)byte;
        else
            *out = spell_triplet(*out, byte);
        return at + 3;
    }
    if (is_unreserved(byte) || is_reserved(byte))
        *(*out)++ = (char)byte;
    else
        *out = spell_triplet(*out, byte);
    return at + 1;
}

size_t pattern_spell_path(char *out, const char *path, size_t length)
{
    const char *end = path + length;
    const char *begin = out;
    while (path < end)
        path = spell_one(&out, path, end);
    return (size_t)(out - begin);
}

size_t pattern_spell_rule(char *out, const char *rule, size_t length, bool *ends)
{
    *ends = length && rule[length - 1] == '$';
    const char *end = rule + length - *ends;
    const char *begin = out;
    while (rule < end) {
        if (*rule != '*') {
            rule = spell_one(&out, rule, end);
            continue;
        }
        if (out == begin || out[-1] != '*')
            *out++ = '*';
        rule++;
    }
    return (size_t)(out - begin);
}

/* Each piece between stars is sought behind the one before it; the leftmost place will do, so that
 * there is nothing to go back to. */
bool pattern_matches(const char *rule, size_t rule_length, bool ends, const char *path,
                     size_t path_length)
{
    const char *rule_end = rule + rule_length;
    const char *path_end = path + path_length;
    const char *star = memchr(rule, '*', rule_length);
    size_t piece = (size_t)((star ? star : rule_end) - rule);
    if (piece > path_length || memcmp(rule, path, piece) != 0)
        return false;
    path += piece;
    if (!star)
        return !ends || path == path_end;
    for (;;) {
        rule = star + 1;
        star = memchr(rule, '*', (size_t)(rule_end - rule));
        piece = (size_t)((star ? star : rule_end) - rule);
        if (!star && ends)
            return piece <= (size_t)(path_end - path) && !memcmp(path_end - piece, rule, piece);
        path = memmem(path, (size_t)(path_end - path), rule, piece);
        if (!path)
            return false;
        path += piece;
        if (!star)
            return true;
    }
}
