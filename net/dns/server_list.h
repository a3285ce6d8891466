/* server_list.h - reading --dns-servers. Private to net/dns/.
 *
 * c-ares reads such lists too, but 1.18 takes "1.2.3" for an address and port 99999 for 34463, and
 * does not know "[::1]". So the list is read here and written anew as every version understands
 * it. Any thread; nothing here parks.
 */
#ifndef NET_DNS_SERVER_LIST_H
#define NET_DNS_SERVER_LIST_H

/* Most servers a list may have: nobody waits for the timeouts of more. */
#define SERVER_LIST_MAX 8

/* Reads "127.0.0.1:5353,[::1]:53,192.0.2.1,2001:db8::1" and writes it with a port everywhere: a new
 * string. 0, -ENOMEM, or -EINVAL with `why`, a literal. */
int server_list_normalise(const char *text, char **normal, const char **why);

#endif
