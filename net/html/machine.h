/* machine.h - the tokenizer's inside, for its own files.
 *
 * The states are the standard's, but for those that tell apart what nobody here asks for: the
 * states of a doctype (it always ends with '>') and of character references (values and texts are
 * raw). A step takes a run of bytes, not one: it is called with at least one byte, and either takes
 * some or changes the state. What a chunk's end cuts in two is kept: names and values in `scratch`,
 * an undecided "</scr" of a text in `held`.
 *
 * tokenizer.c is the loop and plain text, quick.c reads whole start tags that lie in one chunk,
 * markup.c is the states of tags, tag.c gathers what they bring, comment.c is what begins with
 * "<!", raw_text.c and script.c are the text modes.
 */
#ifndef NET_HTML_MACHINE_H
#define NET_HTML_MACHINE_H

#include "net/html/foreign.h"
#include "net/html/tokenizer.h"
#include <string.h>

enum html_state {
    HTML_STATE_DATA,
    HTML_STATE_PLAINTEXT,
    HTML_STATE_CDATA,
    HTML_STATE_CDATA_BRACKET,
    HTML_STATE_CDATA_END,
    HTML_STATE_RAW, /* RCDATA and RAWTEXT */
    HTML_STATE_RAW_LESS_THAN,
    HTML_STATE_RAW_END_OPEN,
    HTML_STATE_RAW_END_NAME,
    HTML_STATE_SCRIPT,
    HTML_STATE_SCRIPT_LESS_THAN,
    HTML_STATE_SCRIPT_ESCAPE_START, /* behind "<!" */
    HTML_STATE_SCRIPT_ESCAPE_DASH,  /* behind "<!-" */
    HTML_STATE_SCRIPT_ESCAPED,      /* also double escaped */
    HTML_STATE_SCRIPT_ESCAPED_LESS_THAN,
    HTML_STATE_SCRIPT_DOUBLE_NAME, /* of a tag that begins or ends what is double escaped */
    HTML_STATE_TAG_OPEN,
    HTML_STATE_END_TAG_OPEN,
    HTML_STATE_TAG_NAME,
    HTML_STATE_BEFORE_ATTRIBUTE,
    HTML_STATE_ATTRIBUTE_NAME,
    HTML_STATE_AFTER_ATTRIBUTE_NAME,
    HTML_STATE_BEFORE_VALUE,
    HTML_STATE_VALUE_QUOTED,
    HTML_STATE_VALUE_UNQUOTED,
    HTML_STATE_AFTER_VALUE,
    HTML_STATE_SELF_CLOSING,
    HTML_STATE_DECLARATION, /* behind "<!" */
    HTML_STATE_DOCTYPE,
    HTML_STATE_BOGUS_COMMENT,
    HTML_STATE_COMMENT_START,
    HTML_STATE_COMMENT_START_DASH,
    HTML_STATE_COMMENT,
    HTML_STATE_COMMENT_END_DASH,
    HTML_STATE_COMMENT_END,
    HTML_STATE_COMMENT_END_BANG,
    HTML_STATES
};

enum html_escape { HTML_ESCAPE_NONE, HTML_ESCAPED, HTML_DOUBLE_ESCAPED };

#define HTML_RAW_NAME_MAX 31 /* of the elements that end a text mode */
#define HTML_HELD_MAX     (sizeof "</" + HTML_RAW_NAME_MAX)

struct html_tokenizer {
    const struct html_handler *handler;
    void *arg;
    unsigned text_modes; /* whose text somebody takes */
    enum html_state state;
    enum html_mode mode; /* of the text around, or that will follow the tag */
    const char *chunk;   /* that is being fed */
    uint64_t position;   /* of its first byte in the document */
    uint64_t less_than;  /* where the markup begins that is being read */
    struct html_foreign foreign;
    bool is_xml;

    /* The tag that is being read. */
    struct html_tag tag;
    bool is_end_tag;
    bool in_tag;       /* what was read of it is to be kept at the chunk's end */
    bool in_attribute; /* attributes[count] has its name, and is not counted yet */
    char quote;        /* of the value that is being read */
    size_t budget;     /* bytes that the tag may still keep */

    /* The name or value that is being read. */
    const char *mark;    /* its beginning in this chunk; NULL: none is being read */
    uint64_t run_offset; /* its beginning in the document */
    size_t run_limit;    /* bytes of it that are kept */
    size_t kept;         /* bytes of it from earlier chunks, the last in scratch */
    size_t scratch_used;

