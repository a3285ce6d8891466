#include "cmd/get/quantity.h"

#include <stdio.h>

const char *quantity_bytes(char text[QUANTITY_SIZE], double bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    size_t unit = 0;
    if (bytes < 1024) {
        snprintf(text, QUANTITY_SIZE, "%.0f B", bytes);
        return text;
    }
    /* What would be shown as 1024.0 of one unit is 1.0 of the next. */
    for (bytes /= 1024; bytes >= 1023.95 && unit < 5; unit++)
        bytes /= 1024;
    snprintf(text, QUANTITY_SIZE, "%.1f %s", bytes, units[unit]);
    return text;
}

const char *quantity_seconds(char text[QUANTITY_SIZE], double seconds)
{
    snprintf(text, QUANTITY_SIZE, seconds < 100 ? "%.2f s" : "%.0f s", seconds);
    return text;
}

const char *quantity_rate(char text[QUANTITY_SIZE], double rate)
{
    snprintf(text, QUANTITY_SIZE, rate < 9.95 ? "%.1f" : "%.0f", rate);
    return text;
}
