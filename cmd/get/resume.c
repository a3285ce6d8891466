#include "cmd/get/resume.h"

#include "net/http/date.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEY_DIGITS 16

/* A URL, two validators, a number, what is there. */
#define META_MAX (URL_LENGTH_MAX + ETAG_MAX + 1024 + RESUME_HAVE_MAX)

static const char meta_head[] = "fetch part 1\n";
static const char meta_end[] = "end\n";

static char *url_plain(const struct url *url)
{
    return url->has_credentials ? url_redacted(url) : strdup(url->text);
}

static int key_of(const char *url, uint64_t *key)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (!EVP_Digest(url, strlen(url), digest, NULL, EVP_sha256(), NULL))
        return -ENOMEM;
    *key = 0;
    for (int i = 0; i < KEY_DIGITS / 2; i++)
        *key = *key << 8 | digest[i];
    return 0;
}

int resume_key(const struct url *url, uint64_t *key)
{
    char *plain = url_plain(url);
    int error = plain ? key_of(plain, key) : -ENOMEM;
    free(plain);
    return error;
}

struct resume_name resume_name(uint64_t key, const char *suffix)
{
    struct resume_name name;
    snprintf(name.text, sizeof name.text, "%016" PRIx64 "%s", key, suffix);
    return name;
}

bool resume_name_parse(const char *name, const char *suffix, uint64_t *key)
{
    if (strspn(name, "0123456789abcdef") != KEY_DIGITS || strcmp(name + KEY_DIGITS, suffix) != 0)
        return false;
    *key = strtoull(name, NULL, 16);
    return true;
}

void resume_free(struct resume *resume)
{
    if (!resume)
        return;
    free(resume->url);
    free(resume->have);
    free(resume);
}

static bool date_is_strong(const struct transfer_result *result)
{
    int64_t answered = http_date_parse(result->date, strlen(result->date));
    return *result->validators.last_modified &&
           validator_date_is_strong(result->last_modified, answered);
}

struct resume *resume_new(const struct url *url, const struct transfer_result *result)
{
    if (result->status != 200 || result->encoded || result->refuses_ranges)
        return NULL;
    bool date = date_is_strong(result);
    if (!date && !validator_etag_is_strong(result->validators.etag))
        return NULL;
    struct resume *resume = calloc(1, sizeof *resume);
    if (!resume)
        return NULL;
    resume->validators = result->validators;
    resume->date_is_strong = date;
    resume->total = result->content_length;
    resume->url = url_plain(url);
    if (resume->url && key_of(resume->url, &resume->key) == 0)
        return resume;
    resume_free(resume);
    return NULL;
}

const char *resume_validator(const struct resume *resume)
{
    bool by_tag = validator_etag_is_strong(resume->validators.etag);
    return by_tag ? resume->validators.etag : resume->validators.last_modified;
}

char *resume_text(const struct resume *resume)
{
    char *text;
    int length = asprintf(
        &text, "%surl=%s\netag=%s\nlast-modified=%s\nstrong-date=%d\ntotal=%" PRId64 "\n%s%s%s%s",
        meta_head, resume->url, resume->validators.etag, resume->validators.last_modified,
        resume->date_is_strong, resume->total, resume->have ? "have=" : "",
        resume->have ? resume->have : "", resume->have ? "\n" : "", meta_end);
    return length < 0 ? NULL : text;
}

/* The value of the next line, which must begin with `name`; NULL when it does not. */
static const char *next_value(const char **at, const char *end, const char *name, size_t *length)
{
    size_t skipped = strlen(name);
    const char *newline = memchr(*at, '\n', (size_t)(end - *at));
    if (!newline || (size_t)(newline - *at) < skipped || memcmp(*at, name, skipped) != 0)
        return NULL;
    const char *value = *at + skipped;
    *length = (size_t)(newline - value);
    *at = newline + 1;
    return value;
}

static bool next_number(const char **at, const char *end, const char *name, int64_t *number)
{
    size_t length;
    char digits[24], *stop;
    const char *value = next_value(at, end, name, &length);
    if (!value || length == 0 || length >= sizeof digits)
        return false;
    memcpy(digits, value, length);
    digits[length] = '\0';
    errno = 0;
    *number = strtoll(digits, &stop, 10);
    return !errno && stop == digits + length && *number >= -1;
}

