#include "cmd/cli/option_table.h"

#include "cmd/cli/setters.h"
#include <limits.h>

#define PLACE(member)  .field = offsetof(struct cli, member)
#define FLAG(member)   .set = set_flag, PLACE(member)
#define TEXT(member)   .set = set_text, PLACE(member)
#define NAMED(member)  .set = set_named, PLACE(member)
#define SIZE(member)   .set = set_size, PLACE(member)
#define TIME(member)   .set = set_time, PLACE(member)
#define WORD(member)   .set = set_word, PLACE(member)
#define NUMBER(member) .set = set_number, PLACE(member)

/* In the order of their enums. */
static const char *const mode_words[] = {"async", "sync", "threads", "processes", NULL};
static const char *const layout_words[] = {"flat", "path", NULL};
static const char *const group_words[] = {"host", "ip", NULL};
static const char *const exists_words[] = {"update", "overwrite", "skip", "rename", "fail", NULL};
static const char *const list_words[] = {"auto", "text", "csv", NULL};
static const char *const progress_words[] = {"auto", "bar", "plain", "none", NULL};
static const char *const srcset_words[] = {"all", "largest", NULL};
static const char *const resolver_words[] = {"ares", "system", NULL};

const struct option_row option_table[] = {
    {"modes", 0, "LIST", SECTION_COMPARE, SCOPE_COMPARE,
     "which modes, in this order; the first is what the\n"
     "others are compared with\n"
     "(sync,threads,processes,async)",
     .set = set_modes, .words = mode_words},
    {"runs", 0, "N", SECTION_COMPARE, SCOPE_COMPARE, "run each so often and show the medians (1)",
     NUMBER(runs), .min = 1, .max = 1000},
    {"json", 0, NULL, SECTION_COMPARE, SCOPE_COMPARE, "an array of objects instead of a table",
     FLAG(json)},
    {"report", 0, "FILE.html", SECTION_COMPARE, SCOPE_COMPARE,
     "one page with the waterfalls of all modes, for a\n"
     "browser",
     NAMED(get.report)},
    {"output", 'o', "DIR", SECTION_COMPARE, SCOPE_COMPARE, "keep each mode's files in DIR/MODE",
     .set = set_output, PLACE(get.output)},
    {"output-dir", 0, "DIR", SECTION_COMPARE, SCOPE_COMPARE, NULL, .set = set_output,
     PLACE(output_dir)},

    {"url", 0, "URL|PATH", SECTION_STATUS, SCOPE_STATUS,
     "all that is known of this one, or of this file's", NAMED(status.url)},
    {"json", 0, NULL, SECTION_STATUS, SCOPE_STATUS, "an object instead of text", FLAG(status.json)},

    {"level", 'l', "N", SECTION_SCOPE, SCOPE_WALK,
     "follow links N deep from where it starts; 0: any\n"
     "depth (0)",
     NUMBER(crawl.level), .min = 0, .max = 1000000},
    {"no-parent", 0, NULL, SECTION_SCOPE, SCOPE_WALK,
     "stay below the directory where it starts (-np)", FLAG(crawl.scope.no_parent)},
    {"page-requisites", 0, NULL, SECTION_SCOPE, SCOPE_MIRROR, NULL, .set = set_always_on},
    {"page-requisites", 0, NULL, SECTION_SCOPE, SCOPE_CRAWL,
     "also what pages need to be shown, from any host", FLAG(crawl.scope.requisites)},
    {"no-page-requisites", 0, NULL, SECTION_SCOPE, SCOPE_MIRROR,
     "leave out what pages need to be shown; else it is\n"
     "fetched from any host",
     FLAG(crawl.no_requisites)},
    {"span-hosts", 0, NULL, SECTION_SCOPE, SCOPE_WALK, "follow links to any host",
     FLAG(crawl.scope.span_hosts)},
    {"domains", 0, "LIST", SECTION_SCOPE, SCOPE_WALK,
     "follow links to these and what is below them", NAMED(crawl.scope.domains)},
    {"accept", 0, "LIST", SECTION_SCOPE, SCOPE_WALK,
     "only files with these suffixes or patterns; pages\n"
     "are read for their links nevertheless",
     NAMED(crawl.scope.accept)},
    {"reject", 0, "LIST", SECTION_SCOPE, SCOPE_WALK, "no files with these suffixes or patterns",
     NAMED(crawl.scope.reject)},
    {"accept-regex", 0, "REGEX", SECTION_SCOPE, SCOPE_WALK,
     "only URLs that match (PCRE2, anywhere in the URL)", NAMED(crawl.scope.accept_regex)},
    {"reject-regex", 0, "REGEX", SECTION_SCOPE, SCOPE_WALK, "only URLs that do not match",
     NAMED(crawl.scope.reject_regex)},
    {"include-directories", 0, "LIST", SECTION_SCOPE, SCOPE_WALK, "only paths below these",
     NAMED(crawl.scope.include_directories)},
    {"exclude-directories", 0, "LIST", SECTION_SCOPE, SCOPE_WALK, "no paths below these",
     NAMED(crawl.scope.exclude_directories)},
    {"strip-query", 0, NULL, SECTION_SCOPE, SCOPE_WALK, "links lose what follows a '?'",
     FLAG(crawl.scope.strip_query)},
    {"srcset", 0, "WHICH", SECTION_SCOPE, SCOPE_WALK,
     "all or largest: which of the sizes of an image\n"
     "(all)",
     WORD(crawl.srcset), .words = srcset_words},
    {"max-urls", 0, "N", SECTION_SCOPE, SCOPE_WALK, "end after so many URLs (no bound)",
     NUMBER(crawl.max_urls), .min = 1, .max = INT_MAX},
    {"quota", 0, "SIZE", SECTION_SCOPE, SCOPE_WALK, "end after so many bytes (no bound)",
     SIZE(crawl.quota)},
    {"job-time", 0, "TIME", SECTION_SCOPE, SCOPE_WALK, "end after so long (no bound)",
     TIME(crawl.job_time_ns)},
    {"why", 0, "URL", SECTION_SCOPE, SCOPE_WALK,
     "tell which rule lets this one in or keeps it out,\n"
     "and which page links to it",
     NAMED(crawl.why)},

    {"per-host", 0, "N", SECTION_JOB, SCOPE_MIRROR, "connections to one host (8)",
     NUMBER(get.per_host), .min = 1, .max = JOBS_MAX},
    {"per-host", 0, "N", SECTION_JOB, SCOPE_CRAWL, "connections to one host (2)",
     NUMBER(get.per_host), .min = 1, .max = JOBS_MAX},
    {"delay", 0, "TIME", SECTION_JOB, SCOPE_MIRROR,
     "between requests to one host; longer where its\n"
     "robots.txt has a Crawl-delay (0)",
     TIME(crawl.delay_ns)},
    {"delay", 0, "TIME", SECTION_JOB, SCOPE_CRAWL,
     "between requests to one host; longer where its\n"
     "robots.txt has a Crawl-delay (1s)",
     TIME(crawl.delay_ns)},
    {"no-robots", 0, NULL, SECTION_JOB, SCOPE_WALK, "do not ask for robots.txt, nor heed nofollow",
     FLAG(crawl.no_robots)},
    {"output", 'o', "DIR", SECTION_FILES, SCOPE_MIRROR,
     "where the tree goes, as DIR/HOST/path; made if\n"
     "missing (.)",
     .set = set_output, PLACE(get.output)},
    {"output", 'o', "DIR", SECTION_FILES, SCOPE_CRAWL, "keep what is fetched, as DIR/HOST/path",
     .set = set_output, PLACE(get.output)},
    {"output-dir", 0, "DIR", SECTION_FILES, SCOPE_WALK, NULL, .set = set_output, PLACE(get.output)},
    {"out-null", 0, NULL, SECTION_FILES, SCOPE_CRAWL, "keep no files (as without -o)",
     FLAG(get.out_null)},
    {"no-host-directories", 0, NULL, SECTION_FILES, SCOPE_WALK, "no directory for each host (-nH)",
     FLAG(crawl.no_host_directories)},
    {"cut-dirs", 0, "N", SECTION_FILES, SCOPE_WALK, "leave off the first N directories of paths",
     NUMBER(crawl.cut_dirs), .min = 0, .max = 1000},
    {"no-convert", 0, NULL, SECTION_FILES, SCOPE_MIRROR,
     "leave links as they are; else they lead to the\n"
     "copies",
     FLAG(crawl.no_convert)},
    {"delete", 0, NULL, SECTION_FILES, SCOPE_MIRROR,
     "after a complete pass remove files that the site\n"
     "no longer has",
     FLAG(crawl.delete_gone)},
    {"check", 0, NULL, SECTION_OUTPUT, SCOPE_CRAWL,
     "check links: tell the broken ones and where they\n"
     "are; exit status 1 if there is any",
     FLAG(crawl.check)},
    {"fail-on-broken", 0, NULL, SECTION_OUTPUT, SCOPE_WALK,
     "links that are 404 or 410 count for the exit\n"
     "status, too",
     FLAG(crawl.fail_on_broken)},

    {"jobs", 'j', "N", SECTION_JOB, SCOPE_TRANSFER, "transfers in flight, 1 to 100000 (32)",
     NUMBER(get.jobs), .min = 1, .max = JOBS_MAX},
    {"per-host", 0, "N", SECTION_JOB, SCOPE_ALL, "connections to one host (as --jobs)",
     NUMBER(get.per_host), .min = 1, .max = JOBS_MAX},
    {"group-by", 0, "WHAT", SECTION_JOB, SCOPE_ALL,
     "host, or ip: all hosts at an address count as one\n"
     "for --per-host, --rate and pauses (host)",
     WORD(get.group_by), .words = group_words},
    {"limit-rate", 0, "RATE", SECTION_JOB, SCOPE_TRANSFER,
     "bytes a second, all transfers together (no bound)", SIZE(get.limit_rate)},
    {"split", 0, "N", SECTION_JOB, SCOPE_ALL,
     "bring a large file in pieces over N connections,\n"
     "and over its mirrors; in mode async (1)",
     NUMBER(get.split), .min = 1, .max = SPLIT_MAX},
    {"min-split-size", 0, "SIZE", SECTION_JOB, SCOPE_ALL, "no smaller pieces to begin with (20M)",
     SIZE(get.min_split_size)},
    {"rate", 0, "N/s", SECTION_JOB, SCOPE_TRANSFER,
     "requests to one host, evenly spaced: N/s, N/m or\n"
     "N/h (no bound)",
     .set = set_rate, PLACE(get.rate_interval_ns)},
    {"threads", 0, "N", SECTION_JOB, SCOPE_TRANSFER,
     "schedulers, each a thread; \"auto\": one a CPU (1)", .set = set_threads, PLACE(get.threads),
     .min = 1, .max = 1024},
    {"mode", 0, "MODE", SECTION_JOB, SCOPE_GET,
     "how the same code is run: async, sync, threads or\n"
     "processes (async)",
     WORD(get.mode), .words = mode_words},
    {"list-format", 0, "FORMAT", SECTION_JOB, SCOPE_ALL,
     "text, csv (URL,FILENAME), or auto: by the list's\n"
     "name (auto)",
     WORD(get.list_format), .words = list_words},

    {"output", 'o', "DIR", SECTION_FILES, SCOPE_GET,
     "where files go; made if missing (.). For a single\n"
     "URL also -o FILE, and -o - for standard output",
     .set = set_output, PLACE(get.output)},
    {"output-dir", 0, "DIR", SECTION_FILES, SCOPE_GET,
     "the same, always a directory; -o then lies in it", .set = set_output, PLACE(output_dir)},
    {"layout", 0, "LAYOUT", SECTION_FILES, SCOPE_ALL,
     "flat: the URL's last part as name; path:\n"
     "HOST[:PORT]/dir/file (flat)",
     WORD(get.layout), .words = layout_words},
    {"if-exists", 0, "WHAT", SECTION_FILES, SCOPE_GET,
     "update: only what has changed; overwrite, skip,\n"
     "rename or fail (update)",
     WORD(get.if_exists), .words = exists_words},
    {"out-null", 0, NULL, SECTION_FILES, SCOPE_ALL, "read bodies and throw them away",
     FLAG(get.out_null)},
    {"remote-header-name", 'J', NULL, SECTION_FILES, SCOPE_ALL,
     "files are called what servers suggest\n"
     "(Content-Disposition)",
     FLAG(get.transfer.remote_header_name)},
    {"no-remote-time", 0, NULL, SECTION_FILES, SCOPE_TRANSFER,
     "files keep the time of their arrival instead of\n"
     "the server's Last-Modified",
     FLAG(get.no_remote_time)},
    {"checksum", 0, "ALGO=HEX", SECTION_FILES, SCOPE_GET,
     "what a single URL's file must have: md5, sha-1,\n"
     "sha-256 or sha-512",
     .set = set_checksum},
    {"metalink", 0, "FILE", SECTION_FILES, SCOPE_GET,
     "a list of files with their mirrors, sizes and\n"
     "checksums: a Metalink 4 document",
     NAMED(get.metalink)},
    {"fsync", 0, NULL, SECTION_FILES, SCOPE_TRANSFER,
     "data on the disk before a file gets its name", FLAG(get.fsync)},
    {"min-free", 0, "SIZE", SECTION_FILES, SCOPE_TRANSFER,
     "stop before less than this is free; 0: no bound\n"
     "(0)",
     SIZE(get.min_free)},
    {"no-journal", 0, NULL, SECTION_FILES, SCOPE_GET, "keep no record of the job in DIR/.fetch/",
     FLAG(get.no_journal)},
    {"retry-failed", 0, NULL, SECTION_FILES, SCOPE_GET,
     "of the same list, run only what failed last time", FLAG(get.retry_failed)},

    {"retry", 0, "N", SECTION_BOUNDS, SCOPE_TRANSFER, "further tries after transient failures (3)",
     NUMBER(get.retry), .min = 0, .max = 1000000},
    {"retry-all-errors", 0, NULL, SECTION_BOUNDS, SCOPE_TRANSFER, "further tries whatever failed",
     FLAG(get.retry_all_errors)},
    {"retry-delay", 0, "TIME", SECTION_BOUNDS, SCOPE_TRANSFER,
     "before the second try; doubles from then on (1s)", TIME(get.retry_delay_ns)},
    {"retry-max-time", 0, "TIME", SECTION_BOUNDS, SCOPE_TRANSFER,
     "no new try after so long; 0: no bound (10m)", TIME(get.retry_max_time_ns)},
    {"connect-timeout", 0, "TIME", SECTION_BOUNDS, SCOPE_TRANSFER,
     "to connect, name lookup and TLS included (15s)", TIME(get.transfer.connect_timeout_ns)},
    {"max-time", 'm', "TIME", SECTION_BOUNDS, SCOPE_TRANSFER,
     "for one transfer with its redirects (no bound)", TIME(get.max_time_ns)},
    {"stall-timeout", 0, "TIME", SECTION_BOUNDS, SCOPE_TRANSFER,
     "no byte for so long; 0: no bound (30s)", TIME(get.transfer.stall_timeout_ns)},
    {"speed-limit", 'Y', "RATE", SECTION_BOUNDS, SCOPE_TRANSFER,
     "bytes a second: give up what is slower (no bound)", SIZE(get.transfer.speed_limit)},
    {"speed-time", 'y', "TIME", SECTION_BOUNDS, SCOPE_TRANSFER,
     "when it was slower for so long (30s)", TIME(get.transfer.speed_time_ns)},
    {"max-redirs", 0, "N", SECTION_BOUNDS, SCOPE_TRANSFER,
     "redirects that are followed; -1: all (10)", .set = set_max_redirs, PLACE(get.max_redirs),
     .max = INT_MAX},
    {"max-filesize", 0, "SIZE", SECTION_BOUNDS, SCOPE_TRANSFER,
     "refuse larger bodies, after decoding (no bound)", SIZE(get.transfer.max_filesize)},
    {"proto", 0, "LIST", SECTION_BOUNDS, SCOPE_TRANSFER,
     "allowed protocols, also after redirects\n"
     "(http,https,ftp,ftps)",
     .set = set_protocols},
    {"deny-private", 0, NULL, SECTION_BOUNDS, SCOPE_TRANSFER,
     "refuse addresses that are not public, also after\n"
     "redirects and by names that lead there",
     FLAG(get.transfer.deny_private)},

    {"header", 'H', "LINE", SECTION_REQUEST, SCOPE_TRANSFER,
     "add a header (\"Name: value\"), drop one (\"Name:\"),\n"
     "send it empty (\"Name;\"); @FILE: lines of a file",
     .set = set_header},
    {"user-agent", 'A', "NAME", SECTION_REQUEST, SCOPE_TRANSFER, "as User-Agent",
     .set = set_user_agent, PLACE(get.transfer.user_agent)},
    {"referer", 'e', "URL", SECTION_REQUEST, SCOPE_TRANSFER, "as Referer", .set = set_referer,
     PLACE(get.transfer.referer)},
    {"user", 'u', "NAME:PASSWORD", SECTION_REQUEST, SCOPE_TRANSFER,
     "to log in with; dropped when a redirect leaves\n"
     "the origin",
     .set = set_user, PLACE(get.transfer.user)},
    {"cookie", 'b', "TEXT|FILE", SECTION_REQUEST, SCOPE_TRANSFER,
     "send \"name=value; ...\", or the cookies of a file\n"
     "and those that servers set on the way",
     .set = set_cookie},
    {"cookie-jar", 'c', "FILE", SECTION_REQUEST, SCOPE_TRANSFER,
     "write all cookies to FILE at the end; until then\n"
     "each thread or process has its own",
     .set = set_cookie_jar, PLACE(get.cookie_jar)},
    {"basic", 0, NULL, SECTION_REQUEST, SCOPE_TRANSFER, "log in with Basic (as it is)",
     .set = set_basic},
    {"digest", 0, NULL, SECTION_REQUEST, SCOPE_TRANSFER,
     "log in with Digest: no password over the wire", FLAG(get.transfer.digest)},
    {"netrc", 'n', NULL, SECTION_REQUEST, SCOPE_TRANSFER, "log in as ~/.netrc says for the host",
     FLAG(netrc)},
    {"netrc-file", 0, "FILE", SECTION_REQUEST, SCOPE_TRANSFER, "as another file says",
     .set = set_netrc_file},
    {"netrc-optional", 0, NULL, SECTION_REQUEST, SCOPE_TRANSFER,
     "as it says, where the URL names no login", .set = set_netrc_optional},
    {"oauth2-bearer", 0, "TOKEN", SECTION_REQUEST, SCOPE_TRANSFER, "log in with a token",
     .set = set_bearer},
    {"time-cond", 'z', "DATE|FILE", SECTION_REQUEST, SCOPE_TRANSFER,
     "only what was modified since (-DATE: was not);\n"
     "the rest counts as unchanged",
     .set = set_time_condition},
    {"compressed", 0, NULL, SECTION_REQUEST, SCOPE_TRANSFER,
     "ask for compressed bodies and unpack them", FLAG(get.transfer.compressed)},
    {"http1.1", 0, NULL, SECTION_REQUEST, SCOPE_TRANSFER, "speak HTTP/1.1",
     .set = set_http_version},
    {"http2", 0, NULL, SECTION_REQUEST, SCOPE_TRANSFER,
     "speak HTTP/2 if possible, and over TLS let\n"
     "transfers of a host share one connection, but not\n"
     "with --limit-rate: one cannot be held back alone",
     .set = set_http_version},
    {"http3", 0, NULL, SECTION_REQUEST, SCOPE_TRANSFER,
     "speak HTTP/3 if possible, where libcurl has it", .set = set_http_version},

    {"proxy", 'x', "URL", SECTION_NETWORK, SCOPE_TRANSFER,
     "through a proxy (that of the environment)", TEXT(get.transfer.proxy)},
    {"proxy-user", 'U', "NAME:PASSWORD", SECTION_NETWORK, SCOPE_TRANSFER, "for the proxy",
     .set = set_user, PLACE(get.transfer.proxy_user)},
    {"noproxy", 0, "LIST", SECTION_NETWORK, SCOPE_TRANSFER,
     "hosts, domains and networks that are reached\n"
     "directly; *: all (that of the environment)",
     TEXT(get.transfer.no_proxy)},
    {"proxy-cacert", 0, "FILE", SECTION_NETWORK, SCOPE_TRANSFER, "as --cacert, for an HTTPS proxy",
     .set = set_readable_file, PLACE(get.transfer.proxy_cacert)},
    {"proxy-insecure", 0, NULL, SECTION_NETWORK, SCOPE_TRANSFER,
     "as --insecure, for an HTTPS proxy", FLAG(get.transfer.proxy_insecure)},
    {"insecure", 'k', NULL, SECTION_NETWORK, SCOPE_TRANSFER, "believe any certificate",
     FLAG(get.transfer.insecure)},
    {"cacert", 0, "FILE", SECTION_NETWORK, SCOPE_TRANSFER,
     "believe the certificates of FILE instead", .set = set_readable_file,
     PLACE(get.transfer.cacert)},
    {"cert", 'E', "FILE[:PASSWORD]", SECTION_NETWORK, SCOPE_TRANSFER,
     "a certificate to show to servers that ask for\n"
     "one; dropped when a redirect leaves the origin",
     .set = set_certificate},
    {"key", 0, "FILE", SECTION_NETWORK, SCOPE_TRANSFER, "its private key (that in its file)",
     .set = set_readable_file, PLACE(get.transfer.key)},
    {"pass", 0, "PASSWORD", SECTION_NETWORK, SCOPE_TRANSFER, "that of the key",
     TEXT(get.transfer.key_password)},
    {"interface", 0, "NAME", SECTION_NETWORK, SCOPE_TRANSFER,
     "a network device or an address of this machine to\n"
     "go out from",
     NAMED(get.transfer.interface)},
    {"alt-svc", 0, "FILE", SECTION_NETWORK, SCOPE_TRANSFER,
     "remember where else hosts may be met, from run to\n"
     "run, and go there",
     TEXT(get.altsvc_file)},
    {"hsts", 0, "FILE", SECTION_NETWORK, SCOPE_TRANSFER,
     "remember hosts that want HTTPS only, from run to\n"
     "run, and do as they want",
     TEXT(get.hsts_file)},
    {"ipv4", '4', NULL, SECTION_NETWORK, SCOPE_TRANSFER, "only IPv4 addresses", .set = set_ipv4},
    {"ipv6", '6', NULL, SECTION_NETWORK, SCOPE_TRANSFER, "only IPv6 addresses", .set = set_ipv6},
    {"resolve", 0, "HOST:PORT:ADDR", SECTION_NETWORK, SCOPE_TRANSFER,
     "connect to ADDR for HOST and PORT", .set = set_resolve},
    {"dns-servers", 0, "LIST", SECTION_NETWORK, SCOPE_TRANSFER,
     "name servers to ask (the system's)", NAMED(get.resolver.servers)},
    {"resolver", 0, "WHICH", SECTION_NETWORK, SCOPE_TRANSFER,
     "ares, or system: getaddrinfo() (ares)", WORD(get.resolver.kind), .words = resolver_words},

    {"dry-run", 0, NULL, SECTION_OUTPUT, SCOPE_GET,
     "ask no server: a line for each URL, with the\n"
     "name that its file would have",
     FLAG(get.dry_run)},
    {"exec", 0, "COMMAND", SECTION_OUTPUT, SCOPE_GET,
     "run for each finished file by /bin/sh, with its\n"
     "$FETCH_PATH and $FETCH_URL; as many as --jobs",
     NAMED(get.exec)},
    {"log", 0, "FILE", SECTION_OUTPUT, SCOPE_FETCHED,
     "a JSON object a line for every finished URL; -:\n"
     "standard output",
     NAMED(get.log)},
    {"har", 0, "FILE", SECTION_OUTPUT, SCOPE_FETCHED,
     "HTTP Archive 1.2, a request an entry; -: standard\n"
     "output",
     NAMED(get.har)},
    {"report", 0, "FILE.html", SECTION_OUTPUT, SCOPE_FETCHED,
     "one page with the waterfall of all transfers, for\n"
     "a browser",
     NAMED(get.report)},
    {"report-rows", 0, "FILE", SECTION_OUTPUT, SCOPE_GET, NULL, TEXT(get.report_rows)},
    {"progress", 0, "HOW", SECTION_OUTPUT, SCOPE_FETCHED,
     "auto, bar, plain or none (auto: a bar on a\n"
     "terminal, else a line now and then)",
     WORD(get.progress), .words = progress_words},
    {"quiet", 'q', NULL, SECTION_OUTPUT, SCOPE_FETCHED,
     "no progress and no summary; failures still", FLAG(get.quiet)},
    {"silent", 's', NULL, SECTION_OUTPUT, SCOPE_FETCHED, "the same", FLAG(get.quiet)},
    {"verbose", 'v', NULL, SECTION_OUTPUT, SCOPE_TRANSFER, "a line for every URL that is done",
     .set = set_verbose},
    {"no-config", 0, NULL, SECTION_JOB, SCOPE_EVERY,
     "leave out the options of the user's file,\n"
     "~/.config/fetch/config",
     .set = set_always_on},
    {"help", 'h', NULL, SECTION_OUTPUT, SCOPE_EVERY, "this text", .set = set_help},
    {"version", 'V', NULL, SECTION_OUTPUT, SCOPE_EVERY, "versions of fetch, libcurl and c-ares",
     .set = set_version},
    {"stats-fd", 0, "N", SECTION_OUTPUT, SCOPE_GET, NULL, NUMBER(get.stats_fd), .min = 0,
     .max = INT_MAX},

    /* What curl's users type out of habit. */
    {"location", 'L', NULL, SECTION_OUTPUT, SCOPE_TRANSFER, NULL, .set = set_always_on},
    {"fail", 'f', NULL, SECTION_OUTPUT, SCOPE_TRANSFER, NULL, .set = set_always_on},
    {"show-error", 'S', NULL, SECTION_OUTPUT, SCOPE_TRANSFER, NULL, .set = set_always_on},
    {"parallel", 'Z', NULL, SECTION_OUTPUT, SCOPE_TRANSFER, NULL, .set = set_always_on},
    {"remote-name", 'O', NULL, SECTION_OUTPUT, SCOPE_TRANSFER, NULL, .set = set_refused,
     .note = "files are named after their URLs as it is; -o DIR says where they go"},
    {"continue-at", 'C', "OFFSET", SECTION_OUTPUT, SCOPE_TRANSFER, NULL, .set = set_refused,
     .note = "run the same command again: it goes on where it was broken off"},
    {"input-file", 'i', "FILE", SECTION_OUTPUT, SCOPE_TRANSFER, NULL, .set = set_refused,
     .note = "write the list without it: fetch urls.txt -o out/"},
};

const size_t option_count = sizeof option_table / sizeof *option_table;
