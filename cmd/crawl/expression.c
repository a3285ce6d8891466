#define PCRE2_CODE_UNIT_WIDTH 8
#include "cmd/crawl/expression.h"

#include <errno.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    STEPS_MAX = 200000,   /* some milliseconds */
    MEMORY_MAX_KIB = 4096 /* for going back */
};

struct expression {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *limits;
};

static void explain(char **why, const char *pattern, int code, size_t offset)
{
    PCRE2_UCHAR message[128];
    if (pcre2_get_error_message(code, message, sizeof message) < 0)
        message[0] = '\0';
    if (asprintf(why, "%s at byte %zu of '%s'", (const char *)message, offset, pattern) < 0)
        *why = NULL;
}

int expression_new(struct expression **made, const char *pattern, char **why)
{
    int code;
    size_t offset;
    struct expression *expression = calloc(1, sizeof *expression);
    *why = NULL;
    if (!expression)
        return -ENOMEM;
    expression->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                                     PCRE2_DOLLAR_ENDONLY, &code, &offset, NULL);
    if (!expression->code) {
        expression_free(expression);
        if (code == PCRE2_ERROR_HEAP_FAILED)
            return -ENOMEM;
        explain(why, pattern, code, offset);
        return -EINVAL;
    }
    expression->data = pcre2_match_data_create(1, NULL); /* only whether, not where */
    expression->limits = pcre2_match_context_create(NULL);
    if (!expression->data || !expression->limits) {
        expression_free(expression);
        return -ENOMEM;
    }
    /* These cannot fail. */
    (void)pcre2_set_match_limit(expression->limits, STEPS_MAX);
    (void)pcre2_set_heap_limit(expression->limits, MEMORY_MAX_KIB);
    *made = expression;
    return 0;
}

void expression_free(struct expression *expression)
{
    if (!expression)
        return;
    pcre2_code_free(expression->code);
    pcre2_match_data_free(expression->data);
    pcre2_match_context_free(expression->limits);
    free(expression);
}

int expression_find(struct expression *expression, const char *text, size_t length)
{
    int found = pcre2_match(expression->code, (PCRE2_SPTR)text, length, 0, 0, expression->data,
                            expression->limits);
    if (found == PCRE2_ERROR_NOMATCH)
        return 0;
    return found >= 0 ? 1 : -E2BIG;
}
