#include "cmd/crawl/scope.h"

#include "cmd/crawl/expression.h"
#include "cmd/crawl/name_list.h"
#include "cmd/get/key_table.h"
#include "engine/list.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Longer host names are none (net/url); a zone id may be in addition. */
#define HOST_MAX 512

/* A host of seeds, and below what --no-parent keeps to. */
struct seed_host {
    struct key_node node;
    char **directories; /* of paths, each with its last slash */
    size_t count;
    char name[];
};

struct scope {
    const struct scope_options *options;
    struct name_list domains;
    struct name_list accept;
    struct name_list reject;
    struct name_list include;
    struct name_list exclude;
    struct expression *accept_regex;
    struct expression *reject_regex;
    struct key_table hosts; /* of seed_host */
    bool web;               /* there is a seed of http: or https: */
    bool ftp;               /* of ftp: or ftps: */
    char *decoded;          /* of the path under way */
    size_t room;
};

static int read_expressions(struct scope *scope, char **why)
{
    const struct scope_options *options = scope->options;
    int error = 0;
    if (options->accept_regex)
        error = expression_new(&scope->accept_regex, options->accept_regex, why);
    if (!error && options->reject_regex)
        error = expression_new(&scope->reject_regex, options->reject_regex, why);
    return error;
}

static int read_lists(struct scope *scope)
{
    const struct scope_options *options = scope->options;
    int error = name_list_read(&scope->domains, options->domains);
    if (!error)
        error = name_list_read(&scope->accept, options->accept);
    if (!error)
        error = name_list_read(&scope->reject, options->reject);
    if (!error)
        error = name_list_read(&scope->include, options->include_directories);
    if (!error)
        error = name_list_read(&scope->exclude, options->exclude_directories);
    return error;
}

int scope_new(struct scope **made, const struct scope_options *options, char **why)
{
    struct scope *scope = calloc(1, sizeof *scope);
    *why = NULL;
    if (!scope)
        return -ENOMEM;
    scope->options = options;
    int error = key_table_init(&scope->hosts);
    if (!error)
        error = read_lists(scope);
    if (!error)
        error = read_expressions(scope, why);
    if (error) {
        scope_free(scope);
        return error;
    }
    *made = scope;
    return 0;
}

static bool free_host(struct key_node *node, void *ctx)
{
    struct seed_host *host = list_entry(node, struct seed_host, node);
    (void)ctx;
    for (size_t i = 0; i < host->count; i++)
        free(host->directories[i]);
    free(host->directories);
    free(host);
    return false;
}

void scope_free(struct scope *scope)
{
    if (!scope)
        return;
    if (scope->hosts.buckets)
        key_table_filter(&scope->hosts, free_host, NULL);
    key_table_clear(&scope->hosts);
    name_list_clear(&scope->domains);
    name_list_clear(&scope->accept);
    name_list_clear(&scope->reject);
    name_list_clear(&scope->include);
    name_list_clear(&scope->exclude);
    expression_free(scope->accept_regex);
    expression_free(scope->reject_regex);
    free(scope->decoded);
    free(scope);
}

static struct glob_text host_of(const struct url_resolved *url)
{
    return (struct glob_text){url->text + url->host, url->host_length};
}

/* NULL: no seed has it. Ports do not matter, as they do not to wget. */
static struct seed_host *find_host(const struct scope *scope, struct glob_text name)
{
    char key[HOST_MAX];
    if (name.length >= sizeof key)
        return NULL;
    memcpy(key, name.bytes, name.length);
    key[name.length] = '\0';
    struct key_node *node = key_table_find(&scope->hosts, key);
    return node ? list_entry(node, struct seed_host, node) : NULL;
}

static struct seed_host *add_host(struct scope *scope, struct glob_text name)
{
    struct seed_host *host = calloc(1, sizeof *host + name.length + 1);
    if (!host)
        return NULL;
    memcpy(host->name, name.bytes, name.length);
    host->node.key = host->name;
    key_table_add(&scope->hosts, &host->node);
    return host;
}

/* Is the path in one of the directories, or one of them? */
static bool is_below(const struct seed_host *host, const char *path, size_t length)
{
    for (size_t i = 0; i < host->count; i++) {
        size_t size = strlen(host->directories[i]);
        if (length >= size && memcmp(path, host->directories[i], size) == 0)
            return true;
    }
    return false;
}

static int add_directory(struct seed_host *host, const char *path, size_t length)
{
    while (length > 1 && path[length - 1] != '/')
        length--;
    if (is_below(host, path, length))
        return 0;
    char **grown = realloc(host->directories, (host->count + 1) * sizeof *grown);
    if (!grown)
        return -ENOMEM;
    host->directories = grown;
    grown[host->count] = strndup(path, length);
    if (!grown[host->count])
        return -ENOMEM;
    host->count++;
    return 0;
}

