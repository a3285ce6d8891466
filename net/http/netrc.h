/* netrc.h - logins by host, as a netrc file has them.
 *
 * The file is read once and searched for each transfer; libcurl would read it for each. The words
 * are those of ftp(1): machine NAME, or default, then login, password and account, a value behind
 * each, in any order; macdef NAME takes all up to an empty line. Words may be quoted ("a b", with
 * \" \\ \n \r \t), and a line that begins with '#' is none, both as in curl.
 *
 * Ownership: netrc_parse() to netrc_free(). Any thread once made; nothing here parks.
 */
#ifndef NET_HTTP_NETRC_H
#define NET_HTTP_NETRC_H

#include <stddef.h>

struct netrc;

struct netrc_login {
    const char *machine;  /* NULL: anybody else (default) */
    const char *user;     /* NULL: not told */
    const char *password; /* likewise */
};

/* 0; -ENOMEM; -EINVAL: a word that does not belong there, or a quote that does not end: the rest
 * would mean something else than was meant. */
int netrc_parse(struct netrc **netrc, const char *text, size_t length);
void netrc_free(struct netrc *netrc);

/* The first entry for `host` (no case), with this user unless that is NULL; `default` counts for
 * all. NULL: none. */
const struct netrc_login *netrc_find(const struct netrc *netrc, const char *host, const char *user);

#endif
