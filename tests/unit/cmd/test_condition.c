/* condition.h: what is asked for, and what each answer means for what is there. */
#include "cmd/get/condition.h"

#include "cmd/get/judge.h"
#include "engine/deadline.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DATE "Sun, 06 Nov 1994 08:49:37 GMT"
#define WHEN INT64_C(784111777)

static struct resume part_of(const char *etag, const char *last_modified, int64_t total)
{
    struct resume resume = {.date_is_strong = *last_modified, .total = total};
    snprintf(resume.validators.etag, sizeof resume.validators.etag, "%s", etag);
    snprintf(resume.validators.last_modified, sizeof resume.validators.last_modified, "%s",
             last_modified);
    return resume;
}

static struct transfer_result answer(int status)
{
    return (struct transfer_result){
        .status = status,
        .headers_complete = true,
        .range = CONTENT_RANGE_NONE,
        .last_modified = -1,
    };
}

static void the_rest(void **state)
{
    (void)state;
    struct condition condition;
    struct resume resume = part_of("\"v1\"", DATE, 1000);
    condition_of_part(&condition, &resume, 400, 0);
    assert_int_equal(condition.kind, CONDITION_REST);
    assert_string_equal(condition.lines.if_range, "\"v1\"");
    assert_null(condition.lines.if_none_match);
    assert_null(condition.lines.if_modified_since);
    assert_int_equal(condition.lines.first, 400);
    assert_int_equal(condition.lines.end, 0);
    resume = part_of("W/\"v1\"", DATE, 1000);
    condition_of_part(&condition, &resume, 400, 0);
    assert_string_equal(condition.lines.if_range, DATE);
}

static void all_of_it(void **state)
{
    (void)state;
    struct condition condition;
    struct resume resume = part_of("\"v1\"", DATE, 1000);
    condition_of_part(&condition, &resume, 1000, 0);
    assert_int_equal(condition.kind, CONDITION_WHOLE);
    assert_string_equal(condition.lines.if_none_match, "\"v1\"");
    assert_string_equal(condition.lines.if_modified_since, DATE);
    assert_null(condition.lines.if_range);
    assert_int_equal(condition.lines.first, 0);
}

static void a_file(void **state)
{
    (void)state;
    struct condition condition;
    struct known known = {
        .outcome = OUTCOME_OK,
        .size = 10,
        .mtime_ns = 5,
        .etag = "W/\"v1\"",
        .last_modified = DATE,
    };
    condition_of_file(&condition, &known, 10, 5);
    assert_int_equal(condition.kind, CONDITION_CHANGED);
    assert_string_equal(condition.lines.if_none_match, "W/\"v1\"");
    assert_string_equal(condition.lines.if_modified_since, DATE);
    assert_ptr_equal(condition_lines(&condition), &condition.lines);
    /* Somebody has written to it. */
    condition_of_file(&condition, &known, 11, 5);
    assert_int_equal(condition.kind, CONDITION_NONE);
    assert_null(condition_lines(&condition));
    condition_of_file(&condition, &known, 10, 6);
    assert_int_equal(condition.kind, CONDITION_NONE);
    known.etag = known.last_modified = NULL;
    condition_of_file(&condition, &known, 10, 5);
    assert_int_equal(condition.kind, CONDITION_NONE);
    known.settled = true;
    condition_of_file(&condition, &known, 10, 5);
    assert_int_equal(condition.kind, CONDITION_SETTLED);
    condition_of_file(&condition, &known, 10, 6);
    assert_int_equal(condition.kind, CONDITION_NONE);
}

static void a_file_whose_record_may_be_lost(void **state)
{
    (void)state;
    struct condition condition;
    struct known known = {.outcome = OUTCOME_NOT_TRIED, .size = -1, .mtime_ns = -1};
    condition_of_file(&condition, &known, 10, WHEN * NSEC_PER_SEC + 7);
    assert_int_equal(condition.kind, CONDITION_NONE);
    condition_of_file(&condition, &known, 10, WHEN * NSEC_PER_SEC);
    assert_int_equal(condition.kind, CONDITION_CHANGED);
    assert_null(condition.lines.if_none_match);
    assert_string_equal(condition.lines.if_modified_since, DATE);
    condition_of_file(&condition, &known, 10, -5 * NSEC_PER_SEC);
    assert_int_equal(condition.kind, CONDITION_NONE);
}

static enum answer rest(struct resume resume, struct transfer_result result)
{
    struct condition condition;
    condition_of_part(&condition, &resume, 400, 0);
    return condition_answer(&condition, &result);
}

