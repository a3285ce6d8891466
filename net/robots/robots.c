#include "net/robots/robots.h"

#include "engine/deadline.h"
#include "net/robots/pattern.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What one path may be compared with, bytes: ten milliseconds at the worst, and far more than any
 * file that is meant well takes. */
#define WORK_MAX        ((size_t)8 << 20)

#define DELAY_LONGEST_S 86400

struct rule {
    size_t pattern; /* where it is in robots.text */
    size_t length;
    size_t weight; /* how specific it is: octets, with the '$' */
    unsigned line;
    bool allow;
    bool ends;
};

struct robots {
    char *text; /* patterns and sitemaps, each closed by a NUL */
    size_t used;
    struct rule *rules; /* the heaviest first */
    size_t rule_count;
    size_t *sitemaps; /* where they are in text */
    size_t sitemap_count;
    int64_t delay;
};

enum robots_answer robots_answer(unsigned status, unsigned redirects)
{
    if (status >= 200 && status < 300)
        return ROBOTS_PARSE;
    if (status >= 300 && status < 400)
        return redirects < ROBOTS_REDIRECTS_MAX ? ROBOTS_FOLLOW : ROBOTS_ALLOW_ALL;
    if (status >= 400 && status < 500 && status != 429)
        return ROBOTS_ALLOW_ALL;
    return ROBOTS_DISALLOW_ALL;
}

enum key {
    KEY_UNKNOWN,
    KEY_AGENT,
    KEY_ALLOW,
    KEY_DISALLOW,
    KEY_DELAY,
    KEY_SITEMAP,
};

/* A line that says something. */
struct line {
    enum key key;
    const char *value; /* without white space around it and comment behind it */
    size_t length;
    unsigned number;
};

/* Where reading has come to. */
struct reader {
    const char *at;
    const char *end;
    unsigned number;
};

static void trim(const char **text, size_t *length)
{
    while (*length && isspace((unsigned char)**text)) {
        ++*text;
        --*length;
    }
    while (*length && isspace((unsigned char)(*text)[*length - 1]))
        --*length;
}

static enum key find_key(const char *name, size_t length)
{
    static const char *const names[] = {
        [KEY_AGENT] = "user-agent",  [KEY_ALLOW] = "allow",     [KEY_DISALLOW] = "disallow",
        [KEY_DELAY] = "crawl-delay", [KEY_SITEMAP] = "sitemap",
    };
    trim(&name, &length);
    for (size_t i = KEY_AGENT; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == length && strncasecmp(names[i], name, length) == 0)
            return (enum key)i;
    return KEY_UNKNOWN;
}

static void read_line(struct line *line, const char *text, size_t length)
{
    const char *comment = memchr(text, '#', length);
    if (comment)
        length = (size_t)(comment - text);
    const char *colon = memchr(text, ':', length);
    line->key = KEY_UNKNOWN;
    if (!colon)
        return;
    line->key = find_key(text, (size_t)(colon - text));
    line->value = colon + 1;
    line->length = length - (size_t)(line->value - text);
    trim(&line->value, &line->length);
}

/* The next line that is understood. CR, LF or both end a line. */
static bool next_line(struct reader *reader, struct line *line)
{
    while (reader->at < reader->end) {
        const char *text = reader->at;
        const char *end = text;
        while (end < reader->end && *end != '\n' && *end != '\r')
            end++;
        reader->at = end;
        if (reader->at < reader->end && *reader->at == '\r')
            reader->at++;
        if (reader->at < reader->end && *reader->at == '\n')
            reader->at++;
        line->number = ++reader->number;
        read_line(line, text, (size_t)(end - text));
        if (line->key != KEY_UNKNOWN)
            return true;
    }
    return false;
}

/* What is too long ends with its last whole line: half a rule would forbid more. */
static struct reader open_text(const char *text, size_t size)
{
    static const char mark[] = "\xef\xbb\xbf";
    struct reader reader = {.at = text, .end = text + size};
    if (size > ROBOTS_SIZE_MAX) {
        reader.end = text + ROBOTS_SIZE_MAX;
        while (reader.end > text && reader.end[-1] != '\n' && reader.end[-1] != '\r')
            reader.end--;
    }
    if (reader.end - reader.at >= 3 && memcmp(text, mark, 3) == 0)
        reader.at += 3;
    return reader;
}

