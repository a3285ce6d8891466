/* escape.h - text from the network, made fit for where it will be read.
 *
 * A URL, a file name or a server's words may hold anything: bytes that are no UTF-8, which JSON
 * has no place for, and control characters, with which a terminal can be made to lie.
 *
 * Ownership: results are new strings. Any thread; nothing here parks.
 */
#ifndef CMD_GET_ESCAPE_H
#define CMD_GET_ESCAPE_H

enum escape_target {
    ESCAPE_JSON,     /* valid UTF-8; JSON has escapes for the rest */
    ESCAPE_TERMINAL, /* no control characters either, nor those that reverse the reading direction
                      */
};

/* `text` with each byte that does not fit as %XX. NULL when memory runs out. */
char *escape_text(const char *text, enum escape_target target);

/* Blots out, in place, what may be a password in a line that is no good URL. What is wrong with it
 * may be just that: so it is all from the first "://", or else ':', to the last '@'. */
void escape_credentials(char *line);

#endif
