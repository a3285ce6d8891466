/* hosts.h - /etc/hosts, read once.
 *
 * Ownership: hosts_file_load() to hosts_file_free(). Thread: read-only after loading. Nothing here
 * parks; loading reads a small local file.
 */
#ifndef NET_DNS_HOSTS_H
#define NET_DNS_HOSTS_H

#include "net/dns/address.h"

struct hosts_file;

/* Parses the text of a hosts file (hosts(5)); lines it cannot read are passed over, as everybody
 * does. 0 or -ENOMEM. */
int hosts_file_parse(struct hosts_file **hosts, const char *text, size_t length);

/* Reads `path`; a missing file is an empty one. 0 or -errno. */
int hosts_file_load(struct hosts_file **hosts, const char *path);
void hosts_file_free(struct hosts_file *hosts);

/* Copies up to `capacity` addresses of `family` (AF_INET, AF_INET6) for `name`, compared without
 * case and trailing dot; how many. */
size_t hosts_file_find(const struct hosts_file *hosts, const char *name, int family,
                       struct address *addresses, size_t capacity);

#endif
