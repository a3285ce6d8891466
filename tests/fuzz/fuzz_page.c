/* A page, all of whose links are replaced: whoever reads the copy finds the replacements, as many
 * as there were links. Then its conversion as a page and as a style sheet. */
#include "cmd/mirror/changes.h"
#include "cmd/mirror/page.h"
#include "net/html/links.h"
#include "tests/fuzz/fuzz.h"
#include <stdbool.h>
#include <string.h>

/* What is nasty in HTML, CSS, a srcset and a refresh, and still a URL. */
static const char nasty[] = ",/a&amp;b='c(d)e;f\\g@h\"i<j>k,";
static const char in_srcset[] = "%2C/a&amp;b='c(d)e;f\\g@h\"i<j>k%2C";
static const char in_refresh[] = "%2C/a&amp;b=%27c(d)e;f\\g@h%22i<j>k,";

struct replaced {
    struct changes changes;
    unsigned links;
    unsigned matches; /* links that say the replacement */
    bool guessed;     /* some value is CSS or a URL as it looks, which the replacement changes */
};

static void take_link(void *ctx, const struct html_link *link)
{
    static const enum convert_syntax syntaxes[] = {CONVERT_URL, CONVERT_URL, CONVERT_SRCSET,
                                                   CONVERT_REFRESH, CONVERT_CSS};
    struct replaced *replaced = ctx;
    if (link->outer)
        return; /* to be escaped twice, which page_convert_html() does */
    const struct convert_range range = {
        .offset = link->offset,
        .length = link->size,
        .syntax = syntaxes[link->form],
        .quote = link->quote,
        .text = nasty,
    };
    const char *expected = link->form == HTML_FORM_SRCSET    ? in_srcset
                           : link->form == HTML_FORM_REFRESH ? in_refresh
                                                             : nasty;
    replaced->links++;
    replaced->guessed |= link->form == HTML_FORM_URL && strncmp(link->attribute, "data-b", 6) == 0;
    replaced->matches +=
        link->length == strlen(expected) && memcmp(link->url, expected, link->length) == 0;
    MUST(changes_add(&replaced->changes, &range) == 0);
}

struct memory {
    struct convert_output output;
    char *data;
    size_t size;
};

static int write_memory(struct convert_output *output, const char *data, size_t size)
{
    struct memory *memory = (struct memory *)output;
    memory->data = realloc(memory->data, memory->size + size + 1);
    MUST(memory->data);
    memcpy(memory->data + memory->size, data, size);
    memory->size += size;
    return 0;
}

static struct replaced read_links(const char *data, size_t size)
{
    static const struct html_links_handler handler = {.link = take_link};
    struct replaced replaced = {0};
    struct html_links *links = html_links_new(&handler, &replaced);
    MUST(links && (size == 0 || html_links_feed(links, data, size) == 0));
    MUST(html_links_finish(links) == 0);
    html_links_free(links);
    return replaced;
}

static void check_replaced(const char *data, size_t size)
{
    struct memory copy = {.output.write = write_memory};
    struct replaced before = read_links(data, size);
    MUST(convert_write(&copy.output, data, size, before.changes.ranges, before.changes.count) == 0);
    struct replaced after = read_links(copy.data, copy.size);
    /* Two links may have some bytes in common, of a reference that is two characters. */
    bool exact = before.changes.count == before.links && !before.guessed;
    MUST(!exact || (after.links == before.links && after.matches == before.links));
    changes_clear(&before.changes);
    changes_clear(&after.changes);
    free(copy.data);
}

/* Every other URL has a copy. */
static int find(struct page_copies *copies, const char *url, const char **name)
{
    (void)copies;
    *name = "h/dir/a b:c.html";
    return url[strlen(url) - 1] & 1;
}

typedef int convert_function(struct page_converter *converter, const struct page_source *page,
                             struct convert_output *output);

/* The same each time. */
static void check_converted(convert_function *convert, const char *data, size_t size)
{
    static const char *const types[] = {NULL, "text/html;charset=windows-1251", "text/html",
                                        "application/xhtml+xml;charset=latin2"};
    struct page_copies copies = {find};
    struct page_converter *converter = page_converter_new(&copies);
    struct memory first = {.output.write = write_memory};
    struct memory second = {.output.write = write_memory};
    const struct page_source page = {.data = data,
                                     .size = size,
                                     .url = "http://h/x/",
                                     .name = "h/x",
                                     .content_type = types[size % 4]};
    MUST(converter && convert(converter, &page, &first.output) == 0);
    MUST(convert(converter, &page, &second.output) == 0);
    MUST(first.size == second.size);
    MUST(first.size == 0 || memcmp(first.data, second.data, first.size) == 0);
    free(first.data);
    free(second.data);
    page_converter_free(converter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_replaced((const char *)data, size);
    check_converted(page_convert_html, (const char *)data, size);
    check_converted(page_convert_css, (const char *)data, size);
    return 0;
}
