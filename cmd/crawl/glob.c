#include "cmd/crawl/glob.h"

#include <string.h>

/* Where matching has come to, and where it goes on from when it gets stuck: at the last star, one
 * more byte of the name taken. Stars before that one need no other choice. */
struct match {
    const char *pattern;
    const char *pattern_end;
    const char *name;
    const char *name_end;
    const char *star; /* behind it; NULL: none yet */
    const char *taken;
    bool in_path; /* a slash is nobody's but a slash's */
};

bool glob_is_pattern(const char *text, size_t length)
{
    return memchr(text, '*', length) || memchr(text, '?', length) || memchr(text, '[', length);
}

/* Behind the ']' that closes the set; NULL when there is none: then '[' is a byte as others. */
static const char *set_end(const char *set, const char *pattern_end)
{
    const char *p = set;
    if (p < pattern_end && (*p == '!' || *p == '^'))
        p++;
    if (p < pattern_end)
        p++; /* a ']' in the first place is one of the set */
    p = memchr(p, ']', (size_t)(pattern_end - p));
    return p ? p + 1 : NULL;
}

/* `end` is at the closing bracket. */
static bool set_has(const char *set, const char *end, unsigned char byte)
{
    bool negated = *set == '!' || *set == '^';
    bool found = false;
    for (const char *p = set + negated; p < end; p++) {
        unsigned char low = (unsigned char)*p;
        unsigned char high = low;
        if (end - p > 2 && p[1] == '-') {
            high = (unsigned char)p[2];
            p += 2;
        }
        found = found || (low <= byte && byte <= high);
    }
    return found != negated;
}

/* Passes one byte of the name and what stands for it. */
static bool match_one(struct match *match)
{
    const char *p = match->pattern;
    const char *end = match->pattern_end;
    char byte = *match->name;
    bool same;
    if (p == end)
        return false;
    const char *behind = *p == '[' ? set_end(p + 1, end) : NULL;
    if (behind) {
        same = set_has(p + 1, behind - 1, (unsigned char)byte) && !(match->in_path && byte == '/');
    } else if (*p == '?') {
        same = !(match->in_path && byte == '/');
        behind = p + 1;
    } else {
        p += *p == '\\' && p + 1 < end;
        same = *p == byte;
        behind = p + 1;
    }
    if (!same)
        return false;
    match->pattern = behind;
    match->name++;
    return true;
}

/* One more byte for the last star. */
static bool go_back(struct match *match)
{
    if (!match->star || match->taken == match->name_end || (match->in_path && *match->taken == '/'))
        return false;
    match->name = ++match->taken;
    match->pattern = match->star;
    return true;
}

static bool is_done(const struct match *match)
{
    if (match->pattern < match->pattern_end)
        return false;
    return match->name == match->name_end || (match->in_path && *match->name == '/');
}

static bool match_all(struct match *match)
{
    for (;;) {
        if (match->pattern < match->pattern_end && *match->pattern == '*') {
            match->star = ++match->pattern;
            match->taken = match->name;
        } else if (is_done(match)) {
            return true;
        } else if (match->name == match->name_end || !match_one(match)) {
            if (!go_back(match))
                return false;
        }
    }
}

static bool match(struct glob_text pattern, struct glob_text name, bool in_path)
{
    struct match match = {
        .pattern = pattern.bytes,
        .pattern_end = pattern.bytes + pattern.length,
        .name = name.bytes,
        .name_end = name.bytes + name.length,
        .in_path = in_path,
    };
    return match_all(&match);
}

bool glob_matches(struct glob_text pattern, struct glob_text name)
{
    return match(pattern, name, false);
}

bool glob_leads_to(struct glob_text pattern, struct glob_text path)
{
    return match(pattern, path, true);
}
