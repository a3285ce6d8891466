/* A robots.txt, and before its first newline the path that is asked about. */
#include "net/robots/pattern.h"
#include "net/robots/robots.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

/* As pattern_matches(), the slow way: how far each prefix of the rule may reach. */
static bool matches_slowly(const char *rule, size_t rule_length, bool ends, const char *path,
                           size_t path_length)
{
    bool reached[257] = {true};
    for (size_t i = 0; i < rule_length; i++)
        for (size_t j = path_length + 1; j-- > 0;)
            if (rule[i] == '*') {
                bool any = false;
                for (size_t k = 0; k <= j && !any; k++)
                    any = reached[k];
                reached[j] = any;
            } else {
                reached[j] = j > 0 && reached[j - 1] && path[j - 1] == rule[i];
            }
    if (ends)
        return reached[path_length];
    for (size_t j = 0; j <= path_length; j++)
        if (reached[j])
            return true;
    return false;
}

static void check_spelling(const char *path, size_t length)
{
    char *once = malloc(3 * length + 1);
    char *twice = malloc(9 * length + 1);
    MUST(once && twice);
    size_t size = pattern_spell_path(once, path, length);
    MUST(size <= 3 * length);
    MUST(pattern_spell_path(twice, once, size) == size && memcmp(once, twice, size) == 0);
    free(once);
    free(twice);
}

static void check_pattern(const char *rule, size_t rule_length, const char *path, size_t length)
{
    bool ends;
    char spelt[256 * 3];
    if (rule_length > 80 || length > 256)
        return;
    size_t size = pattern_spell_rule(spelt, rule, rule_length, &ends);
    MUST(pattern_matches(spelt, size, ends, path, length) ==
         matches_slowly(spelt, size, ends, path, length));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = (const char *)data;
    const char *newline = size ? memchr(path, '\n', size) : NULL;
    size_t length = newline ? (size_t)(newline - path) : size;
    const char *text = newline ? newline + 1 : path + size;
    size_t text_size = size - (size_t)(text - path);
    struct robots *robots = robots_parse(text, text_size, "fetch");
    struct robots_rule rule;
    MUST(robots);
    bool allowed = robots_allows(robots, path, length, &rule);
    MUST(allowed == rule.allow && rule.pattern);
    MUST(allowed || rule.line > 0);
    MUST(robots_delay(robots) >= -1);
    for (size_t i = 0; i < robots_sitemap_count(robots); i++)
        MUST(*robots_sitemap(robots, i));
    robots_free(robots);
    check_spelling(path, length);
    const char *end = memchr(text, '\n', text_size);
    check_pattern(text, end ? (size_t)(end - text) : text_size, path, length);
    return 0;
}
