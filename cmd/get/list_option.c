#include "cmd/get/list_option.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What an option is applied to. */
struct target {
    struct entry *entry;
    struct place *place;
    const char *problem;
};

static int refuse(struct target *target, const char *problem)
{
    target->problem = problem;
    return -EINVAL;
}

static int replace_text(char **text, struct span value)
{
    char *copy = strndup(value.text, value.length);
    if (!copy)
        return -ENOMEM;
    free(*text);
    *text = copy;
    return 0;
}

static int apply_out(struct target *target, struct span value)
{
    if (value.length == 0 || value.text[value.length - 1] == '/')
        return refuse(target, "no file name");
    return replace_text(&target->place->out, value);
}

static int apply_dir(struct target *target, struct span value)
{
    return replace_text(&target->place->dir, value);
}

static int apply_checksum(struct target *target, struct span value)
{
    struct checksum *checksum = &target->entry->details->checksum;
    target->problem = checksum_parse(checksum, value.text, value.length);
    return target->problem ? -EINVAL : 0;
}

static bool has_control(struct span value)
{
    for (size_t i = 0; i < value.length; i++)
        if (iscntrl((unsigned char)value.text[i]) && value.text[i] != '\t')
            return true;
    return false;
}

/* How many characters of a field's name it begins with (RFC 9110 section 5.6.2). */
static size_t token_length(struct span value)
{
    size_t i = 0;
    while (i < value.length && (isalnum((unsigned char)value.text[i]) ||
                                (value.text[i] && strchr("!#$%&'*+-.^_`|~", value.text[i]))))
        i++;
    return i;
}

static int told(struct target *target, int error)
{
    return error == -E2BIG ? refuse(target, "too many headers") : error;
}

static int apply_header(struct target *target, struct span value)
{
    size_t name = token_length(value);
    if (has_control(value))
        return refuse(target, "control character in a header");
    bool empty = name + 1 == value.length && value.text[name] == ';';
    if (name == 0 || name == value.length || (value.text[name] != ':' && !empty))
        return refuse(target, "not \"Name: value\"");
    return told(target, details_add_header(target->entry->details, value.text, value.length));
}

static int set_header(struct target *target, const char *name, struct span value)
{
    if (has_control(value))
        return refuse(target, "control character in a header");
    return told(target, details_set_header(target->entry->details, name, value.text, value.length));
}

/* A star stands for the URL itself. */
static int apply_referer(struct target *target, struct span value)
{
    if (value.length != 1 || *value.text != '*')
        return set_header(target, "Referer", value);
    char *self = url_redacted(&target->entry->url);
    if (!self)
        return -ENOMEM;
    int error = set_header(target, "Referer", (struct span){self, strlen(self)});
    free(self);
    return error;
}

static int apply_user_agent(struct target *target, struct span value)
{
    return set_header(target, "User-Agent", value);
}

static const struct {
    const char *key;
    int (*apply)(struct target *target, struct span value);
    bool needs_details;
} effective[] = {
    [LIST_OPTION_OUT] = {"out", apply_out, false},
    {"dir", apply_dir, false},
    {"checksum", apply_checksum, true},
    {"header", apply_header, true},
    {"referer", apply_referer, true},
    {"user-agent", apply_user_agent, true},
};

enum { EFFECTIVE_COUNT = sizeof effective / sizeof *effective };

/* What else aria2 1.37 takes there. */
static const char *const idle[] = {
    "all-proxy",
    "all-proxy-passwd",
    "all-proxy-user",
    "allow-overwrite",
    "allow-piece-length-change",
    "always-resume",
    "async-dns",
    "auto-file-renaming",
    "bt-enable-hook-after-hash-check",
    "bt-enable-lpd",
    "bt-exclude-tracker",
    "bt-external-ip",
    "bt-force-encryption",
    "bt-hash-check-seed",
    "bt-load-saved-metadata",
    "bt-max-peers",
    "bt-metadata-only",
    "bt-min-crypto-level",
    "bt-prioritize-piece",
    "bt-remove-unselected-file",
    "bt-request-peer-speed-limit",
    "bt-require-crypto",
    "bt-save-metadata",
    "bt-seed-unverified",
    "bt-stop-timeout",
    "bt-tracker",
    "bt-tracker-connect-timeout",
    "bt-tracker-interval",
    "bt-tracker-timeout",
    "check-integrity",
    "conditional-get",
    "connect-timeout",
    "content-disposition-default-utf8",
    "continue",
    "dry-run",
    "enable-http-keep-alive",
    "enable-http-pipelining",
    "enable-mmap",
    "enable-peer-exchange",
    "file-allocation",
    "follow-metalink",
    "follow-torrent",
    "force-save",
    "ftp-passwd",
    "ftp-pasv",
    "ftp-proxy",
    "ftp-proxy-passwd",
    "ftp-proxy-user",
    "ftp-reuse-connection",
    "ftp-type",
    "ftp-user",
    "gid",
    "hash-check-only",
    "http-accept-gzip",
    "http-auth-challenge",
    "http-no-cache",
    "http-passwd",
    "http-proxy",
    "http-proxy-passwd",
    "http-proxy-user",
    "http-user",
    "https-proxy",
    "https-proxy-passwd",
    "https-proxy-user",
    "index-out",
    "lowest-speed-limit",
    "max-connection-per-server",
    "max-download-limit",
    "max-file-not-found",
    "max-mmap-limit",
    "max-resume-failure-tries",
    "max-tries",
    "max-upload-limit",
    "metalink-base-uri",
    "metalink-enable-unique-protocol",
    "metalink-language",
    "metalink-location",
    "metalink-os",
    "metalink-preferred-protocol",
    "metalink-version",
    "min-split-size",
    "no-file-allocation-limit",
    "no-netrc",
    "no-proxy",
    "parameterized-uri",
    "pause",
    "pause-metadata",
    "piece-length",
    "proxy-method",
    "realtime-chunk-checksum",
    "remote-time",
    "remove-control-file",
    "retry-wait",
    "reuse-uri",
    "rpc-save-upload-metadata",
    "seed-ratio",
    "seed-time",
    "select-file",
    "split",
    "ssh-host-key-md",
    "stream-piece-selector",
    "timeout",
    "uri-selector",
    "use-head",
};

enum { IDLE_COUNT = sizeof idle / sizeof *idle };

static_assert(EFFECTIVE_COUNT + IDLE_COUNT <= LIST_OPTION_COUNT, "numbers of options");

static bool is_key(struct span span, const char *key)
{
    return strncmp(span.text, key, span.length) == 0 && key[span.length] == '\0';
}

int list_option_find(struct span key)
{
    for (int i = 0; i < EFFECTIVE_COUNT; i++)
        if (is_key(key, effective[i].key))
            return i;
    for (int i = 0; i < IDLE_COUNT; i++)
        if (is_key(key, idle[i]))
            return EFFECTIVE_COUNT + i;
    return -1;
}

bool list_option_counts(int number)
{
    return number < EFFECTIVE_COUNT;
}

int list_option_apply(int number, struct span value, struct entry *entry, struct place *place,
                      const char **problem)
{
    struct target target = {.entry = entry, .place = place};
    *problem = "NUL byte in an option";
    if (value.length > 0 && memchr(value.text, '\0', value.length))
        return -EINVAL;
    if (effective[number].needs_details && !entry->details)
        entry->details = details_new();
    if (effective[number].needs_details && !entry->details)
        return -ENOMEM;
    int error = effective[number].apply(&target, value);
    *problem = target.problem;
    return error;
}

void place_clear(struct place *place)
{
    free(place->out);
    free(place->dir);
    *place = (struct place){0};
}
