#include "tests/origin/web.h"

#include "engine/deadline.h"
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static const char domain[] = ".web.test";

/* What is being answered, and the page as it grows. */
struct page {
    const struct web *web;
    unsigned host;
    unsigned number;
    FILE *out;
};

/* Takes a number from the front of *text. */
static bool take_number(const char **text, unsigned *number)
{
    char *end;
    if (!isdigit((unsigned char)**text))
        return false;
    unsigned long value = strtoul(*text, &end, 10);
    *number = (unsigned)value;
    *text = end;
    return value < UINT_MAX;
}

/* Takes `literal` from the front of *text. */
static bool take_text(const char **text, const char *literal)
{
    size_t length = strlen(literal);
    if (strncmp(*text, literal, length) != 0)
        return false;
    *text += length;
    return true;
}

/* Is it `before`, a number and `after`? */
static bool is_numbered(const char *text, const char *before, const char *after, unsigned *number)
{
    return take_text(&text, before) && take_number(&text, number) && strcmp(text, after) == 0;
}

int web_parse(struct web *web, const char *text)
{
    *web = (struct web){.bytes = 0};
    bool fine =
        take_number(&text, &web->hosts) && take_text(&text, ":") && take_number(&text, &web->pages);
    if (fine && *text)
        fine = take_text(&text, ":") && take_number(&text, &web->bytes) && !*text;
    return fine && web->hosts && web->pages ? 0 : -EINVAL;
}

/* Looks like chance, and is the same everywhere (splitmix64's finish). */
static unsigned choose(const struct page *page, unsigned salt, unsigned count)
{
    uint64_t x = ((uint64_t)page->host << 40) + ((uint64_t)page->number << 8) + salt;
    x += 0x9E3779B97F4A7C15;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
    x = (x ^ x >> 27) * 0x94D049BB133111EB;
    return (unsigned)((x ^ x >> 31) % count);
}

/* The N of "hN.web.test", with or without a port. */
static bool find_host(const struct web *web, struct span host, unsigned *number)
{
    char name[64];
    host = span_cut(&host, ':');
    if (!host.size || host.size >= sizeof(name))
        return false;
    memcpy(name, host.data, host.size);
    name[host.size] = '\0';
    return is_numbered(name, "h", domain, number) && *number < web->hosts;
}

static void write_page_link(struct page *page, unsigned to)
{
    if (to == 0)
        fputs("<a href=\"/\">home</a>\n", page->out);
    else
        fprintf(page->out, "<a href=\"/p/%u.html\">page %u</a>\n", to, to);
}

/* The host's port is that of the request, which relative links keep and others must name. */
static void write_host_link(struct page *page, const struct request *request)
{
    struct span host = request->host;
    span_cut(&host, ':');
    fprintf(page->out, "<a href=\"http://h%u%s%s%.*s/\">elsewhere</a>\n",
            choose(page, 9, page->web->hosts), domain, host.size ? ":" : "", (int)host.size,
            host.data);
}

static void write_oddities(struct page *page)
{
    static const struct {
        unsigned rest;
        const char *folder;
    } oddities[] = {{5, "gone"}, {9, "moved"}, {11, "flaky"}, {13, "slow"}};
    unsigned number = page->number;
    for (size_t i = 0; i < sizeof(oddities) / sizeof(oddities[0]); i++)
        if (number % 16 == oddities[i].rest)
            fprintf(page->out, "<a href=\"/%s/%u.html\">odd</a>\n", oddities[i].folder, number);
    if (number == 2)
        fputs("<a href=\"/cal/2000-01/\">calendar</a>\n", page->out);
    if (number == 3)
        fputs("<a href=\"/private/3.html\">private</a>\n", page->out);
}

static void write_links(struct page *page, const struct request *request)
{
    for (unsigned child = 2 * page->number + 1; child <= 2 * page->number + 2; child++)
        if (child < page->web->pages)
            write_page_link(page, child);
    for (unsigned salt = 0; salt < 3; salt++)
        write_page_link(page, choose(page, salt, page->web->pages));
    if (page->number % 4 == 1)
        write_host_link(page, request);
    if (page->number % 8 == 3)
        fprintf(page->out, "<img src=\"/img/%u.png\" alt=\"\">\n", page->number);
    write_oddities(page);
}

