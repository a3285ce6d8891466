/* parser.h - url_parse() for many URLs, of which many have an origin in common.
 *
 * A parser remembers URLs it has parsed. A text that begins with the origin of one of them, byte
 * for byte, and goes on with nothing but plain characters, takes scheme, host and port from there,
 * which spares libcurl most of the work. What comes out is what url_parse() would have given.
 *
 * Ownership: the struct is the caller's; zeroed it is ready, url_parser_clear() empties it. Thread:
 * one at a time. Nothing here parks.
 */
#ifndef NET_URL_PARSER_H
#define NET_URL_PARSER_H

#include "net/url/url.h"

#define URL_PARSER_MODELS 16 /* a power of two */

struct url_parser {
    struct url models[URL_PARSER_MODELS]; /* "http://host:port/", at the hash of their origin */
};

/* As url_parse(). */
int url_parser_parse(struct url_parser *parser, struct url *url, const char *text, size_t length,
                     const char **why);

void url_parser_clear(struct url_parser *parser);

#endif
