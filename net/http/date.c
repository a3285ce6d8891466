#include "net/http/date.h"
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* "Sun, 06 Nov 1994 08:49:37 GMT" */
#define FIXDATE_LENGTH 29

/* Longer than any other form. */
#define DATE_LENGTH_MAX 63

/* Reads `count` digits; -1 when they are none. */
static int digits(const char *text, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* 1 to 12, 0 for no month. */
static int month_of(const char *text)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const char *name = names;
    for (int month = 1; month <= 12; month++, name += 3) {
        if (memcmp(name, text, 3) == 0)
            return month;
    }
    return 0;
}

/* Days from 1970-01-01 in the proleptic Gregorian calendar (Howard Hinnant, days_from_civil): years
 * begin in March, so that the leap day is the last. */
static int64_t days_from_civil(int year, int month, int day)
{
    year -= month <= 2;
    int era = year / 400;
    int year_of_era = year - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (int64_t)era * 146097 + day_of_era - 719468;
}

/* Fails for all that is not exactly of this form. The weekday says nothing new. */
static bool parse_fixdate(const char *text, size_t length, int64_t *seconds)
{
    if (length != FIXDATE_LENGTH || memcmp(text + 3, ", ", 2) != 0 || text[7] != ' ' ||
        text[11] != ' ' || text[16] != ' ' || text[19] != ':' || text[22] != ':' ||
        memcmp(text + 25, " GMT", 4) != 0)
        return false;
    int day = digits(text + 5, 2);
    int month = month_of(text + 8);
    int year = digits(text + 12, 4);
    int hour = digits(text + 17, 2);
    int minute = digits(text + 20, 2);
    int second = digits(text + 23, 2);
    if (day < 1 || day > 31 || month == 0 || year < 1970 || hour < 0 || hour > 23 || minute < 0 ||
        minute > 59 || second < 0 || second > 60)
        return false;
    int of_day = (hour * 60 + minute) * 60 + second;
    *seconds = days_from_civil(year, month, day) * 86400 + of_day;
    return true;
}

int64_t http_date_parse(const char *text, size_t length)
{
    char copy[DATE_LENGTH_MAX + 1];
    int64_t seconds;
    if (parse_fixdate(text, length, &seconds))
        return seconds;
    if (length == 0 || length > DATE_LENGTH_MAX || memchr(text, '\0', length))
        return -1;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return curl_getdate(copy, NULL);
}

bool http_date_format(char text[HTTP_DATE_SIZE], int64_t seconds)
{
    static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t when = seconds;
    struct tm tm;
    if (seconds < 0 || !gmtime_r(&when, &tm) || tm.tm_year > 9999 - 1900)
        return false;
    /* strftime() would write the names in the user's language. */
    int length = snprintf(text, HTTP_DATE_SIZE, "%s, %02d %s %04d %02d:%02d:%02d GMT",
                          days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900,
                          tm.tm_hour, tm.tm_min, tm.tm_sec);
    return length == HTTP_DATE_SIZE - 1;
}
