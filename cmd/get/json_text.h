/* json_text.h - JSON, printed as fast as text can be.
 *
 * A line of --log is written for every URL; building it as a tree and formatting its numbers as
 * doubles cost as much as fetching a small file. What is printed here is ours: only strings come
 * from outside. Bytes that are no UTF-8, for which JSON has no place, become %XX.
 *
 * Ownership: a zeroed struct is empty, json_text_clear() frees it. An error sticks: it is enough to
 * look at the end. Any thread; nothing here parks.
 */
#ifndef CMD_GET_JSON_TEXT_H
#define CMD_GET_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct json_text {
    char *data; /* `length` bytes, no NUL */
    size_t length;
    size_t room;
    bool in_html; /* strings must not end the <script> they stand in: '<' is escaped too */
    int error;    /* -ENOMEM; 0: none yet */
};

/* Makes room for `size` bytes more. 0 or -ENOMEM. */
int json_text_grow(struct json_text *text, size_t size);

/* Inline, these two, because a line is some thirty pieces whose lengths the compiler knows. */
static inline void json_text_put(struct json_text *text, const char *bytes, size_t size)
{
    if (size >= text->room - text->length && json_text_grow(text, size))
        return;
    memcpy(text->data + text->length, bytes, size);
    text->length += size;
}

static inline void json_text_raw(struct json_text *text, const char *literal)
{
    json_text_put(text, literal, strlen(literal));
}

/* Quoted and escaped (RFC 8259 section 7); NULL gives null. */
void json_text_string(struct json_text *text, const char *string);

/* The first `length` bytes of a longer string, quoted and escaped. */
void json_text_part(struct json_text *text, const char *part, size_t length);
void json_text_integer(struct json_text *text, int64_t number);

/* Nanoseconds as seconds, to the microsecond: 0.0205 is printed as 0.020500. */
void json_text_seconds(struct json_text *text, int64_t ns);

/* As milliseconds, likewise: 20.500. */
void json_text_milliseconds(struct json_text *text, int64_t ns);

/* Unix time as a string to the millisecond, in UTC (RFC 3339): "2026-11-21T15:30:00.125Z". */
void json_text_date(struct json_text *text, int64_t unix_ns);

void json_text_clear(struct json_text *text);

#endif