static bool is_ftp(const struct url_resolved *url)
{
    return *url->text == 'f';
}

int scope_add_seed(struct scope *scope, const struct url_resolved *url)
{
    struct glob_text name = host_of(url);
    struct seed_host *host = find_host(scope, name);
    if (!host)
        host = add_host(scope, name);
    if (!host)
        return -ENOMEM;
    if (is_ftp(url))
        scope->ftp = true;
    else
        scope->web = true;
    return scope->options->no_parent ? add_directory(host, url->text + url->path, url->path_length)
                                     : 0;
}

static bool has_scheme(const struct scope *scope, const struct url_resolved *url)
{
    return is_ftp(url) ? scope->ftp : scope->web;
}

static enum scope_rule judge_host(const struct scope *scope, const struct url_resolved *url)
{
    const struct scope_options *options = scope->options;
    struct glob_text host = host_of(url);
    if (scope->domains.count ? name_list_has_host(&scope->domains, host) : options->span_hosts)
        return SCOPE_LINK;
    if (!options->span_hosts && find_host(scope, host))
        return SCOPE_LINK;
    return scope->domains.count ? SCOPE_DOMAINS : SCOPE_HOST;
}

static enum scope_rule judge_parent(const struct scope *scope, const struct url_resolved *url)
{
    const struct seed_host *host =
        scope->options->no_parent ? find_host(scope, host_of(url)) : NULL;
    if (!host || is_below(host, url->text + url->path, url->path_length))
        return SCOPE_LINK;
    return SCOPE_PARENT;
}

static int digit_value(char digit)
{
    return digit <= '9' ? digit - '0' : digit - 'A' + 10;
}

static bool is_digit(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'F');
}

/* Of a byte, but for a slash: "%2F" is no folder's end. */
static bool is_triplet(const char *at, const char *end)
{
    return end - at > 2 && *at == '%' && is_digit(at[1]) && is_digit(at[2]) &&
           memcmp(at, "%2F", 3) != 0;
}

/* The path as people write it: without triplets, but for that of a slash. False when memory runs
 * out. */
static bool decode_path(struct scope *scope, const struct url_resolved *url, struct glob_text *path)
{
    const char *at = url->text + url->path;
    const char *end = at + url->path_length;
    if (scope->room < url->path_length) {
        char *grown = realloc(scope->decoded, url->path_length);
        if (!grown)
            return false;
        scope->decoded = grown;
        scope->room = url->path_length;
    }
    char *out = scope->decoded;
    while (at < end) {
        if (is_triplet(at, end)) {
            *out++ = (char)(digit_value(at[1]) << 4 | digit_value(at[2]));
            at += 3;
        } else {
            *out++ = *at++;
        }
    }
    *path = (struct glob_text){scope->decoded, (size_t)(out - scope->decoded)};
    return true;
}

static enum scope_rule judge_directories(const struct scope *scope, struct glob_text path)
{
    if (scope->include.count && !name_list_has_folder(&scope->include, path))
        return SCOPE_INCLUDE;
    return name_list_has_folder(&scope->exclude, path) ? SCOPE_EXCLUDE : SCOPE_LINK;
}

static struct glob_text file_of(struct glob_text path)
{
    const char *slash = memrchr(path.bytes, '/', path.length);
    size_t skipped = slash ? (size_t)(slash - path.bytes) + 1 : 0;
    struct glob_text name = {path.bytes + skipped, path.length - skipped};
    return name.length ? name : (struct glob_text){"index.html", 10};
}

/* As wget has it: .htm, .html and those with one more letter before. */
static bool is_page(struct glob_text name)
{
    const char *dot = memrchr(name.bytes, '.', name.length);
    size_t length = dot ? (size_t)(name.bytes + name.length - dot) - 1 : 0;
    return (length == 3 && strncasecmp(dot + 1, "htm", 3) == 0) ||
           (length == 4 && strncasecmp(dot + 1, "html", 4) == 0) ||
           (length == 5 && strncasecmp(dot + 2, "html", 4) == 0);
}

static enum scope_rule judge_file(const struct scope *scope, const struct scope_link *link,
                                  struct glob_text path)
{
    const struct scope_options *options = scope->options;
    struct glob_text name = file_of(path);
    bool rejected = name_list_has_file(&scope->reject, name);
    if (!rejected && (!scope->accept.count || name_list_has_file(&scope->accept, name)))
        return SCOPE_LINK;
    bool leads_on = options->level < 0 || link->level < (unsigned)options->level;
    if (leads_on && is_page(name))
        return SCOPE_PASSAGE;
    return rejected ? SCOPE_REJECT : SCOPE_ACCEPT;
}

