/* json.h - bytes of the network as JSON strings.
 *
 * JSON knows only Unicode, headers and paths are any bytes: each byte becomes the character of that
 * number (Latin-1), so that nothing is lost and a Python test gets the bytes back with
 * .encode("latin-1"). Ownership: results are the caller's. Any thread; nothing here parks.
 */
#ifndef ORIGIN_JSON_H
#define ORIGIN_JSON_H

#include "tests/origin/span.h"
#include <jansson.h>

/* As UTF-8, terminated, to be freed; NULL when memory runs out. */
char *json_latin1(struct span bytes);

/* As a JSON string; NULL when memory runs out. */
json_t *json_latin1_string(struct span bytes);

#endif
