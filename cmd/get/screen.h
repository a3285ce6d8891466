/* screen.h - the terminal at standard error, as far as a picture is drawn on it.
 *
 * What is drawn is taken away before the process stops (SIGTSTP): the shell then writes where the
 * picture stood.
 *
 * Thread: main, but for screen_line(); the state is the process's, for a signal handler needs it.
 * Nothing here parks; screen_write() blocks where the terminal does.
 */
#ifndef CMD_GET_SCREEN_H
#define CMD_GET_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

struct screen_size {
    size_t columns;
    size_t lines;
};

/* Handles SIGTSTP unless it is ignored. */
void screen_open(void);

/* Of the terminal as it is now; 80 columns and one line where that is not known. */
struct screen_size screen_size(void);

/* Does its terminal say, by its environment, that it shows UTF-8, and colours? */
bool screen_has_utf8(void);
bool screen_has_colour(void);

/* May we draw? Not in the background: there it belongs to the shell. */
bool screen_is_ours(void);

/* Would screen_write() go through at once? Not while the user has stopped the output. */
bool screen_is_ready(void);

/* Writes it all, or what is taken before the job is interrupted. From the first call with `draws`
 * on, a picture counts as drawn until screen_wipe(). */
void screen_write(const char *text, size_t size, bool draws);

/* Any thread: a line, without its end, wherever the cursor is. Lost when memory runs out. */
void screen_line(const char *line);

/* Is there a picture? Not any more, once the process was stopped. */
bool screen_is_drawn(void);

/* Takes the picture away; the cursor is where it began. */
void screen_wipe(void);

#endif
