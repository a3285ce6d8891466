#include "cmd/get/outcome.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* What stands in for a reason when there is no memory to tell the true one. Never freed. */
static char no_memory[] = "out of memory";

static void forget_error(struct outcome *outcome)
{
    if (outcome->error != no_memory)
        free(outcome->error);
    outcome->error = NULL;
}

void outcome_clear(struct outcome *outcome)
{
    forget_error(outcome);
    free(outcome->final_url);
    free(outcome->moved);
    free(outcome->remarks);
    free(outcome->path);
    free(outcome->name);
    free(outcome->etag);
    free(outcome->last_modified);
    free(outcome->checksum);
    *outcome = (struct outcome){0};
}

void outcome_fail(struct outcome *outcome, const char *format, ...)
{
    va_list args;
    char *reason;
    va_start(args, format);
    if (vasprintf(&reason, format, args) < 0)
        reason = no_memory;
    va_end(args);
    forget_error(outcome);
    outcome->error = reason;
    outcome->kind = OUTCOME_FAILED;
}

void outcome_refuse(struct outcome *outcome, const char *option, const char *problem)
{
    if (option)
        outcome_fail(outcome, "option %s: %s", option, problem);
    else
        outcome_fail(outcome, "%s", problem);
}

void outcome_remark(struct outcome *outcome, const char *format, ...)
{
    va_list args;
    char *line;
    char *all;
    va_start(args, format);
    if (vasprintf(&line, format, args) < 0)
        line = NULL;
    va_end(args);
    const char *before = outcome->remarks;
    if (line && asprintf(&all, "%s%s%s", before ? before : "", before ? "\n" : "", line) >= 0) {
        free(outcome->remarks);
        outcome->remarks = all;
    }
    free(line);
}
