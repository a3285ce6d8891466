#include "cmd/get/extent.h"

#include "cmd/get/argument.h"
#include <string.h>

static int64_t size_of(const struct get_options *options, const char *source)
{
    if (argument_is_url(options, source))
        return (int64_t)strlen(source);
    return source_size(argument_path(source));
}

void extent_add(struct extent *extent, const struct get_options *options, const char *source)
{
    int64_t size = size_of(options, source);
    extent->size = size < 0 || extent->size < 0 ? -1 : extent->size + size;
}

void extent_begin(struct extent *extent, const struct get_options *options, const char *source)
{
    if (extent->size >= 0)
        extent->begun += size_of(options, source);
}

/* 12345 becomes 12000: more was never known. */
static uint64_t blur(double number)
{
    double unit = 1;
    while (number / unit >= 100)
        unit *= 10;
    return (uint64_t)(number / unit + 0.5) * (uint64_t)unit;
}

uint64_t extent_guess(const struct extent *extent, const struct source *source, uint64_t entries)
{
    int64_t left = source ? source_left(source) : 0;
    int64_t read = extent->begun - left;
    if (extent->size < 0 || left < 0 || read <= 0 || !entries)
        return 0;
    double all = (double)entries * (double)extent->size / (double)read;
    uint64_t guess = all < 1e18 ? blur(all) : 0;
    /* A list that grows while it is read, or one whose end is near. */
    return guess && guess < entries ? entries : guess;
}
