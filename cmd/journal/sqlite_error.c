#include "cmd/journal/sqlite_error.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/statvfs.h>

/* SQLite says the same of permissions that lack and of a file system that is read-only. */
static int why_unwritable(sqlite3 *db)
{
    struct statvfs status;
    const char *path = db ? sqlite3_db_filename(db, "main") : NULL;
    bool known = path && *path && statvfs(path, &status) == 0;
    return known && !(status.f_flag & ST_RDONLY) ? EACCES : EROFS;
}

/* What the machine refused; 0: it is not known, or not the machine. */
static int error_number(sqlite3 *db, int code)
{
    switch (code) {
    case SQLITE_FULL:
        return ENOSPC;
    case SQLITE_NOMEM:
        return ENOMEM;
    case SQLITE_READONLY:
        return why_unwritable(db);
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
        return EACCES;
    case SQLITE_BUSY:
        return 0;
    default:
        return db ? sqlite3_system_errno(db) : ENOMEM;
    }
}

int sqlite_error(sqlite3 *db, int code, const char **problem)
{
    int error = 0;
    *problem = db ? sqlite3_errmsg(db) : sqlite3_errstr(code);
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return 0;
    case SQLITE_BUSY:
        return -EBUSY;
    case SQLITE_INTERRUPT:
        return -ECANCELED;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        return -EBADMSG;
    default:
        error = error_number(db, code & 0xff);
        break;
    }
    if (!error)
        return -EIO;
    *problem = strerror(error);
    return -error;
}
