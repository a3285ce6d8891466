/* log.h - a line of --log: one JSON object for every URL that is finished. All have all keys.
 *
 * Any thread; nothing here parks.
 */
#ifndef CMD_GET_LOG_H
#define CMD_GET_LOG_H

#include "cmd/get/facts.h"
#include "cmd/get/json_text.h"
#include "cmd/get/outcome.h"

/* Appends it. `url` is the entry's, without credentials; `facts` NULL: the keys of crawls are left
 * out.
 */
void log_line(struct json_text *text, const char *url, const struct outcome *outcome,
              const struct facts *facts);

#endif
