/* Link for link what libgumbo finds, which builds the tree as browsers do: on a few pages here, and
 * on Python's and Valgrind's documentation where it is installed (FETCH_HTML names other folders,
 * as a pattern). Pages that are broken in other ways have links that a tree has not: what stands in
 * a form within a form, or behind a frameset. */
#include "tests/unit/net/unit.h"

#include "net/html/link_table.h"
#include "net/html/links.h"
#include <ftw.h>
#include <glob.h>
#include <gumbo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BYTES_MAX (64 << 20) /* of all pages together */

struct found {
    size_t offset;
    size_t length;
    char *url;
};

struct list {
    struct found *items;
    size_t count, size;
};

static void add(struct list *list, size_t offset, const char *url, size_t length)
{
    if (list->count == list->size) {
        list->size = list->size ? 2 * list->size : 64;
        list->items = realloc(list->items, list->size * sizeof *list->items);
        assert_non_null(list->items);
    }
    list->items[list->count++] = (struct found){offset, length, strndup(url, length)};
}

static void clear(struct list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].url);
    list->count = 0;
}

static int by_offset(const void *a, const void *b)
{
    size_t left = ((const struct found *)a)->offset, right = ((const struct found *)b)->offset;
    return (left > right) - (left < right);
}

/* The tree may have an element more than once, where formatting goes on. */
static void sort(struct list *list)
{
    size_t kept = 0;
    if (list->count)
        qsort(list->items, list->count, sizeof list->items[0], by_offset);
    for (size_t i = 0; i < list->count; i++) {
        if (kept > 0 && list->items[kept - 1].offset == list->items[i].offset)
            free(list->items[i].url);
        else
            list->items[kept++] = list->items[i];
    }
    list->count = kept;
}

static void take_link(void *arg, const struct html_link *link)
{
    if (link->form == HTML_FORM_URL && *link->attribute && *link->element)
        add(arg, link->offset, link->url, link->length);
}

static const struct html_links_handler handler = {.link = take_link};

static void find_ours(struct list *list, const char *page, size_t length)
{
    struct html_links *reader = html_links_new(&handler, list);
    assert_non_null(reader);
    assert_int_equal(html_links_feed(reader, page, length), 0);
    assert_int_equal(html_links_finish(reader), 0);
    html_links_free(reader);
}

/* What both have alike: whole values that are URLs. */
static bool is_link(const GumboElement *element, enum html_element id, enum html_attr name)
{
    enum html_link_kind kind;
    bool stylesheet;
    const GumboAttribute *rel = gumbo_get_attribute(&element->attributes, "rel");
    bool foreign = element->tag_namespace != GUMBO_NAMESPACE_HTML;
    const struct html_link_rule *rule = html_link_rule_find(id, name, foreign);
    if (!rule || (rule->content != HTML_CONTENT_URL && rule->content != HTML_CONTENT_RELATED))
        return false;
    return rule->content == HTML_CONTENT_URL ||
           html_link_rel(rel ? rel->value : "", rel ? strlen(rel->value) : 0, &kind, &stylesheet);
}

static void find_attribute(struct list *list, const char *page, const GumboElement *element,
                           enum html_element id, const GumboAttribute *attribute)
{
    char name[64];
    const char *value = attribute->value, *raw = attribute->original_value.data;
    snprintf(name, sizeof name, "%s%s",
             attribute->attr_namespace == GUMBO_ATTR_NAMESPACE_XLINK ? "xlink:" : "",
             attribute->name);
    if (!is_link(element, id, html_attr_find(name, strlen(name))))
        return;
    size_t length = strlen(value);
    raw += attribute->original_value.length > 0 && (*raw == '"' || *raw == '\'');
    while (length > 0 && html_is_blank(*value)) {
        value++;
        raw++;
        length--;
    }
    while (length > 0 && html_is_blank(value[length - 1]))
        length--;
    if (length > 0)
        add(list, (size_t)(raw - page), value, length);
}

static enum html_element element_of(const GumboElement *element)
{
    char name[64];
    GumboStringPiece piece = element->original_tag;
    if (piece.length == 0)
        return HTML_OTHER; /* the tree builder's own */
    gumbo_tag_from_original_text(&piece);
    size_t length = piece.length < sizeof name ? piece.length : 0;
    for (size_t i = 0; i < length; i++)
        name[i] = (char)(piece.data[i] | (piece.data[i] >= 'A' && piece.data[i] <= 'Z' ? 0x20 : 0));
    return html_element_find(name, length);
}

static void find_theirs(struct list *list, const char *page, const GumboNode *node)
{
    if (node->type != GUMBO_NODE_ELEMENT && node->type != GUMBO_NODE_TEMPLATE)
        return;
    const GumboElement *element = &node->v.element;
    enum html_element id = element_of(element);
    for (unsigned i = 0; id && i < element->attributes.length; i++)
        find_attribute(list, page, element, id, element->attributes.data[i]);
    for (unsigned i = 0; i < element->children.length; i++)
        find_theirs(list, page, element->children.data[i]);
}

