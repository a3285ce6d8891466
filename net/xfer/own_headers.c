#include "net/xfer/own_headers.h"

#include "net/xfer/condition.h"
#include <errno.h>
#include <string.h>
#include <strings.h>

static size_t name_length(const char *line)
{
    return strcspn(line, ":; \t");
}

static bool has_name(const char *line, const char *name, size_t length)
{
    return name_length(line) == length && strncasecmp(line, name, length) == 0;
}

bool header_is_credential(const char *line)
{
    static const char *const names[] = {"Authorization", "Cookie", "Proxy-Authorization", "Host"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (has_name(line, names[i], strlen(names[i])))
            return true;
    return false;
}

static bool is_replaced(const char *line, const char *const *by)
{
    for (; by && *by; by++)
        if (has_name(*by, line, name_length(line)))
            return true;
    return false;
}

static int add_line(struct curl_slist **headers, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*headers, line);
    if (!longer)
        return -ENOMEM;
    *headers = longer;
    return 0;
}

int own_headers_make(const struct transfer_request *request, const struct curl_slist *always,
                     struct curl_slist **headers)
{
    int error = 0;
    for (; always && !error; always = always->next)
        if (!is_replaced(always->data, request->headers))
            error = add_line(headers, always->data);
    for (const char *const *line = request->headers; line && *line && !error; line++)
        if (request->send_credentials || !header_is_credential(*line))
            error = add_line(headers, *line);
    if (!error && request->condition)
        error = condition_headers(request->condition, headers);
    return error;
}
