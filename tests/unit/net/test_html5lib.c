/* The tokenizer tests of html5lib-tests, where they lie beside the tree: every file, every initial
 * state, and every input fed at once, byte by byte, and in pieces of chance. */
#include "tests/unit/net/unit.h"

#include "net/html/tokenizer.h"
#include "net/html/value.h"
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is not as there, and why:
 * - DOCTYPE tokens: a doctype is passed over, since nobody asks for it. Where it ends is tested by
 *   what comes behind it.
 * - text and comments come as they were written; what replaces CR, NUL and references is done here.
 * - doubleEscaped tests are left out: they are about lone surrogates, which UTF-8 has not. */

struct result {
    json_t *tokens;
    char text[4096]; /* of the run that goes on, raw */
    size_t text_length;
    uint64_t text_end;
    enum html_mode mode;
    char comment[4096];
    size_t comment_length;
};

static json_t *string_of(const char *text, size_t length)
{
    json_t *string = json_stringn(text, length);
    assert_non_null(string);
    return string;
}

/* Raw bytes without references: CR LF and CR are LF; `nul` stands for NUL. */
static size_t normalise(const char *raw, size_t length, const char *nul, size_t nul_size, char *out)
{
    size_t made = 0;
    for (size_t i = 0; i < length; i++) {
        if (raw[i] == '\r') {
            i += i + 1 < length && raw[i + 1] == '\n';
            out[made++] = '\n';
        } else if (raw[i] == '\0') {
            memcpy(out + made, nul, nul_size);
            made += nul_size;
        } else {
            out[made++] = raw[i];
        }
    }
    return made;
}

static size_t read_text(const struct result *result, char *out)
{
    const char *raw = result->text, *end = raw + result->text_length;
    bool keeps_nul = result->mode == HTML_DATA || result->mode == HTML_CDATA;
    size_t made = 0;
    if (result->mode != HTML_DATA && result->mode != HTML_RCDATA)
        return normalise(raw, result->text_length, keeps_nul ? "" : "\xef\xbf\xbd",
                         keeps_nul ? 1 : 3, out);
    while (raw < end) {
        const char *nul = keeps_nul ? memchr(raw, '\0', (size_t)(end - raw)) : NULL;
        const char *stop = nul ? nul : end;
        made +=
            html_value_decode(raw, (size_t)(stop - raw), HTML_IN_TEXT, out + made, 16384 - made);
        if (nul)
            out[made++] = '\0';
        raw = stop + (nul != NULL);
    }
    return made;
}

/* Adjacent texts are one token. */
static void add_text(json_t *tokens, const char *text, size_t length)
{
    json_t *last = json_array_get(tokens, json_array_size(tokens) - 1);
    if (length == 0)
        return;
    if (last && strcmp(json_string_value(json_array_get(last, 0)), "Character") == 0) {
        json_t *before = json_array_get(last, 1);
        char joined[32768];
        size_t size = json_string_length(before);
        memcpy(joined, json_string_value(before), size);
        memcpy(joined + size, text, length);
        json_array_set_new(last, 1, string_of(joined, size + length));
        return;
    }
    json_array_append_new(tokens, json_pack("[so]", "Character", string_of(text, length)));
}

static void end_text(struct result *result)
{
    char text[16384];
    add_text(result->tokens, text, read_text(result, text));
    result->text_length = 0;
}

static void take_text(void *arg, const struct html_text *text)
{
    struct result *result = arg;
    if (text->offset != result->text_end || text->mode != result->mode)
        end_text(result);
    result->mode = text->mode;
    result->text_end = text->offset + text->length;
    assert_true(result->text_length + text->length <= sizeof result->text);
    memcpy(result->text + result->text_length, text->at, text->length);
    result->text_length += text->length;
}

static void take_start_tag(void *arg, const struct html_tag *tag)
{
    struct result *result = arg;
    json_t *attributes = json_object();
    end_text(result);
    for (size_t i = 0; i < tag->count; i++) {
        const struct html_attribute *attribute = &tag->attributes[i];
        char name[HTML_NAME_MAX + 1], value[16384];
        snprintf(name, sizeof name, "%.*s", (int)attribute->name_length, attribute->name);
        size_t length = html_value_decode(attribute->value, attribute->value_length,
                                          HTML_IN_ATTRIBUTE, value, sizeof value);
        json_object_set_new(attributes, name, string_of(value, length));
    }
    json_t *token =
        json_pack("[soo]", "StartTag", string_of(tag->name, tag->name_length), attributes);
    if (tag->self_closing)
        json_array_append_new(token, json_true());
    json_array_append_new(result->tokens, token);
}

static void take_end_tag(void *arg, const struct html_tag *tag)
{
    struct result *result = arg;
    end_text(result);
    json_array_append_new(result->tokens,
                          json_pack("[so]", "EndTag", string_of(tag->name, tag->name_length)));
}

