#include "cmd/crawl/tally.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

const char *tally_word(int reason)
{
    switch (reason) {
    case TALLY_ROBOTS:
        return "robots.txt";
    case TALLY_NOFOLLOW:
        return "nofollow";
    case TALLY_BROKEN_URL:
        return "no URL";
    case TALLY_REDIRECTS:
        return "too many redirects";
    case TALLY_OTHER_SCHEME:
        return "another scheme";
    default:
        break;
    }
    return reason >= TALLY_TRAP ? trap_rule_word((enum trap_rule)(reason - TALLY_TRAP))
                                : scope_rule_word((enum scope_rule)reason);
}

/* mailto: and its like were never to be followed. */
static bool is_told(const struct tally *tally, int reason)
{
    return tally->refused[reason] > 0 && reason != TALLY_OTHER_SCHEME;
}

char *tally_text(const struct tally *tally)
{
    char *text = NULL;
    size_t size;
    uint64_t total = 0;
    for (int i = SCOPE_ADMITTED; i < TALLY_REASONS; i++)
        total += is_told(tally, i) ? tally->refused[i] : 0;
    FILE *out = total ? open_memstream(&text, &size) : NULL;
    if (!out)
        return NULL;
    fprintf(out, "%" PRIu64 " link%s not followed:", total, total == 1 ? "" : "s");
    const char *separator = "";
    for (int i = SCOPE_ADMITTED; i < TALLY_REASONS; i++) {
        if (!is_told(tally, i))
            continue;
        fprintf(out, "%s %" PRIu64 " %s", separator, tally->refused[i], tally_word(i));
        separator = ",";
    }
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}
