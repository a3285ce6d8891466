/* A list as it lies in a file, CSV when it begins with a comma; plain or gzip'ed. */
#include "cmd/get/url_list.h"
#include "cmd/get/wire.h"
#include "tests/fuzz/fuzz.h"
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Below the output directory, and nothing that is ours there. */
static void check_name(const char *name)
{
    MUST(*name != '/' && *name != '\0');
    for (const char *part = name;; part++) {
        size_t length = strcspn(part, "/");
        MUST(length > 0 && length <= NAME_MAX);
        MUST(*part != '.' && *part != '-');
        for (size_t i = 0; i < length; i++)
            MUST((unsigned char)part[i] >= 0x20 && part[i] != 0x7f);
        part += length;
        if (!*part)
            break;
    }
}

static void check_details(const struct entry *entry)
{
    const struct details *details = entry->details;
    size_t bytes = 0;
    for (size_t i = 0; details && i < details->mirror_count; i++)
        MUST(strcmp(details->mirrors[i].text, entry->url.text) != 0);
    for (char **line = details ? details->headers : NULL; line && *line; line++) {
        MUST(!strpbrk(*line, "\r\n"));
        bytes += strlen(*line);
    }
    MUST(bytes <= DETAILS_HEADERS_MAX);
}

static void check_same_details(const struct details *a, const struct details *b)
{
    MUST(!a == !b);
    if (!a)
        return;
    MUST(checksum_equal(&a->checksum, &b->checksum));
    MUST(a->mirror_count == b->mirror_count);
    for (size_t i = 0; i < a->mirror_count; i++)
        MUST(strcmp(a->mirrors[i].text, b->mirrors[i].text) == 0);
    MUST(!a->headers == !b->headers);
    for (size_t i = 0; a->headers && a->headers[i]; i++)
        MUST(strcmp(a->headers[i], b->headers[i]) == 0);
    MUST(a->header_bytes == b->header_bytes);
}

/* What a child process is told of it is all there is. */
static void check_wire(const struct entry *entry)
{
    struct wire wire = {0};
    struct entry *copy = calloc(1, sizeof *copy);
    wire_put_entry(&wire, entry);
    if (wire_get_entry(&wire, copy) == 0) {
        MUST(wire.place == wire.length);
        MUST(strcmp(copy->url.text, entry->url.text) == 0);
        MUST(strcmp(copy->name, entry->name) == 0);
        check_same_details(copy->details, entry->details);
    } else {
        MUST(strlen(entry->url.text) > URL_LENGTH_MAX || entry->details); /* grown by encoding */
    }
    wire_clear(&wire);
    entry_free(copy);
}

static void check(const struct entry *entry)
{
    if (entry->problem) {
        MUST(entry->text || entry->url.parsed);
        return;
    }
    MUST(entry->url.parsed && !entry->text && !entry->option);
    check_name(entry->name);
    check_details(entry);
    check_wire(entry);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    char *sources[] = {path};
    struct get_options options = {
        .sources = sources,
        .source_count = 1,
        .transfer.protocols = "http,https,ftp,ftps",
        .list_format = size > 0 && *data == ',' ? LIST_CSV : LIST_TEXT,
    };
    struct url_list *list = NULL;
    struct entry *entry;
    uint64_t number = 0;
    int fd = memfd_create("list", MFD_CLOEXEC);
    MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    MUST(url_list_open(&list, &options, NULL) == 0);
    while (url_list_next(list, &entry) == 0) {
        MUST(entry->number == ++number);
        check(entry);
        entry_free(entry);
    }
    MUST(!url_list_holds_back(list));
    url_list_close(list);
    close(fd);
    return 0;
}