static enum scope_rule judge_reject_regex(const struct scope *scope, const struct url_resolved *url)
{
    int found =
        scope->reject_regex ? expression_find(scope->reject_regex, url->text, url->length) : 0;
    if (found < 0)
        return SCOPE_EXPRESSION;
    return found ? SCOPE_REJECT_REGEX : SCOPE_LINK;
}

static enum scope_rule judge_regexes(const struct scope *scope, const struct url_resolved *url)
{
    int found =
        scope->accept_regex ? expression_find(scope->accept_regex, url->text, url->length) : 1;
    if (found < 0)
        return SCOPE_EXPRESSION;
    return found ? judge_reject_regex(scope, url) : SCOPE_ACCEPT_REGEX;
}

static enum scope_rule judge_path(struct scope *scope, const struct scope_link *link)
{
    struct glob_text path;
    if (!scope->accept.count && !scope->reject.count && !scope->include.count &&
        !scope->exclude.count)
        return SCOPE_LINK;
    if (!decode_path(scope, link->url, &path))
        return SCOPE_EXPRESSION;
    enum scope_rule rule = judge_directories(scope, path);
    return rule == SCOPE_LINK ? judge_file(scope, link, path) : rule;
}

static enum scope_rule judge_navigation(struct scope *scope, const struct scope_link *link)
{
    const struct scope_options *options = scope->options;
    if (options->level >= 0 && link->level > (unsigned)options->level)
        return SCOPE_LEVEL;
    enum scope_rule rule = judge_host(scope, link->url);
    if (rule == SCOPE_LINK)
        rule = judge_parent(scope, link->url);
    if (rule == SCOPE_LINK)
        rule = judge_regexes(scope, link->url);
    if (rule == SCOPE_LINK)
        rule = judge_path(scope, link);
    return rule;
}

static enum scope_rule judge_requisite(struct scope *scope, const struct scope_link *link)
{
    struct glob_text path;
    if (!scope->options->requisites)
        return SCOPE_NO_REQUISITES;
    if (link->chain > SCOPE_CHAIN_MAX)
        return SCOPE_CHAIN;
    if (scope->reject.count || scope->exclude.count) {
        if (!decode_path(scope, link->url, &path))
            return SCOPE_EXPRESSION;
        if (name_list_has_folder(&scope->exclude, path))
            return SCOPE_EXCLUDE;
        if (name_list_has_file(&scope->reject, file_of(path)))
            return SCOPE_REJECT;
    }
    enum scope_rule rule = judge_reject_regex(scope, link->url);
    return rule == SCOPE_LINK ? SCOPE_REQUISITE : rule;
}

enum scope_rule scope_judge(struct scope *scope, const struct scope_link *link)
{
    if (link->level == 0 && !link->is_requisite)
        return SCOPE_SEED;
    if (!has_scheme(scope, link->url))
        return SCOPE_SCHEME;
    return link->is_requisite ? judge_requisite(scope, link) : judge_navigation(scope, link);
}

const char *scope_rule_word(enum scope_rule rule)
{
    static const char *const words[SCOPE_RULES] = {
        [SCOPE_SEED] = "given on the command line",
        [SCOPE_LINK] = "in scope",
        [SCOPE_REQUISITE] = "a page needs it",
        [SCOPE_PASSAGE] = "read for its links only: --accept, --reject",
        [SCOPE_SCHEME] = "another kind of scheme",
        [SCOPE_HOST] = "another host: no --span-hosts",
        [SCOPE_DOMAINS] = "not in --domains",
        [SCOPE_LEVEL] = "deeper than --level",
        [SCOPE_PARENT] = "above the start: --no-parent",
        [SCOPE_NO_REQUISITES] = "no --page-requisites",
        [SCOPE_CHAIN] = "needed only by what is itself only needed, and so on",
        [SCOPE_ACCEPT] = "not in --accept",
        [SCOPE_REJECT] = "in --reject",
        [SCOPE_ACCEPT_REGEX] = "not matched by --accept-regex",
        [SCOPE_REJECT_REGEX] = "matched by --reject-regex",
        [SCOPE_INCLUDE] = "not in --include-directories",
        [SCOPE_EXCLUDE] = "in --exclude-directories",
        [SCOPE_EXPRESSION] = "too much work for a regular expression",
    };
    return words[rule];
}
