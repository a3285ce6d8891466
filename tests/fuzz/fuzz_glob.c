/* A pattern and, behind a newline, a name: fnmatch() says the same. */
#include "cmd/crawl/glob.h"
#include "tests/fuzz/fuzz.h"
#include <fnmatch.h>
#include <string.h>

/* Sets are left out (fnmatch() knows classes, and the locale), and what takes it too long. */
static bool is_comparable(struct glob_text pattern, struct glob_text name)
{
    return pattern.length < 16 && name.length < 32 && !memchr(pattern.bytes, '[', pattern.length) &&
           !memchr(pattern.bytes, '\0', pattern.length) && !memchr(name.bytes, '\0', name.length) &&
           (!pattern.length || pattern.bytes[pattern.length - 1] != '\\');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *newline = size ? memchr(text, '\n', size) : NULL;
    if (!newline)
        return 0;
    struct glob_text pattern = {text, (size_t)(newline - text)};
    struct glob_text name = {newline + 1, size - pattern.length - 1};
    bool matches = glob_matches(pattern, name);
    bool leads = glob_leads_to(pattern, name);
    MUST(!matches || glob_is_pattern(text, pattern.length) || memchr(text, '\\', pattern.length) ||
         pattern.length == name.length);
    if (!is_comparable(pattern, name))
        return 0;
    char *whole_pattern = strndup(pattern.bytes, pattern.length);
    char *whole_name = strndup(name.bytes, name.length);
    MUST(matches == (fnmatch(whole_pattern, whole_name, 0) == 0));
    /* An escaped slash behind a star is another thing to it than a slash. */
    MUST(memchr(text, '\\', pattern.length) ||
         leads == (fnmatch(whole_pattern, whole_name, FNM_PATHNAME | FNM_LEADING_DIR) == 0));
    free(whole_pattern);
    free(whole_name);
    return 0;
}