static bool is_ascii(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] & 0x80)
            return false;
    return true;
}

/* Bytes that are no UTF-8 are replaced there: only the places of such links are compared. */
static bool is_same(const struct found *a, const struct found *b)
{
    if (a->offset != b->offset)
        return false;
    return (a->length == b->length && memcmp(a->url, b->url, a->length) == 0) ||
           !is_ascii(a->url, a->length);
}

/* How many differ, or one more than that. */
static size_t compare(const char *name, const struct list *ours, const struct list *theirs)
{
    size_t i = 0;
    while (i < ours->count && i < theirs->count && is_same(&ours->items[i], &theirs->items[i]))
        i++;
    if (i == ours->count && i == theirs->count)
        return 0;
    print_error("%s: %zu links, libgumbo has %zu\n", name, ours->count, theirs->count);
    if (i < ours->count)
        print_error("  ours: %zu %s\n", ours->items[i].offset, ours->items[i].url);
    if (i < theirs->count)
        print_error("  theirs: %zu %s\n", theirs->items[i].offset, theirs->items[i].url);
    return 1;
}

static size_t links, bytes, pages, different;

static void check_page(const char *name, const char *page, size_t length)
{
    static struct list ours, theirs;
    GumboOutput *output = gumbo_parse_with_options(&kGumboDefaultOptions, page, length);
    find_theirs(&theirs, page, output->root);
    gumbo_destroy_output(&kGumboDefaultOptions, output);
    find_ours(&ours, page, length);
    sort(&ours);
    sort(&theirs);
    different += compare(name, &ours, &theirs);
    links += ours.count;
    bytes += length;
    pages++;
    clear(&ours);
    clear(&theirs);
}

static const char *const written[] = {
    "<a href=a>b<a href='c&amp;d'><p><b><a href=\" e \">x<div><a href=f>",
    "<!-- <a href=a> --><script>'<a href=b>'</script><style><a href=c></style><a href=d>",
    "<title><a href=a></title><textarea><img src=b></textarea><img src=c><xmp><img src=d></xmp>",
    "<script><!--<script></script><img src=a>--></script><img src=b>",
    "<svg><image xlink:href=a /><style><a xlink:href=b></a></style></svg><image src=c>",
    "<svg><title><a href=a></a></title><foreignObject><style><a href=b></style><a href=c></a>"
    "</foreignObject><![CDATA[<a href=d>]]><a href=e></a></svg><![CDATA[<a href=f>",
    "<svg><p><a href=a></a><style><a href=b></style>",
    "<math><mi><a href=a></a></mi><style><img src=b>",
    "<noscript><img src=a></noscript><iframe><img src=b></iframe><noframes><img src=c></noframes>",
    "<A HREF=a?b&copy=c&lt=d&amp><IMG SRC='&#x61;&#98;&notin;'/><a/href=x/y/>",
    "<link rel='shortcut icon' href=a><link rel=preconnect href=b><plaintext><a href=c>",
    "<table><tr><td background=a><a href=b><table><td><a href=c></table><object data=d>",
};

static void test_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof written / sizeof written[0]; i++)
        check_page(written[i], written[i], strlen(written[i]));
    assert_int_equal(different, 0);
}

static int check_file(const char *path, const struct stat *status, int type, struct FTW *at)
{
    (void)at;
    const char *dot = strrchr(path, '.');
    size_t size = (size_t)status->st_size;
    if (type != FTW_F || !dot || strcmp(dot, ".html") != 0 || bytes + size > BYTES_MAX)
        return 0;
    FILE *file = fopen(path, "rb");
    char *page = malloc(size + 1);
    if (file && page && fread(page, 1, size, file) == size)
        check_page(path, page, size);
    free(page);
    if (file)
        fclose(file);
    return 0;
}

static void test_documentation(void **state)
{
    (void)state;
    const char *pattern = getenv("FETCH_HTML");
    glob_t folders;
    links = bytes = pages = 0;
    if (!pattern)
        pattern = "/usr/share/doc/{python3.*,valgrind}/html";
    if (glob(pattern, GLOB_BRACE, NULL, &folders) == 0) {
        for (size_t i = 0; i < folders.gl_pathc; i++)
            nftw(folders.gl_pathv[i], check_file, 16, FTW_PHYS);
        globfree(&folders);
    }
    if (pages == 0) {
        print_message("skipped: no pages in %s (FETCH_HTML names other folders)\n", pattern);
        skip();
    }
    print_message("%zu pages, %zu KiB, %zu links\n", pages, bytes >> 10, links);
    assert_int_equal(different, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_written),
        cmocka_unit_test(test_documentation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