static void answers_to_the_rest(void **state)
{
    (void)state;
    struct resume resume = part_of("\"v1\"", "", 1000);
    struct transfer_result result = answer(206);
    result.range = (struct content_range){400, 999, 1000};
    assert_int_equal(rest(resume, result), ANSWER_REST);
    snprintf(result.validators.etag, sizeof result.validators.etag, "%s", "\"v1\"");
    snprintf(result.validators.last_modified, sizeof result.validators.last_modified, "%s", DATE);
    assert_int_equal(rest(resume, result), ANSWER_REST);
    result.range.last = 500; /* less than asked for is some of it */
    assert_int_equal(rest(resume, result), ANSWER_REST);
    result.range.total = -1;
    assert_int_equal(rest(resume, result), ANSWER_REST);

    struct transfer_result wrong = result;
    wrong.range.first = 399;
    assert_int_equal(rest(resume, wrong), ANSWER_MISFIT);
    wrong = result;
    wrong.range = CONTENT_RANGE_NONE;
    assert_int_equal(rest(resume, wrong), ANSWER_MISFIT);
    wrong = result;
    wrong.range.total = 1001;
    assert_int_equal(rest(resume, wrong), ANSWER_MISFIT);
    wrong = result;
    wrong.encoded = true;
    assert_int_equal(rest(resume, wrong), ANSWER_MISFIT);
    snprintf(result.validators.etag, sizeof result.validators.etag, "%s", "\"v2\"");
    assert_int_equal(rest(resume, result), ANSWER_MISFIT);
    resume = part_of("", "Sat, 05 Nov 1994 08:49:37 GMT", 1000);
    result.validators.etag[0] = '\0';
    assert_int_equal(rest(resume, result), ANSWER_MISFIT);

    assert_int_equal(rest(resume, answer(200)), ANSWER_NORMAL);
    assert_int_equal(rest(resume, answer(304)), ANSWER_NORMAL);
    assert_int_equal(rest(resume, answer(404)), ANSWER_NORMAL);
}

static void refused_ranges(void **state)
{
    (void)state;
    struct transfer_result result = answer(416);
    struct resume resume = part_of("\"v1\"", "", -1);
    assert_int_equal(rest(resume, result), ANSWER_MISFIT);
    result.range.total = 400;
    assert_int_equal(rest(resume, result), ANSWER_WHOLE);
    snprintf(result.validators.etag, sizeof result.validators.etag, "%s", "\"v2\"");
    assert_int_equal(rest(resume, result), ANSWER_MISFIT);
    resume.total = 1000;
    result.validators.etag[0] = '\0';
    assert_int_equal(rest(resume, result), ANSWER_MISFIT);
}

static enum verdict verdict(const struct condition *condition, int status)
{
    char reason[200];
    struct transfer_result result = answer(status);
    return judge(condition, &result, reason, sizeof reason);
}

static void verdicts(void **state)
{
    (void)state;
    struct condition condition;
    struct resume resume = part_of("\"v1\"", "", 1000);
    condition_none(&condition);
    assert_int_equal(verdict(&condition, 200), VERDICT_OK);
    assert_int_equal(verdict(&condition, 206), VERDICT_FAILED);
    assert_int_equal(verdict(&condition, 304), VERDICT_FAILED);
    assert_int_equal(verdict(&condition, 416), VERDICT_FAILED);
    condition_of_part(&condition, &resume, 1000, 0);
    assert_int_equal(verdict(&condition, 200), VERDICT_OK);
    assert_int_equal(verdict(&condition, 206), VERDICT_FAILED);
    assert_int_equal(verdict(&condition, 304), VERDICT_UNCHANGED);
    assert_int_equal(verdict(&condition, 416), VERDICT_FAILED);
    condition_of_part(&condition, &resume, 400, 0);
    assert_int_equal(verdict(&condition, 200), VERDICT_OK);
    assert_int_equal(verdict(&condition, 206), VERDICT_AGAIN);
    assert_int_equal(verdict(&condition, 304), VERDICT_FAILED);
    assert_int_equal(verdict(&condition, 416), VERDICT_AGAIN);
    assert_int_equal(verdict(&condition, 503), VERDICT_RETRY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rest),
        cmocka_unit_test(all_of_it),
        cmocka_unit_test(a_file),
        cmocka_unit_test(a_file_whose_record_may_be_lost),
        cmocka_unit_test(answers_to_the_rest),
        cmocka_unit_test(refused_ranges),
        cmocka_unit_test(verdicts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
