#include "net/css/name.h"

#include "net/css/bytes.h"
#include <string.h>

void css_name_begin(struct css_name *name)
{
    name->size = 0;
}

void css_name_put(struct css_name *name, char c)
{
    if (name->size < sizeof name->text)
        name->text[name->size] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    name->size += name->size <= sizeof name->text;
}

void css_name_spoil(struct css_name *name)
{
    name->size = sizeof name->text + 1;
}

void css_name_take(struct css_name *name, const char *from, const char *end)
{
    const char *begin = end;
    while (begin > from && byte_is(begin[-1], BYTE_NAME))
        begin--;
    css_name_begin(name);
    if (begin > from && begin[-1] == '#')
        css_name_spoil(name);
    while (begin < end && name->size <= sizeof name->text)
        css_name_put(name, *begin++);
}

bool css_name_is(const struct css_name *name, const char *text)
{
    return name->size == strlen(text) && memcmp(name->text, text, name->size) == 0;
}
