/* What the states gather of a tag. A name or a value is a run of bytes: it stays where it is when
 * it lies in one chunk, else its parts are put together in `scratch`. */
#include "net/html/machine.h"
#include <string.h>

struct piece {
    const char *at;
    size_t length;
};

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Attributes of end tags are read for their quotes alone. */
static bool takes_attributes(const struct html_tokenizer *t)
{
    return !t->is_end_tag && t->tag.count < HTML_ATTRIBUTES_MAX;
}

void html_tag_begin(struct html_tokenizer *t, bool is_end_tag)
{
    t->tag = (struct html_tag){.name = "", .offset = t->less_than, .attributes = t->attributes};
    t->is_end_tag = is_end_tag;
    t->in_tag = true;
    t->in_attribute = false;
    t->budget = HTML_TAG_BYTES;
    t->scratch_used = 0;
}

void html_run_begin(struct html_tokenizer *t, const char *at, size_t limit)
{
    t->mark = at;
    t->run_offset = html_offset(t, at);
    t->run_limit = smaller(limit, t->budget);
    t->kept = 0;
}

/* Puts what the run has in this chunk behind what is kept of it. */
static void keep_run(struct html_tokenizer *t, const char *end)
{
    size_t more = smaller((size_t)(end - t->mark), t->run_limit - t->kept);
    memcpy(t->scratch + t->scratch_used, t->mark, more);
    t->scratch_used += more;
    t->kept += more;
}

static struct piece end_run(struct html_tokenizer *t, const char *end)
{
    struct piece piece = {t->mark, smaller((size_t)(end - t->mark), t->run_limit)};
    if (t->kept) {
        keep_run(t, end);
        piece = (struct piece){t->scratch + t->scratch_used - t->kept, t->kept};
    }
    t->mark = NULL;
    return piece;
}

static bool is_in_scratch(const struct html_tokenizer *t, const char *at)
{
    return at >= t->scratch && at < t->scratch + sizeof t->scratch;
}

/* A name in lower case, with U+FFFD for NUL; it may end up longer by that, and then be cut off. */
static struct piece change_name(struct html_tokenizer *t, struct piece name)
{
    static const char replacement[] = {'\xef', '\xbf', '\xbd'};
    char changed[HTML_NAME_MAX];
    size_t length = 0, limit = smaller(sizeof changed, t->budget);
    if (is_in_scratch(t, name.at))
        t->scratch_used -= name.length; /* it is the last there */
    for (size_t i = 0; i < name.length; i++) {
        size_t width = name.at[i] ? 1 : sizeof replacement;
        if (length + width > limit) {
            t->tag.cut = true;
            break;
        }
        if (name.at[i])
            changed[length] = html_lower(name.at[i]);
        else
            memcpy(changed + length, replacement, sizeof replacement);
        length += width;
    }
    memcpy(t->scratch + t->scratch_used, changed, length);
    t->scratch_used += length;
    return (struct piece){t->scratch + t->scratch_used - length, length};
}

static struct piece end_name(struct html_tokenizer *t, const char *end)
{
    unsigned classes = 0;
    struct piece name = end_run(t, end);
    for (size_t i = 0; i < name.length; i++)
        classes |= html_bytes[(unsigned char)name.at[i]];
    if (classes & HTML_BYTE_CHANGED)
        name = change_name(t, name);
    t->budget -= name.length;
    return name;
}

void html_tag_named(struct html_tokenizer *t, const char *end)
{
    uint64_t size = html_offset(t, end) - t->run_offset;
    struct piece name = end_name(t, end);
    t->tag.name = name.at;
    t->tag.name_length = name.length;
    t->tag.cut |= size > HTML_NAME_MAX;
}

/* An attribute whose name does not fit is left out, as is one too many. */
void html_attribute_named(struct html_tokenizer *t, const char *end)
{
    uint64_t offset = t->run_offset, size = html_offset(t, end) - offset;
    if (t->is_end_tag) {
        t->mark = NULL;
        return;
    }
    if (!takes_attributes(t) || size > t->run_limit) {
        t->mark = NULL;
        t->scratch_used -= t->kept;
        t->tag.cut = true;
        return;
    }
    struct piece name = end_name(t, end);
    struct html_attribute *attribute = &t->attributes[t->tag.count];
    *attribute = (struct html_attribute){
        .name = name.at, .name_length = (uint32_t)name.length, .offset = offset, .value = ""};
    t->in_attribute = !html_attribute_is_repeated(t->attributes, t->tag.count);
}

