#include "tests/origin/date.h"

#include <time.h>

/* The program never leaves the C locale, so the names of days and months are English. */
static const char date_layout[] = "%a, %d %b %Y %H:%M:%S GMT";

int64_t date_parse(struct span text)
{
    char copy[DATE_SIZE];
    struct tm tm = {0};
    if (text.size != DATE_SIZE - 1)
        return -1;
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    const char *end = strptime(copy, date_layout, &tm);
    return end && *end == '\0' ? (int64_t)timegm(&tm) : -1;
}

void date_format(char text[DATE_SIZE], int64_t seconds)
{
    time_t time = (time_t)seconds;
    struct tm tm;
    if (!gmtime_r(&time, &tm) || strftime(text, DATE_SIZE, date_layout, &tm) == 0)
        text[0] = '\0';
}