static void write_page(struct page *page, const struct request *request, bool links)
{
    static const char line[] = "<p>Nobody reads what stands here, but somebody must.</p>\n";
    fprintf(page->out, "<!DOCTYPE html>\n<title>host %u page %u</title>\n", page->host,
            page->number);
    if (links)
        write_links(page, request);
    for (long at = ftell(page->out); at + (long)sizeof(line) <= (long)page->web->bytes;
         at = ftell(page->out))
        fputs(line, page->out);
}

static void write_robots(struct page *page, struct behaviour *behaviour)
{
    behaviour->type = span_of("text/plain");
    if (page->host % 10 == 4)
        behaviour->status = 404;
    fputs("User-agent: *\nDisallow: /private/\n", page->out);
    if (page->host % 10 == 8)
        fputs("Crawl-delay: 0.05\n", page->out);
}

/* A month of the calendar. */
static bool is_month(const char *path, unsigned *year, unsigned *month)
{
    return take_text(&path, "/cal/") && take_number(&path, year) && take_text(&path, "-") &&
           take_number(&path, month) && strcmp(path, "/") == 0;
}

/* What stands in one of the folders of which pages have few links to. */
static bool write_odd(struct page *page, const char *path, struct behaviour *behaviour)
{
    unsigned number, year, month;
    if (is_numbered(path, "/moved/", ".html", &number)) {
        char *to = behaviour->text;
        int length = snprintf(to, sizeof(behaviour->text), "/p/%u.html", number);
        behaviour->location = (struct span){to, (size_t)length};
        behaviour->status = 301;
        return true;
    }
    if (is_numbered(path, "/flaky/", ".html", &number)) {
        behaviour->status = 503;
        behaviour->times = 1;
        return true;
    }
    if (is_numbered(path, "/slow/", ".html", &number)) {
        behaviour->delay_ns = 50 * NSEC_PER_MSEC;
        return true;
    }
    if (is_month(path, &year, &month)) {
        fprintf(page->out, "<title>month %u</title>\n<a href=\"/cal/%04u-%02u/\">the next</a>\n",
                month, year + month / 12, month % 12 + 1);
        return true;
    }
    return strcmp(path, "/private/3.html") == 0;
}

/* Any but the first. */
static bool is_page(struct page *page, const char *path)
{
    return is_numbered(path, "/p/", ".html", &page->number) && page->number > 0 &&
           page->number < page->web->pages;
}

static void write_any(struct page *page, const char *path, const struct request *request,
                      struct behaviour *behaviour)
{
    behaviour->type = span_of("text/html; charset=utf-8");
    if (strcmp(path, "/robots.txt") == 0) {
        write_robots(page, behaviour);
    } else if (strcmp(path, "/") == 0 || is_page(page, path)) {
        write_page(page, request, true);
    } else if (is_numbered(path, "/img/", ".png", &page->number)) {
        behaviour->type = span_of("image/png");
        fputs("\x89PNG\r\n", page->out);
    } else if (write_odd(page, path, behaviour)) {
        write_page(page, request, false);
    } else {
        behaviour->status = 404;
        write_page(page, request, false);
    }
}

int web_answer(const struct web *web, const struct request *request, struct behaviour *behaviour,
               char **text)
{
    struct page page = {.web = web};
    char path[128] = "";
    size_t size;
    if (!web->hosts || !find_host(web, request->host, &page.host))
        return 1;
    if (request->path.size < sizeof(path))
        memcpy(path, request->path.data, request->path.size);
    page.out = open_memstream(text, &size);
    if (!page.out)
        return -ENOMEM;
    write_any(&page, path, request, behaviour);
    bool failed = ferror(page.out);
    if (fclose(page.out) == 0 && !failed)
        return 0;
    free(*text);
    return -ENOMEM;
}