/* Whose group is it? The product token ends where a version or anything else begins. */
static bool names_agent(const struct line *line, const char *agent)
{
    size_t length = 0;
    if (strcmp(agent, "*") == 0)
        return line->length && *line->value == '*' &&
               (line->length == 1 || isspace((unsigned char)line->value[1]));
    while (length < line->length && (isalpha((unsigned char)line->value[length]) ||
                                     line->value[length] == '-' || line->value[length] == '_'))
        length++;
    return length && length == strlen(agent) && strncasecmp(line->value, agent, length) == 0;
}

static bool has_group(struct reader reader, const char *agent)
{
    struct line line;
    while (next_line(&reader, &line))
        if (line.key == KEY_AGENT && names_agent(&line, agent))
            return true;
    return false;
}

/* Seconds and perhaps a fraction; -1: nonsense. */
static int64_t read_delay(const char *text, size_t length)
{
    int64_t seconds = 0;
    int64_t fraction = 0;
    int64_t unit = NSEC_PER_SEC;
    size_t i = 0;
    for (; i < length && isdigit((unsigned char)text[i]); i++)
        if (seconds < DELAY_LONGEST_S)
            seconds = seconds * 10 + (text[i] - '0');
    bool digits = i > 0;
    if (i < length && text[i] == '.')
        for (i++; i < length && isdigit((unsigned char)text[i]); i++) {
            unit /= 10;
            fraction += unit * (text[i] - '0');
            digits = true;
        }
    if (!digits || i < length)
        return -1;
    return seconds < DELAY_LONGEST_S ? seconds * NSEC_PER_SEC + fraction
                                     : DELAY_LONGEST_S * NSEC_PER_SEC;
}

/* An empty pattern matches nothing. */
static void add_rule(struct robots *robots, const struct line *line)
{
    struct rule *rule = &robots->rules[robots->rule_count];
    if (line->length == 0)
        return;
    rule->pattern = robots->used;
    rule->length =
        pattern_spell_rule(robots->text + robots->used, line->value, line->length, &rule->ends);
    rule->weight = rule->length + rule->ends;
    rule->line = line->number;
    rule->allow = line->key == KEY_ALLOW;
    robots->used += rule->length;
    robots->text[robots->used++] = '\0';
    robots->rule_count++;
}

static void add_sitemap(struct robots *robots, const struct line *line)
{
    if (line->length == 0 || memchr(line->value, '\0', line->length))
        return;
    robots->sitemaps[robots->sitemap_count++] = robots->used;
    memcpy(robots->text + robots->used, line->value, line->length);
    robots->used += line->length;
    robots->text[robots->used++] = '\0';
}

static void add_delay(struct robots *robots, const struct line *line)
{
    int64_t delay = read_delay(line->value, line->length);
    if (delay > robots->delay)
        robots->delay = delay;
}

/* Rules belong to the agents named in a row before them. Nothing but rules ends that row: other
 * lines "MUST NOT interfere" (section 2.2.4). */
static void read_groups(struct robots *robots, struct reader reader, const char *agent)
{
    struct line line;
    bool ours = false;
    bool in_rules = false;
    while (next_line(&reader, &line)) {
        if (line.key == KEY_AGENT) {
            ours = (ours && !in_rules) || names_agent(&line, agent);
            in_rules = false;
        } else if (line.key == KEY_SITEMAP) {
            add_sitemap(robots, &line);
        } else if (line.key == KEY_DELAY) {
            if (ours)
                add_delay(robots, &line);
        } else {
            in_rules = true;
            if (ours)
                add_rule(robots, &line);
        }
    }
}

/* The heaviest first, of equal ones those that allow, then as in the file: so the first that
 * matches decides. */
static int compare_rules(const void *left, const void *right)
{
    const struct rule *a = left;
    const struct rule *b = right;
    if (a->weight != b->weight)
        return a->weight < b->weight ? 1 : -1;
    if (a->allow != b->allow)
        return a->allow ? -1 : 1;
    return a->line < b->line ? -1 : a->line > b->line;
}

