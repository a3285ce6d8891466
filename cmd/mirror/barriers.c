#include "cmd/mirror/barriers.h"

#include <string.h>
#include <strings.h>

static bool is(const char *name, uint32_t length, const char *word)
{
    return length == strlen(word) && strncasecmp(name, word, length) == 0;
}

/* The value becomes empty, which counts as if the attribute were not there, and keeps a second one
 * of that name from counting. */
static void add_value(struct barriers *barriers, const struct html_attribute *attribute)
{
    if (attribute->value_size == 0)
        return;
    barriers->ranges[barriers->count++] = (struct convert_range){
        .offset = attribute->value_offset,
        .length = attribute->value_size,
        .syntax = CONVERT_VERBATIM,
        .quote = attribute->quote,
        .text = "",
    };
}

/* Without a value it counts, too: so all of it goes. */
static void add_whole(struct barriers *barriers, const struct html_attribute *attribute)
{
    bool quoted = attribute->quote == '"' || attribute->quote == '\'';
    uint64_t end = attribute->quote ? attribute->value_offset + attribute->value_size + quoted
                                    : attribute->offset + attribute->name_length;
    barriers->ranges[barriers->count++] = (struct convert_range){
        .offset = attribute->offset,
        .length = end - attribute->offset,
        .syntax = CONVERT_VERBATIM,
        .text = "",
    };
}

static const struct html_attribute *find(const struct html_tag *tag, const char *name)
{
    for (size_t i = 0; i < tag->count; i++) {
        if (is(tag->attributes[i].name, tag->attributes[i].name_length, name))
            return &tag->attributes[i];
    }
    return NULL;
}

static void read_meta(struct barriers *barriers, const struct html_tag *tag)
{
    const struct html_attribute *about = find(tag, "http-equiv");
    const struct html_attribute *content = find(tag, "content");
    if (about && content && is(about->value, about->value_length, "content-security-policy")) {
        add_value(barriers, content);
        barriers->unconditional = true;
    }
}

void barriers_read(struct barriers *barriers, const struct html_tag *tag)
{
    barriers->count = 0;
    barriers->unconditional = false;
    switch (tag->element) {
    case HTML_META:
        read_meta(barriers, tag);
        return;
    case HTML_SCRIPT_ELEMENT:
    case HTML_LINK:
    case HTML_IMG:
    case HTML_AUDIO:
    case HTML_VIDEO:
        break;
    default:
        return;
    }
    const struct html_attribute *integrity = find(tag, "integrity");
    const struct html_attribute *crossorigin = find(tag, "crossorigin");
    if (integrity)
        add_value(barriers, integrity);
    if (crossorigin)
        add_whole(barriers, crossorigin);
}
