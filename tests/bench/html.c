/* html.c - how fast pages are read: their tags, their links, and what libraries need for it.
 *
 *     html ROUNDS PAGE...
 *
 * Prints one JSON object: "bytes", "links", and in "rounds" one object a round with the nanoseconds
 * of CPU time a byte of each way to read all pages, one after another. Ours is fed in chunks of
 * 16 KiB, as a transfer does.
 */
#include "tests/bench/html.h"
#include "net/html/links.h"
#include "net/html/tokenizer.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CHUNK = 16384 };

struct pages {
    char **text;
    size_t *size;
    size_t count;
    size_t bytes;
};

static void die(const char *what)
{
    fprintf(stderr, "html: ");
    perror(what);
    exit(1);
}

static void *need(void *pointer)
{
    if (!pointer)
        die("memory");
    return pointer;
}

static char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END))
        die(path);
    *size = (size_t)ftell(file);
    char *text = need(malloc(*size + 1));
    rewind(file);
    if (fread(text, 1, *size, file) != *size)
        die(path);
    fclose(file);
    return text;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void count_tag(void *arg, const struct html_tag *tag)
{
    *(long *)arg += tag->count > 0;
}

static long read_tags(const struct pages *pages)
{
    const struct html_handler handler = {.start_tag = count_tag};
    long tags = 0;
    struct html_tokenizer *tokenizer = need(html_tokenizer_new(&handler, &tags));
    for (size_t i = 0; i < pages->count; i++) {
        html_tokenizer_reset(tokenizer);
        for (size_t done = 0, chunk; done < pages->size[i]; done += chunk) {
            chunk = pages->size[i] - done < CHUNK ? pages->size[i] - done : CHUNK;
            html_tokenizer_feed(tokenizer, pages->text[i] + done, chunk);
        }
        html_tokenizer_finish(tokenizer);
    }
    html_tokenizer_free(tokenizer);
    return tags;
}

static void count_link(void *arg, const struct html_link *link)
{
    *(long *)arg += link->length > 0;
}

static long read_links_of(const struct pages *pages, bool lines)
{
    const struct html_links_handler handler = {.link = count_link};
    long found = 0;
    struct html_links *links = need(html_links_new(&handler, &found));
    for (size_t i = 0; i < pages->count; i++) {
        html_links_reset(links);
        if (lines)
            html_links_count_lines(links);
        for (size_t done = 0, chunk; done < pages->size[i]; done += chunk) {
            chunk = pages->size[i] - done < CHUNK ? pages->size[i] - done : CHUNK;
            if (html_links_feed(links, pages->text[i] + done, chunk))
                die("links");
        }
        if (html_links_finish(links))
            die("links");
    }
    html_links_free(links);
    return found;
}

static long read_links(const struct pages *pages)
{
    return read_links_of(pages, false);
}

static long read_links_and_lines(const struct pages *pages)
{
    return read_links_of(pages, true);
}

static long read_gumbo(const struct pages *pages)
{
    long links = 0;
    for (size_t i = 0; i < pages->count && links >= 0; i++) {
        long more = html_gumbo_links(pages->text[i], pages->size[i]);
        links = more < 0 ? -1 : links + more;
    }
    return links;
}

static long read_libxml2(const struct pages *pages)
{
    long links = 0;
    for (size_t i = 0; i < pages->count && links >= 0; i++) {
        long more = html_libxml2_links(pages->text[i], pages->size[i]);
        links = more < 0 ? -1 : links + more;
    }
    return links;
}

static const struct {
    const char *name;
    long (*read)(const struct pages *pages);
} ways[] = {
    {"tags", read_tags},   {"links", read_links},     {"links_and_lines", read_links_and_lines},
    {"gumbo", read_gumbo}, {"libxml2", read_libxml2},
};

static void print_round(const struct pages *pages)
{
    const char *divider = "";
    printf("{");
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        double begin = now();
        if (ways[i].read(pages) < 0)
            continue;
        printf("%s\"%s\": %.4f", divider, ways[i].name, (now() - begin) / (double)pages->bytes);
        divider = ", ";
    }
    printf("}");
}

int main(int argc, char **argv)
{
    struct pages pages = {.count = argc > 2 ? (size_t)argc - 2 : 0};
    int rounds = argc > 1 ? atoi(argv[1]) : 0;
    if (rounds < 1 || pages.count == 0) {
        fprintf(stderr, "usage: html ROUNDS PAGE...\n");
        return 2;
    }
    pages.text = need(calloc(pages.count, sizeof *pages.text));
    pages.size = need(calloc(pages.count, sizeof *pages.size));
    for (size_t i = 0; i < pages.count; i++) {
        pages.text[i] = read_file(argv[i + 2], &pages.size[i]);
        pages.bytes += pages.size[i];
    }
    printf("{\"bytes\": %zu, \"links\": %ld, \"rounds\": [", pages.bytes, read_links(&pages));
    for (int i = 0; i < rounds; i++) {
        printf(i ? ",\n " : "\n ");
        print_round(&pages);
    }
    puts("]}");
    for (size_t i = 0; i < pages.count; i++)
        free(pages.text[i]);
    free(pages.text);
    free(pages.size);
    return 0;
}
