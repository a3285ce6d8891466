#include "cmd/crawl/why.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int why_open(struct why *why, struct url_resolver *resolver, const char *url)
{
    struct url_resolved resolved;
    const char *reason;
    *why = (struct why){0};
    if (!url)
        return 0;
    int error = url_resolve(resolver, &resolved, url, strlen(url), &reason);
    if (error == -ENOMEM)
        return error;
    if (!error) /* as links are followed */
        url_resolver_drop_login(resolver, &resolved);
    /* What is no URL a page may have as well. */
    why->url = error ? strdup(url) : strndup(resolved.text, resolved.length);
    why->length = why->url ? strlen(why->url) : 0;
    return why->url ? 0 : -ENOMEM;
}

void why_close(struct why *why)
{
    free(why->url);
    free(why->admitted.page);
    free(why->refused.page);
    free(why->end);
    *why = (struct why){0};
}

/* Memory that runs out leaves the page untold. */
static void keep_first(struct why_verdict *verdict, const struct why_place *place, const char *rule)
{
    if (verdict->rule)
        return;
    verdict->rule = rule;
    verdict->place = *place;
    verdict->page = place->page ? strdup(place->page) : NULL;
    verdict->place.page = verdict->page;
}

void why_admit(struct why *why, const char *url, size_t length, const struct why_place *place,
               const char *rule)
{
    if (why_is(why, url, length))
        keep_first(&why->admitted, place, rule);
}

void why_refuse(struct why *why, const char *url, size_t length, const struct why_place *place,
                const char *rule)
{
    if (why_is(why, url, length))
        keep_first(&why->refused, place, rule);
}

void why_bar(struct why *why, const char *url, const char *rule)
{
    if (why->url && strcmp(why->url, url) == 0)
        why->rule = rule;
}

void why_end(struct why *why, const char *url, const char *end)
{
    if (!why->url || strcmp(why->url, url) != 0)
        return;
    free(why->end);
    why->end = strdup(end);
}

static void write_verdict(FILE *out, const char *word, const struct why_verdict *verdict,
                          const char *rule)
{
    const struct why_place *place = &verdict->place;
    fprintf(out, "%s: %s", word, rule);
    if (place->page && place->redirect)
        fprintf(out, "; %s redirects to it", place->page);
    else if (place->page && place->line)
        fprintf(out, "; linked by line %" PRIu32 " of %s", place->line, place->page);
    else if (place->page)
        fprintf(out, "; linked by %s", place->page);
}

static void write_answer(FILE *out, const struct why *why, const char *bound)
{
    if (why->rule) {
        write_verdict(out, "kept out", &why->admitted, why->rule);
    } else if (why->admitted.rule) {
        write_verdict(out, "let in", &why->admitted, why->admitted.rule);
        fprintf(out, "; %s", why->end ? why->end : "not fetched");
        if (!why->end && bound)
            fprintf(out, ": %s", bound);
    } else if (why->refused.rule) {
        write_verdict(out, "kept out", &why->refused, why->refused.rule);
    } else {
        fprintf(out, "nothing links to it");
        if (bound)
            fprintf(out, " on the pages read before %s ended it", bound);
    }
}

char *why_text(const struct why *why, const char *bound)
{
    char *text = NULL;
    size_t size;
    FILE *out = why->url ? open_memstream(&text, &size) : NULL;
    if (!out)
        return NULL;
    fprintf(out, "--why %s: ", why->url);
    write_answer(out, why, bound);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}
