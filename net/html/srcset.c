#include "net/html/srcset.h"

/* Of one candidate, while its descriptors are read. */
struct descriptors {
    struct srcset_candidate *candidate;
    bool has_width;
    bool has_density;
    bool has_height; /* no picture is chosen by it, but without a width it is wrong */
    bool wrong;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Digits and nothing else; what is too large for the type is its largest. */
static bool read_integer(const char *text, size_t length, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < length; i++) {
        if (!is_digit(text[i]))
            return false;
        unsigned digit = (unsigned)(text[i] - '0');
        *value = *value > (UINT64_MAX - digit) / 10 ? UINT64_MAX : *value * 10 + digit;
    }
    return length > 0;
}

/* Digits from *at on, of which *value takes as many as matter; returns how many there were, and
 * changes *exponent by those that *value lacks. */
static size_t read_digits(const char *text, size_t length, size_t *at, double *value,
                          int64_t *exponent)
{
    size_t first = *at;
    for (; *at < length && is_digit(text[*at]); ++*at) {
        if (*value < 1e17)
            *value = *value * 10 + (text[*at] - '0');
        else
            ++*exponent;
    }
    return *at - first;
}

static double scaled(double value, int64_t exponent)
{
    while (exponent > 0 && value != 0 && value < 1e300) {
        value *= 10;
        exponent--;
    }
    while (exponent < 0 && value > 1e-300) {
        value /= 10;
        exponent++;
    }
    return value;
}

/* "e10", "E-3": false when it is none. */
static bool read_exponent(const char *text, size_t length, int64_t *exponent)
{
    size_t at = length > 0 && (*text == '+' || *text == '-');
    uint64_t value;
    if (!read_integer(text + at, length - at, &value))
        return false;
    int64_t bounded = value > 10000 ? 10000 : (int64_t)value;
    *exponent += *text == '-' ? -bounded : bounded;
    return true;
}

/* A valid floating-point number (2.3.4.3), whatever the locale. */
static bool read_number(const char *text, size_t length, double *value)
{
    size_t at = length > 0 && *text == '-';
    int64_t exponent = 0;
    *value = 0;
    size_t digits = read_digits(text, length, &at, value, &exponent);
    if (at < length && text[at] == '.') {
        at++;
        int64_t left_out = 0;
        size_t fraction = read_digits(text, length, &at, value, &left_out);
        if (fraction == 0)
            return false;
        exponent -= (int64_t)fraction - left_out;
        digits += fraction;
    }
    if (digits == 0)
        return false;
    if (at < length) {
        if ((text[at] | 0x20) != 'e' || !read_exponent(text + at + 1, length - at - 1, &exponent))
            return false;
    }
    *value = scaled(*value, exponent);
    if (*text == '-')
        *value = -*value;
    return true;
}

static void read_descriptor(struct descriptors *all, const char *text, size_t length)
{
    uint64_t height;
    double density;
    struct srcset_candidate *candidate = all->candidate;
    size_t number = length - 1;
    switch (text[number]) {
    case 'w':
        all->wrong |= all->has_width || all->has_density ||
                      !read_integer(text, number, &candidate->width) || candidate->width == 0;
        all->has_width = true;
        break;
    case 'x':
        all->wrong |= all->has_width || all->has_density || all->has_height ||
                      !read_number(text, number, &density) || density < 0;
        all->has_density = true;
        if (!all->wrong)
            candidate->density = density;
        break;
    case 'h':
        all->wrong |= all->has_height || all->has_density || !read_integer(text, number, &height) ||
                      height == 0;
        all->has_height = true;
        break;
    default:
        all->wrong = true;
    }
}

/* Reads the descriptors from srcset->at up to the comma that ends the candidate, or the end. Blanks
 * and commas in brackets are part of one. Are they all right? */
static bool read_descriptors(struct srcset *srcset, struct srcset_candidate *candidate)
{
    struct descriptors all = {.candidate = candidate};
    const char *text = srcset->text;
    bool in_brackets = false;
    size_t at = srcset->at;
    size_t begin = at;
    for (;; at++) {
        bool ends = at == srcset->length || (text[at] == ',' && !in_brackets);
        if (ends || (is_blank(text[at]) && !in_brackets)) {
            if (at > begin)
                read_descriptor(&all, text + begin, at - begin);
            begin = at + 1;
        }
        if (ends)
            break;
        if (text[at] == '(')
            in_brackets = true;
        else if (text[at] == ')')
            in_brackets = false;
    }
    srcset->at = at;
    return !all.wrong && (!all.has_height || all.has_width);
}

/* Where the text of the descriptors is, without the blanks around it. */
static void note_descriptor(const struct srcset *srcset, struct srcset_candidate *candidate,
                            size_t begin)
{
    size_t end = srcset->at;
    while (begin < end && is_blank(srcset->text[begin]))
        begin++;
    while (end > begin && is_blank(srcset->text[end - 1]))
        end--;
    candidate->descriptor = begin;
    candidate->descriptor_length = end - begin;
}

bool srcset_next(struct srcset *srcset, struct srcset_candidate *candidate)
{
    const char *text = srcset->text;
    for (;;) {
        while (srcset->at < srcset->length &&
               (is_blank(text[srcset->at]) || text[srcset->at] == ','))
            srcset->at++;
        if (srcset->at == srcset->length)
            return false;
        size_t begin = srcset->at;
        while (srcset->at < srcset->length && !is_blank(text[srcset->at]))
            srcset->at++;
        size_t end = srcset->at;
        while (text[end - 1] == ',')
            end--;
        *candidate = (struct srcset_candidate){
            .offset = begin, .length = end - begin, .descriptor = end, .density = 1};
        if (end < srcset->at)
            return true; /* a comma at its end: there are no descriptors */
        bool right = read_descriptors(srcset, candidate);
        note_descriptor(srcset, candidate, end);
        if (right)
            return true;
    }
}

bool srcset_is_larger(const struct srcset_candidate *a, const struct srcset_candidate *b)
{
    if (a->width || b->width)
        return a->width > b->width;
    return a->density > b->density;
}

bool srcset_largest(const char *text, size_t length, struct srcset_candidate *largest)
{
    struct srcset srcset = srcset_begin(text, length);
    struct srcset_candidate candidate;
    if (!srcset_next(&srcset, largest))
        return false;
    while (srcset_next(&srcset, &candidate)) {
        if (srcset_is_larger(&candidate, largest))
            *largest = candidate;
    }
    return true;
}
