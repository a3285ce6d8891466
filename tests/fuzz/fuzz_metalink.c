/* A Metalink document, whole and in bits: the same files come of it. */
#include "cmd/get/metalink.h"
#include "tests/fuzz/fuzz.h"

#include <errno.h>
#include <string.h>

/* What the files of the document come to. */
struct sum {
    size_t files;
    size_t urls;
    size_t letters;
    int end;
};

static void add_file(struct sum *sum, const struct metalink_file *file)
{
    MUST(file->name && *file->name);
    MUST(file->size >= -1);
    MUST(file->url_count <= METALINK_URLS_MAX);
    MUST(!file->hash || strchr(file->hash, '='));
    sum->files++;
    sum->urls += file->url_count;
    sum->letters += strlen(file->name);
    for (size_t i = 0; i < file->url_count; i++) {
        MUST(strlen(file->urls[i]) <= METALINK_TEXT_MAX);
        sum->letters += strlen(file->urls[i]);
    }
}

static struct sum read_document(const char *data, size_t size, size_t bit)
{
    struct sum sum = {0};
    struct metalink *metalink = metalink_new();
    MUST(metalink);
    for (;;) {
        struct metalink_file *file;
        sum.end = metalink_next(metalink, &file);
        if (sum.end == -EAGAIN) {
            size_t length = size < bit ? size : bit;
            metalink_feed(metalink, data, length);
            data += length;
            size -= length;
        } else if (sum.end) {
            break;
        } else {
            add_file(&sum, file);
            metalink_file_free(file);
        }
    }
    MUST(sum.end == 1 || sum.end == -EINVAL);
    MUST(sum.end == 1 || *metalink_problem(metalink));
    metalink_free(metalink);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct sum whole = read_document(text, size, 65536);
    struct sum bits = read_document(text, size, 7);
    MUST(whole.end == bits.end && whole.files == bits.files);
    MUST(whole.urls == bits.urls && whole.letters == bits.letters);
    return 0;
}