void html_attribute_valued(struct html_tokenizer *t, const char *end)
{
    uint64_t size = html_offset(t, end) - t->run_offset;
    if (!t->in_attribute) {
        t->mark = NULL;
        t->scratch_used -= t->kept;
        return;
    }
    struct html_attribute *attribute = &t->attributes[t->tag.count++];
    struct piece value = end_run(t, end);
    if (value.length) {
        attribute->value = value.at;
        attribute->value_length = (uint32_t)value.length;
        t->budget -= value.length;
    }
    attribute->value_offset = t->run_offset;
    attribute->value_size = size;
    attribute->quote = t->quote;
    attribute->cut = size > value.length;
    t->tag.cut |= attribute->cut;
    t->in_attribute = false;
}

void html_attribute_bare(struct html_tokenizer *t)
{
    t->tag.count += t->in_attribute;
    t->in_attribute = false;
}

static void keep_piece(struct html_tokenizer *t, const char **at, size_t length)
{
    if (length == 0 || is_in_scratch(t, *at))
        return;
    char *kept = t->scratch + t->scratch_used;
    memcpy(kept, *at, length);
    t->scratch_used += length;
    *at = kept;
}

void html_tag_keep(struct html_tokenizer *t, const char *end)
{
    /* A run that goes on is the last in scratch, and so are the pieces of what was before it. */
    bool is_first = t->kept == 0;
    if (is_first || !t->mark) {
        keep_piece(t, &t->tag.name, t->tag.name_length);
        for (size_t i = 0; i < t->tag.count + t->in_attribute; i++) {
            keep_piece(t, &t->attributes[i].name, t->attributes[i].name_length);
            keep_piece(t, &t->attributes[i].value, t->attributes[i].value_length);
        }
    }
    if (t->mark)
        keep_run(t, end);
}

static enum html_mode mode_of(const struct html_tokenizer *t, const struct html_tag *tag)
{
    if (tag->foreign || (t->is_xml && tag->self_closing))
        return HTML_DATA;
    switch (tag->element) {
    case HTML_TITLE:
    case HTML_TEXTAREA:
        return HTML_RCDATA;
    case HTML_STYLE:
    case HTML_XMP:
    case HTML_IFRAME:
    case HTML_NOEMBED:
    case HTML_NOFRAMES:
        return HTML_RAWTEXT;
    case HTML_SCRIPT_ELEMENT:
        return HTML_SCRIPT;
    case HTML_PLAINTEXT_ELEMENT:
        return HTML_PLAINTEXT;
    default:
        return HTML_DATA;
    }
}

static void emit_start_tag(struct html_tokenizer *t)
{
    struct html_tag *tag = &t->tag;
    tag->element = html_element_find(tag->name, tag->name_length);
    if (t->foreign.depth || tag->element == HTML_SVG || tag->element == HTML_MATH)
        tag->foreign = html_foreign_start(&t->foreign, tag);
    enum html_mode mode = mode_of(t, tag);
    if (mode != HTML_DATA) {
        memcpy(t->raw_name, tag->name, tag->name_length);
        t->raw_name_length = tag->name_length;
    }
    html_enter_text(t, mode);
    if (t->handler->start_tag)
        t->handler->start_tag(t->arg, tag);
}

static void emit_end_tag(struct html_tokenizer *t)
{
    html_enter_text(t, HTML_DATA);
    if (!t->foreign.depth && !t->handler->end_tag)
        return;
    t->tag.element = html_element_find(t->tag.name, t->tag.name_length);
    if (t->foreign.depth) {
        t->tag.foreign = html_foreign_is_within(&t->foreign);
        html_foreign_end(&t->foreign, &t->tag);
    }
    if (t->handler->end_tag)
        t->handler->end_tag(t->arg, &t->tag);
}

void html_tag_emit(struct html_tokenizer *t, const char *end)
{
    t->tag.end = html_offset(t, end);
    t->in_tag = false;
    if (t->is_end_tag)
        emit_end_tag(t);
    else
        emit_start_tag(t);
}
