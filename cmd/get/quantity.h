/* quantity.h - sizes and times in words for people.
 *
 * Any thread; nothing here parks.
 */
#ifndef CMD_GET_QUANTITY_H
#define CMD_GET_QUANTITY_H

#include <stddef.h>
#include <stdint.h>

#define QUANTITY_SIZE 24 /* bytes of text that always suffice */

/* "812 B", "1.2 MiB"; returns `text`. */
const char *quantity_bytes(char text[QUANTITY_SIZE], double bytes);

/* "0.43 s", "128 s"; returns `text`. */
const char *quantity_seconds(char text[QUANTITY_SIZE], double seconds);

/* A count a second: "116", "2.4"; returns `text`. */
const char *quantity_rate(char text[QUANTITY_SIZE], double rate);

#endif