static void take_comment(void *arg, const char *data, size_t size, bool last)
{
    struct result *result = arg;
    char comment[16384];
    end_text(result);
    memcpy(result->comment + result->comment_length, data, size);
    result->comment_length += size;
    if (!last)
        return;
    size_t length = normalise(result->comment, result->comment_length, "\xef\xbf\xbd", 3, comment);
    json_array_append_new(result->tokens, json_pack("[so]", "Comment", string_of(comment, length)));
    result->comment_length = 0;
}

static const struct html_handler handler = {
    .start_tag = take_start_tag,
    .end_tag = take_end_tag,
    .text = take_text,
    .text_modes = ~0U,
    .comment = take_comment,
};

enum { AT_ONCE, BY_BYTE, BY_CHANCE, WAYS };

static json_t *tokens_of(const char *input, size_t length, enum html_mode mode, const char *name,
                         int way)
{
    struct result result = {.tokens = json_array()};
    struct html_tokenizer *tokenizer = html_tokenizer_new(&handler, &result);
    assert_non_null(tokenizer);
    html_tokenizer_begin(tokenizer, mode, name);
    for (size_t done = 0; done < length;) {
        size_t left = length - done;
        size_t size = way == AT_ONCE ? left : way == BY_BYTE ? 1 : 1 + (size_t)rand() % left;
        /* A copy of exactly its size that is gone afterwards. */
        char *chunk = malloc(size);
        memcpy(chunk, input + done, size);
        html_tokenizer_feed(tokenizer, chunk, size);
        free(chunk);
        done += size;
    }
    html_tokenizer_finish(tokenizer);
    end_text(&result);
    html_tokenizer_free(tokenizer);
    return result.tokens;
}

static enum html_mode mode_of(const char *state)
{
    static const char *const states[] = {
        [HTML_DATA] = "Data state",           [HTML_RCDATA] = "RCDATA state",
        [HTML_RAWTEXT] = "RAWTEXT state",     [HTML_SCRIPT] = "Script data state",
        [HTML_PLAINTEXT] = "PLAINTEXT state", [HTML_CDATA] = "CDATA section state",
    };
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (strcmp(states[i], state) == 0)
            return (enum html_mode)i;
    fail_msg("no such state: %s", state);
    return HTML_DATA;
}

/* Without what is not compared. */
static json_t *expected_of(json_t *output)
{
    json_t *tokens = json_array(), *token;
    size_t i;
    json_array_foreach(output, i, token)
    {
        const char *kind = json_string_value(json_array_get(token, 0));
        json_t *text = json_array_get(token, 1);
        if (strcmp(kind, "Character") == 0)
            add_text(tokens, json_string_value(text), json_string_length(text));
        else if (strcmp(kind, "DOCTYPE") != 0)
            json_array_append(tokens, token);
    }
    return tokens;
}

static int run_state(json_t *test, const char *state)
{
    json_t *input = json_object_get(test, "input");
    json_t *expected = expected_of(json_object_get(test, "output"));
    int failures = 0;
    for (int way = AT_ONCE; way < WAYS; way++) {
        json_t *tokens =
            tokens_of(json_string_value(input), json_string_length(input), mode_of(state),
                      json_string_value(json_object_get(test, "lastStartTag")), way);
        if (!json_equal(tokens, expected)) {
            char *said = json_dumps(tokens, JSON_COMPACT), *wanted = json_dumps(test, JSON_COMPACT);
            print_error("%s, way %d\n  %s\n  %s\n", state, way, wanted, said);
            free(said);
            free(wanted);
            failures++;
        }
        json_decref(tokens);
    }
    json_decref(expected);
    return failures;
}

static int run_file(const char *path, int *count)
{
    json_error_t error;
    json_t *file = json_load_file(path, JSON_ALLOW_NUL, &error), *test, *state;
    int failures = 0;
    size_t i, j;
    if (!file)
        fail_msg("%s: %s", path, error.text);
    json_array_foreach(json_object_get(file, "tests"), i, test)
    {
        json_t *states = json_object_get(test, "initialStates");
        if (json_is_true(json_object_get(test, "doubleEscaped")))
            continue;
        ++*count;
        if (!states)
            failures += run_state(test, "Data state");
        json_array_foreach(states, j, state) failures += run_state(test, json_string_value(state));
    }
    json_decref(file);
    return failures;
}

static void test_suite(void **state)
{
    (void)state;
    const char *corpora = getenv("FETCH_CORPORA");
    char folder[4096], path[8192];
    const struct dirent *entry;
    int count = 0, failures = 0;
    snprintf(folder, sizeof folder, "%s/html5lib-tokenizer", corpora ? corpora : CORPORA);
    DIR *dir = opendir(folder);
    if (!dir) {
        print_message("skipped: no %s (FETCH_CORPORA names another place)\n", folder);
        skip();
    }
    srand(1);
    while ((entry = readdir(dir))) {
        const char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".test") != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        failures += run_file(path, &count);
    }
    closedir(dir);
    print_message("%d tests\n", count);
    assert_int_equal(failures, 0);
    assert_true(count > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_suite)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