static bool next_validator(const char **at, const char *end, const char *name, char *place,
                           size_t size)
{
    size_t length;
    const char *value = next_value(at, end, name, &length);
    if (value)
        validator_take(place, size, value, length);
    return value;
}

/* The line is there only of a part in pieces. */
static bool next_have(const char **at, const char *end, struct resume *resume)
{
    size_t length;
    const char *value = next_value(at, end, "have=", &length);
    if (!value)
        return true;
    resume->have = memchr(value, '\0', length) ? NULL : strndup(value, length);
    return resume->have && resume->total >= 0;
}

static bool parse_lines(struct resume *resume, const char *at, const char *end)
{
    struct validators *validators = &resume->validators;
    int64_t strong;
    size_t length;
    const char *url = next_value(&at, end, "url=", &length);
    if (!url || length == 0 || length > URL_LENGTH_MAX || memchr(url, '\0', length))
        return false;
    resume->url = strndup(url, length);
    if (!resume->url || key_of(resume->url, &resume->key))
        return false;
    if (!next_validator(&at, end, "etag=", validators->etag, sizeof validators->etag) ||
        !next_validator(&at, end, "last-modified=", validators->last_modified,
                        sizeof validators->last_modified) ||
        !next_number(&at, end, "strong-date=", &strong) ||
        !next_number(&at, end, "total=", &resume->total) || !next_have(&at, end, resume))
        return false;
    resume->date_is_strong = strong == 1 && *validators->last_modified;
    return (resume->date_is_strong || validator_etag_is_strong(validators->etag)) &&
           (size_t)(end - at) == sizeof meta_end - 1 &&
           memcmp(at, meta_end, sizeof meta_end - 1) == 0;
}

struct resume *resume_parse(const char *text, size_t length)
{
    size_t head = sizeof meta_head - 1;
    if (length < head || memcmp(text, meta_head, head) != 0)
        return NULL;
    struct resume *resume = calloc(1, sizeof *resume);
    if (resume && parse_lines(resume, text + head, text + length))
        return resume;
    resume_free(resume);
    return NULL;
}

static int write_text(const char *text, const char *name, int dir_fd)
{
    int error = 0;
    int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        error = -errno;
    ssize_t length = (ssize_t)strlen(text);
    /* One that is written in half has no end, and does not count. */
    if (!error && write(fd, text, (size_t)length) != length)
        error = errno ? -errno : -ENOSPC;
    if (fd >= 0 && close(fd) && !error)
        error = -errno;
    return error;
}

int resume_write(const struct resume *resume, int dir_fd)
{
    struct resume_name name = resume_name(resume->key, RESUME_META_SUFFIX);
    char *text = resume_text(resume);
    int error = text ? write_text(text, name.text, dir_fd) : -ENOMEM;
    free(text);
    return error;
}

int resume_replace(uint64_t key, const char *text, int dir_fd)
{
    struct resume_name name = resume_name(key, RESUME_META_SUFFIX);
    struct resume_name next = resume_name(key, RESUME_NEXT_SUFFIX);
    int error = write_text(text, next.text, dir_fd);
    if (!error && renameat(dir_fd, next.text, dir_fd, name.text))
        error = -errno;
    if (error)
        (void)unlinkat(dir_fd, next.text, 0); /* the first error is the one to tell */
    return error;
}

static struct resume *read_meta(int fd)
{
    char *text = malloc(META_MAX);
    ssize_t length = text ? pread(fd, text, META_MAX, 0) : -1;
    struct resume *resume = length > 0 ? resume_parse(text, (size_t)length) : NULL;
    free(text);
    return resume;
}

struct resume *resume_read(int dir_fd, const struct url *url)
{
    uint64_t key;
    char *plain = url_plain(url);
    struct resume *resume = NULL;
    if (plain && key_of(plain, &key) == 0) {
        struct resume_name name = resume_name(key, RESUME_META_SUFFIX);
        int fd = openat(dir_fd, name.text, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        if (fd >= 0) {
            resume = read_meta(fd);
            close(fd);
        }
    }
    /* Two URLs may have one key. */
    if (resume && strcmp(resume->url, plain) != 0) {
        resume_free(resume);
        resume = NULL;
    }
    free(plain);
    return resume;
}
