#include "cmd/get/reserve.h"

#include "cmd/get/quantity.h"
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/statvfs.h>

int reserve_ask(const struct reserve *reserve, size_t size)
{
    struct statvfs status;
    if (!reserve->bytes)
        return 0;
    /* A file system that cannot tell will say so when it is full. */
    if (fstatvfs(reserve->dir_fd, &status))
        return 0;
    uint64_t left = (uint64_t)status.f_bavail * status.f_frsize;
    if (left >= size && left - size >= (uint64_t)reserve->bytes)
        return 0;
    atomic_store(reserve->crowded, true);
    return -ENOSPC;
}

bool reserve_is_reached(const struct reserve *reserve)
{
    return reserve->bytes && atomic_load(reserve->crowded);
}

char *reserve_problem(const struct reserve *reserve, const char *dir)
{
    char bytes[QUANTITY_SIZE], *text;
    quantity_bytes(bytes, (double)reserve->bytes);
    if (asprintf(&text, "less than %s would be left in %s (--min-free)", bytes, dir) < 0)
        return NULL;
    return text;
}
