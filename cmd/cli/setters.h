/* setters.h - how the value of an option gets to its place in struct cli. Private to cli/.
 *
 * All are option_row's set(): see there. What they allocate, cli_free() frees. Thread: main.
 * Nothing here parks.
 */
#ifndef CMD_CLI_SETTERS_H
#define CMD_CLI_SETTERS_H

#include "cmd/cli/option_table.h"

/* The general ones write to row->field. */
int set_flag(struct cli *cli, const struct option_use *use);
int set_text(struct cli *cli, const struct option_use *use);
int set_named(struct cli *cli, const struct option_use *use); /* not empty */
int set_number(struct cli *cli, const struct option_use *use);
int set_size(struct cli *cli, const struct option_use *use);
int set_time(struct cli *cli, const struct option_use *use);
int set_word(struct cli *cli, const struct option_use *use);

/* Options with a manner of their own. */
int set_always_on(struct cli *cli, const struct option_use *use);
int set_refused(struct cli *cli, const struct option_use *use);
int set_output(struct cli *cli, const struct option_use *use);
int set_rate(struct cli *cli, const struct option_use *use);
int set_threads(struct cli *cli, const struct option_use *use);
int set_checksum(struct cli *cli, const struct option_use *use);
int set_max_redirs(struct cli *cli, const struct option_use *use);
int set_protocols(struct cli *cli, const struct option_use *use);
int set_header(struct cli *cli, const struct option_use *use);
int set_referer(struct cli *cli, const struct option_use *use);
int set_user(struct cli *cli, const struct option_use *use);
int set_http_version(struct cli *cli, const struct option_use *use);
int set_ipv4(struct cli *cli, const struct option_use *use);
int set_ipv6(struct cli *cli, const struct option_use *use);
int set_resolve(struct cli *cli, const struct option_use *use);
int set_verbose(struct cli *cli, const struct option_use *use);
int set_modes(struct cli *cli, const struct option_use *use);
int set_help(struct cli *cli, const struct option_use *use);
int set_version(struct cli *cli, const struct option_use *use);

/* Who we are, and to whom (setters_login.c). */
int set_user_agent(struct cli *cli, const struct option_use *use);
int set_cookie(struct cli *cli, const struct option_use *use);
int set_cookie_jar(struct cli *cli, const struct option_use *use);
int set_basic(struct cli *cli, const struct option_use *use);
int set_netrc_file(struct cli *cli, const struct option_use *use);
int set_netrc_optional(struct cli *cli, const struct option_use *use);
int set_time_condition(struct cli *cli, const struct option_use *use);
int set_bearer(struct cli *cli, const struct option_use *use);
int set_certificate(struct cli *cli, const struct option_use *use);
int set_readable_file(struct cli *cli, const struct option_use *use);

/* Appends a copy to a NULL-terminated list that cli_free() frees. 0 or -ENOMEM. */
int append_copy(const char *const **list, const char *text, size_t length);

/* Reads the netrc file that --netrc and its like ask for. 0 or -EINVAL after a complaint. */
int settle_netrc(struct cli *cli);

#endif
