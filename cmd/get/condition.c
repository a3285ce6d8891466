#include "cmd/get/condition.h"

#include "engine/deadline.h"
#include "net/http/date.h"
#include <string.h>

static const char *unless_empty(const char *text)
{
    return text && *text ? text : NULL;
}

void condition_none(struct condition *condition)
{
    condition->kind = CONDITION_NONE;
    condition->resume = NULL;
    condition->lines = (struct transfer_condition){0};
}

static void ask_if_changed(struct condition *condition, enum condition_kind kind, const char *etag,
                           const char *last_modified)
{
    condition->kind = kind;
    condition->lines.if_none_match = unless_empty(etag);
    condition->lines.if_modified_since = unless_empty(last_modified);
}

void condition_of_part(struct condition *condition, const struct resume *resume, int64_t position,
                       int64_t end)
{
    condition_none(condition);
    condition->resume = resume;
    if (position == resume->total) {
        ask_if_changed(condition, CONDITION_WHOLE, resume->validators.etag,
                       resume->validators.last_modified);
        return;
    }
    condition->kind = CONDITION_REST;
    condition->lines.first = position;
    condition->lines.end = end;
    condition->lines.if_range = resume_validator(resume);
}

void condition_of_file(struct condition *condition, const struct known *known, int64_t size,
                       int64_t mtime_ns)
{
    condition_none(condition);
    if (known->outcome == OUTCOME_NOT_TRIED) {
        /* Published, perhaps, and the record lost: then it has the server's time, in seconds. */
        if (mtime_ns % NSEC_PER_SEC == 0 &&
            http_date_format(condition->date, mtime_ns / NSEC_PER_SEC))
            ask_if_changed(condition, CONDITION_CHANGED, NULL, condition->date);
        return;
    }
    if (known->size != size || known->mtime_ns != mtime_ns)
        return;
    if (unless_empty(known->etag) || unless_empty(known->last_modified))
        ask_if_changed(condition, CONDITION_CHANGED, known->etag, known->last_modified);
    else if (known->settled)
        condition->kind = CONDITION_SETTLED;
}

const struct transfer_condition *condition_lines(const struct condition *condition)
{
    return condition->kind == CONDITION_NONE ? NULL : &condition->lines;
}

/* A validator that is not sent says nothing against it. */
static bool agrees(const char *ours, const char *theirs)
{
    return !*ours || !*theirs || strcmp(ours, theirs) == 0;
}

/* The answer may come from a server that takes no notice of If-Range, or from a cache that mixes
 * up files. */
static bool is_same_file(const struct resume *resume, const struct transfer_result *result)
{
    return agrees(resume->validators.etag, result->validators.etag) &&
           agrees(resume->validators.last_modified, result->validators.last_modified);
}

static bool rest_fits(const struct condition *condition, const struct transfer_result *result)
{
    int64_t total = condition->resume->total;
    const struct content_range *range = &result->range;
    if (result->encoded || range->first != condition->lines.first)
        return false;
    if (total >= 0 && range->total >= 0 && range->total != total)
        return false;
    return is_same_file(condition->resume, result);
}

/* A file that was taken for a published one without a record, only because of its time: is that
 * another than the server's? It need not be sent. */
static bool is_foreign(const struct condition *condition, const struct transfer_result *result)
{
    const char *date = result->validators.last_modified;
    if (condition->lines.if_modified_since != condition->date || !*date)
        return false;
    return http_date_parse(date, strlen(date)) !=
           http_date_parse(condition->date, strlen(condition->date));
}

enum answer condition_answer(const struct condition *condition,
                             const struct transfer_result *result)
{
    bool asked_if_changed =
        condition->kind == CONDITION_CHANGED || condition->kind == CONDITION_WHOLE;
    if (result->status == 304 && asked_if_changed)
        return is_foreign(condition, result) ? ANSWER_MISFIT : ANSWER_UNCHANGED;
    if (condition->kind != CONDITION_REST)
        return ANSWER_NORMAL;
    if (result->status == 206)
        return rest_fits(condition, result) ? ANSWER_REST : ANSWER_MISFIT;
    if (result->status != 416)
        return ANSWER_NORMAL;
    bool just_so = result->range.total == condition->lines.first && condition->resume->total < 0;
    return just_so && is_same_file(condition->resume, result) ? ANSWER_WHOLE : ANSWER_MISFIT;
}
