#include "net/html/foreign.h"
#include "net/html/tokenizer.h"
#include <string.h>

/* What an open element is; from DESC on HTML stands in it. */
enum { SVG, MATH, DESC, FOREIGNOBJECT, TITLE, MATH_TOKEN };

static const struct {
    const char *name;
    uint8_t what, within;
} points[] = {
    {"desc", DESC, SVG},      {"foreignobject", FOREIGNOBJECT, SVG},
    {"title", TITLE, SVG},    {"mi", MATH_TOKEN, MATH},
    {"mn", MATH_TOKEN, MATH}, {"mo", MATH_TOKEN, MATH},
    {"ms", MATH_TOKEN, MATH}, {"mtext", MATH_TOKEN, MATH},
};

/* HTML elements that do not stand in foreign content, but end it. */
static const char *const ending[] = {
    "b",      "big",  "blockquote", "body",  "br",   "center", "code",    "dd",   "div",
    "dl",     "dt",   "em",         "embed", "h1",   "h2",     "h3",      "h4",   "h5",
    "h6",     "head", "hr",         "i",     "img",  "li",     "listing", "menu", "meta",
    "nobr",   "ol",   "p",          "pre",   "ruby", "s",      "small",   "span", "strong",
    "strike", "sub",  "sup",        "table", "tt",   "u",      "ul",      "var",
};

static bool is_named(const struct html_tag *tag, const char *name)
{
    return strlen(name) == tag->name_length && memcmp(name, tag->name, tag->name_length) == 0;
}

static bool has_attribute(const struct html_tag *tag, const char *name)
{
    for (size_t i = 0; i < tag->count; i++)
        if (tag->attributes[i].name_length == strlen(name) &&
            memcmp(tag->attributes[i].name, name, strlen(name)) == 0)
            return true;
    return false;
}

static bool ends_foreign(const struct html_tag *tag)
{
    for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++)
        if (is_named(tag, ending[i]))
            return true;
    return is_named(tag, "font") && (has_attribute(tag, "color") || has_attribute(tag, "face") ||
                                     has_attribute(tag, "size"));
}

static uint8_t innermost(const struct html_foreign *foreign)
{
    uint32_t depth =
        foreign->depth < HTML_FOREIGN_DEPTH ? foreign->depth : (uint32_t)HTML_FOREIGN_DEPTH;
    return foreign->open[depth - 1];
}

bool html_foreign_is_within(const struct html_foreign *foreign)
{
    return foreign->depth > 0 && innermost(foreign) < DESC;
}

static void push(struct html_foreign *foreign, uint8_t what)
{
    if (foreign->depth < HTML_FOREIGN_DEPTH)
        foreign->open[foreign->depth] = what;
    if (foreign->depth < UINT32_MAX)
        foreign->depth++;
}

static uint8_t what_it_opens(const struct html_foreign *foreign, const struct html_tag *tag,
                             bool *opens)
{
    *opens = !tag->self_closing;
    if (tag->element == HTML_SVG)
        return SVG;
    if (tag->element == HTML_MATH)
        return MATH;
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++)
        if (points[i].within == innermost(foreign) && is_named(tag, points[i].name))
            return points[i].what;
    *opens = false;
    return SVG;
}

bool html_foreign_start(struct html_foreign *foreign, const struct html_tag *tag)
{
    bool opens, begins = tag->element == HTML_SVG || tag->element == HTML_MATH;
    if (!html_foreign_is_within(foreign)) {
        if (begins && !tag->self_closing)
            push(foreign, tag->element == HTML_SVG ? SVG : MATH);
        return begins;
    }
    if (ends_foreign(tag)) {
        while (html_foreign_is_within(foreign))
            foreign->depth--;
        return false;
    }
    uint8_t what = what_it_opens(foreign, tag, &opens);
    if (opens)
        push(foreign, what);
    return true;
}

static bool is_end_of(uint8_t what, const struct html_tag *tag)
{
    if (what == SVG || what == MATH)
        return tag->element == (what == SVG ? HTML_SVG : HTML_MATH);
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++)
        if (points[i].what == what && is_named(tag, points[i].name))
            return true;
    return false;
}

/* An end tag closes what is open and has its name, with all that is open within. */
void html_foreign_end(struct html_foreign *foreign, const struct html_tag *tag)
{
    if (foreign->depth > HTML_FOREIGN_DEPTH) {
        if (is_end_of(innermost(foreign), tag))
            foreign->depth--;
        return;
    }
    for (uint32_t depth = foreign->depth; depth > 0; depth--) {
        if (is_end_of(foreign->open[depth - 1], tag)) {
            foreign->depth = depth - 1;
            return;
        }
    }
}
