/* types.h - the extension by which a browser, on disk, knows what the server called a type.
 *
 * Any thread; nothing here allocates or parks.
 */
#ifndef CMD_MIRROR_TYPES_H
#define CMD_MIRROR_TYPES_H

#include <stdbool.h>
#include <stddef.h>

/* What a file of this Content-Type must have after its name, without the dot: "html"; or NULL: the
 * name is right as it is, or the type says nothing. Text that is only text keeps its name, unless a
 * browser would take it for something else. `content_type` may have parameters, or be NULL. */
const char *type_extension(const char *content_type, const char *name, size_t length);

/* Is a file of this name, which was given after its type, of one that has links? */
bool type_leads_on(const char *name);

/* The extension of the type itself, "html"; NULL: it has none that is known, or is NULL. */
const char *type_usual_extension(const char *content_type);

#endif