/* Lines that can be rules or sitemaps, at most. */
static size_t count_lines(struct reader reader)
{
    struct line line;
    size_t count = 0;
    while (next_line(&reader, &line))
        count++;
    return count;
}

/* What is kept for a host is no more than it takes. */
static void shrink(void **block, size_t size)
{
    void *smaller = realloc(*block, size ? size : 1);
    if (smaller)
        *block = smaller;
}

static void shrink_all(struct robots *robots)
{
    void *text = robots->text;
    void *rules = robots->rules;
    void *sitemaps = robots->sitemaps;
    shrink(&text, robots->used);
    shrink(&rules, robots->rule_count * sizeof *robots->rules);
    shrink(&sitemaps, robots->sitemap_count * sizeof *robots->sitemaps);
    robots->text = text;
    robots->rules = rules;
    robots->sitemaps = sitemaps;
}

struct robots *robots_parse(const char *text, size_t size, const char *agent)
{
    struct reader reader = open_text(text, size);
    size_t lines = count_lines(reader);
    struct robots *robots = calloc(1, sizeof *robots);
    if (!robots)
        return NULL;
    robots->delay = -1;
    /* A byte may become a triplet; a NUL takes the place of the line's end, or of its colon. */
    robots->text = malloc(3 * (size_t)(reader.end - reader.at) + 1);
    robots->rules = malloc((lines + 1) * sizeof *robots->rules);
    robots->sitemaps = malloc((lines + 1) * sizeof *robots->sitemaps);
    if (!robots->text || !robots->rules || !robots->sitemaps) {
        robots_free(robots);
        return NULL;
    }
    read_groups(robots, reader, has_group(reader, agent) ? agent : "*");
    qsort(robots->rules, robots->rule_count, sizeof *robots->rules, compare_rules);
    shrink_all(robots);
    return robots;
}

void robots_free(struct robots *robots)
{
    if (!robots)
        return;
    free(robots->text);
    free(robots->rules);
    free(robots->sitemaps);
    free(robots);
}

/* The first rule that matches; NULL: none. *work is what may be spent, and is 0 where it did not
 * suffice. */
static const struct rule *find_rule(const struct robots *robots, const char *path, size_t length,
                                    size_t *work)
{
    for (size_t i = 0; i < robots->rule_count; i++) {
        const struct rule *rule = &robots->rules[i];
        const char *pattern = robots->text + rule->pattern;
        size_t cost = rule->length + (memchr(pattern, '*', rule->length) ? length : 0);
        if (cost > *work) {
            *work = 0;
            return NULL;
        }
        *work -= cost;
        if (pattern_matches(pattern, rule->length, rule->ends, path, length))
            return rule;
    }
    return NULL;
}

static bool find_allows(const struct robots *robots, const char *path, size_t length,
                        struct robots_rule *found)
{
    size_t work = WORK_MAX;
    const struct rule *rule = find_rule(robots, path, length, &work);
    if (rule)
        *found = (struct robots_rule){rule->allow, rule->line, robots->text + rule->pattern};
    else
        *found = (struct robots_rule){work > 0, 0, ""};
    return found->allow;
}

bool robots_allows(const struct robots *robots, const char *path, size_t length,
                   struct robots_rule *rule)
{
    static const char own[] = "/robots.txt";
    struct robots_rule ignored;
    char few[1024];
    if (!rule)
        rule = &ignored;
    *rule = (struct robots_rule){true, 0, ""};
    if (length == sizeof own - 1 && memcmp(path, own, length) == 0)
        return true;
    char *spelt = length <= sizeof few / 3 ? few : malloc(3 * length);
    rule->allow = false;
    if (!spelt)
        return false; /* better than what nobody allowed */
    size_t size = pattern_spell_path(spelt, path, length);
    bool allowed = find_allows(robots, spelt, size, rule);
    if (spelt != few)
        free(spelt);
    return allowed;
}

int64_t robots_delay(const struct robots *robots)
{
    return robots->delay;
}

size_t robots_sitemap_count(const struct robots *robots)
{
    return robots->sitemap_count;
}

const char *robots_sitemap(const struct robots *robots, size_t index)
{
    return robots->text + robots->sitemaps[index];
}
