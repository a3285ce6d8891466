/* page.h: a page as a block of bytes, and what is made of blocks that somebody has damaged. */
#include "cmd/crawl/page.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char text[] =
    "<!DOCTYPE html><base href='/b/'><title>A title</title><link rel=stylesheet href=s.css>"
    "<a href=one.html#part>1</a><a href=one.html#other>1</a><a rel=nofollow href=two.html>2</a>"
    "<img srcset='a.png 1x, b.png 2x'><form action=/post></form>";

static struct page_pool pool;

static int begin(struct sink *sink, struct transfer *transfer, const struct transfer_result *result)
{
    (void)sink;
    (void)transfer;
    (void)result;
    return 0;
}

static int swallow(struct sink *sink, const void *data, size_t size)
{
    (void)sink;
    (void)data;
    (void)size;
    return 0;
}

/* The page above, read. */
static struct page *read_page(const char *body)
{
    static struct sink nowhere = {.begin = begin, .write = swallow};
    struct transfer_result result = {.status = 200};
    struct page *page = page_take(&pool, PAGE_OTHER);
    assert_non_null(page);
    strcpy(result.content_type, "text/html");
    page->tap.next = &nowhere;
    assert_int_equal(page->tap.sink.begin(&page->tap.sink, NULL, &result), 0);
    assert_int_equal(page->tap.sink.write(&page->tap.sink, body, strlen(body)), 0);
    page_finish(page);
    assert_int_equal(page->error, 0);
    return page;
}

static void pack(const char *body, void **block, size_t *size)
{
    struct page *page = read_page(body);
    assert_int_equal(page_pack(page, block, size), 0);
    page_give_back(&pool, page);
}

static const char *url_of(const struct page *page, size_t index)
{
    return page->text + page->links[index].url;
}

static void test_there_and_back(void **state)
{
    (void)state;
    void *block;
    size_t size;
    pack(text, &block, &size);
    struct page *page = page_take(&pool, PAGE_OTHER);
    assert_int_equal(page_unpack(page, block, size), 0);
    assert_int_equal(page->type, PAGE_HTML);
    assert_string_equal(page_title(page), "A title");
    assert_string_equal(page_base(page), "/b/");
    assert_string_equal(page->content_type, "text/html");
    /* Each once, up to its fragment. */
    static const char *const expected[] = {"/b/",   "s.css", "one.html", "two.html",
                                           "a.png", "b.png", "/post"};
    assert_int_equal(page->count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < page->count; i++)
        assert_string_equal(url_of(page, i), expected[i]);
    assert_true(page->links[1].stylesheet);
    assert_true(page->links[3].nofollow);
    page_give_back(&pool, page);
    free(block);
}

static void test_nothing(void **state)
{
    (void)state;
    void *block;
    size_t size;
    pack("", &block, &size);
    struct page *page = page_take(&pool, PAGE_OTHER);
    assert_int_equal(page_unpack(page, block, size), 0);
    assert_int_equal(page->count, 0);
    assert_null(page_title(page));
    assert_int_equal(page_unpack(page, "", 0), -EINVAL);
    page_give_back(&pool, page);
    free(block);
}

/* Reads all that a page has, so that a sanitizer sees what lies outside. */
static size_t walk(const struct page *page)
{
    size_t sum = page_title(page) ? strlen(page_title(page)) : 0;
    sum += page_base(page) ? strlen(page_base(page)) : 0;
    for (size_t i = 0; i < page->count; i++) {
        const struct page_link *link = &page->links[i];
        for (uint32_t at = 0; at <= link->length; at++)
            sum += (unsigned char)page->text[link->url + at];
    }
    return sum;
}

/* Whatever a byte is: it is refused, or leads nowhere outside. */
static void test_damage(void **state)
{
    (void)state;
    static const unsigned char others[] = {0, 1, 0x7f, 0x80, 0xff};
    void *block;
    size_t size;
    size_t refused = 0;
    pack(text, &block, &size);
    unsigned char *bytes = block;
    struct page *page = page_take(&pool, PAGE_OTHER);
    for (size_t at = 0; at < size; at++) {
        unsigned char kept = bytes[at];
        for (size_t i = 0; i < sizeof others; i++) {
            bytes[at] = others[i];
            int error = page_unpack(page, block, size);
            refused += error == -EINVAL;
            if (!error)
                (void)walk(page);
            else
                assert_int_equal(error, -EINVAL);
        }
        bytes[at] = kept;
    }
    assert_true(refused > 50);
    page_give_back(&pool, page);
    free(block);
}

static void test_cut_off(void **state)
{
    (void)state;
    void *block;
    size_t size;
    pack(text, &block, &size);
    struct page *page = page_take(&pool, PAGE_OTHER);
    for (size_t length = 0; length < size; length++) {
        void *part = malloc(length + 1); /* of just that size, for the sanitizer */
        memcpy(part, block, length);
        assert_int_equal(page_unpack(page, part, length), -EINVAL);
        free(part);
    }
    page_give_back(&pool, page);
    free(block);
}

static int clear_pool(void **state)
{
    (void)state;
    page_pool_clear(&pool);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_cut_off),
    };
    return cmocka_run_group_tests(tests, NULL, clear_pool);
}