    /* Text modes: whose end tag ends it, and how much of it was seen. */
    char raw_name[HTML_RAW_NAME_MAX + 1];
    size_t raw_name_length;
    enum html_escape escape;
    unsigned dashes; /* before this place in an escaped script; 2 is many */
    char held[HTML_HELD_MAX];
    size_t held_length;

    bool counts_lines;
    uint64_t lines;      /* LFs before `counted` */
    uint64_t tag_lines;  /* LFs before the tag that is being read, when it began in another chunk */
    const char *counted; /* in this chunk */

    struct html_attribute attributes[HTML_ATTRIBUTES_MAX];
    char scratch[HTML_TAG_BYTES];
};

/* Classes of bytes. */
enum {
    HTML_BYTE_SPACE = 1,    /* tab, LF, FF, CR, space */
    HTML_BYTE_TAG_END = 2,  /* what ends a tag's name: a space, '/' or '>' */
    HTML_BYTE_ATTR_END = 4, /* what ends an attribute's name: these and '=' */
    HTML_BYTE_CHANGED = 8,  /* what a name does not keep: capitals and NUL */
    HTML_BYTE_LETTER = 16,
};
extern const uint8_t html_bytes[256];

static inline bool html_byte_is(char byte, unsigned classes)
{
    return html_bytes[(unsigned char)byte] & classes;
}

static inline char html_lower(char byte)
{
    if (byte >= 'A' && byte <= 'Z')
        byte = (char)(byte | 0x20);
    return byte;
}

static inline uint64_t html_offset(const struct html_tokenizer *t, const char *at)
{
    return t->position + (uint64_t)(at - t->chunk);
}

/* Has one of the first `count` the name of the one behind them? */
static inline bool html_attribute_is_repeated(const struct html_attribute *attributes, size_t count)
{
    const struct html_attribute *last = &attributes[count];
    for (size_t i = 0; i < count; i++)
        if (attributes[i].name_length == last->name_length &&
            memcmp(attributes[i].name, last->name, last->name_length) == 0)
            return true;
    return false;
}

/* A step of a state: returns how far it has read. */
typedef const char *html_step(struct html_tokenizer *t, const char *at, const char *end);

/* tokenizer.c */
void html_pass_text(struct html_tokenizer *t, const char *from, const char *to);
void html_hold(struct html_tokenizer *t, char byte);
void html_emit_held(struct html_tokenizer *t); /* as text that began at less_than */
void html_enter_text(struct html_tokenizer *t, enum html_mode mode);

/* A text of this mode, if there is one and somebody wants it. */
static inline void html_emit_text(struct html_tokenizer *t, const char *from, const char *to)
{
    if (from != to && t->text_modes & HTML_MODE_BIT(t->mode))
        html_pass_text(t, from, to);
}

/* tag.c */
void html_tag_begin(struct html_tokenizer *t, bool is_end_tag);
void html_run_begin(struct html_tokenizer *t, const char *at, size_t limit);
void html_tag_named(struct html_tokenizer *t, const char *end);
void html_attribute_named(struct html_tokenizer *t, const char *end);
void html_attribute_valued(struct html_tokenizer *t, const char *end);
void html_attribute_bare(struct html_tokenizer *t); /* it has no value */
void html_tag_emit(struct html_tokenizer *t, const char *end);
void html_tag_keep(struct html_tokenizer *t, const char *end); /* the chunk ends in the tag */

/* quick.c: behind the whole tag, or NULL when the states have to read it. `at` is behind its '<'.
 */
const char *html_quick_tag(struct html_tokenizer *t, const char *at, const char *end);

html_step html_step_tag_open, html_step_end_tag_open, html_step_tag_name,
    html_step_before_attribute, html_step_attribute_name, html_step_after_attribute_name,
    html_step_before_value, html_step_value_quoted, html_step_value_unquoted, html_step_after_value,
    html_step_self_closing;
html_step html_step_declaration, html_step_doctype, html_step_bogus_comment,
    html_step_comment_start, html_step_comment_start_dash, html_step_comment,
    html_step_comment_end_dash, html_step_comment_end, html_step_comment_end_bang;
html_step html_step_raw, html_step_raw_less_than, html_step_raw_end_open, html_step_raw_end_name;
html_step html_step_script, html_step_script_less_than, html_step_script_escape_start,
    html_step_script_escape_dash, html_step_script_escaped, html_step_script_escaped_less_than,
    html_step_script_double_name;

void html_comment_finish(struct html_tokenizer *t);

#endif
