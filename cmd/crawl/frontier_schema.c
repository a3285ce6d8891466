#include "cmd/crawl/frontier_schema.h"

#include "cmd/journal/sqlite_schema.h"
#include <errno.h>
#include <stddef.h>

enum {
    APPLICATION = 0x66746671, /* "ftfq": tells file(1) and us whose database it is */
    VERSION = 2,              /* of the tables */
};

/* Rows of `url` lie by host and in the order in which they are to be fetched: a page from a host is
 * one look at the disk. A URL goes when it is done, and its room is used again; that it was met
 * stays in `print`: what a commit has added, 8 bytes each, little endian, read only when a frontier
 * is opened.
 *
 * A host's id is a fingerprint of its name and port, so that nobody need look it up. Two hosts
 * share one with a chance of 1 in 10^7 at a million hosts, and then wait for one another.
 *
 * A URL's text begins with its path where the host's key says what stands before (lane_origin()),
 * and with its scheme where not, and in `later`.
 *
 * A host that has URLs has a turn; it is the only one to have this, and hosts are taken up in its
 * order. */
static const char tables[] = "PRAGMA application_id = 0x66746671;"
                             "PRAGMA user_version = 2;"
                             "CREATE TABLE job ("
                             " key BLOB NOT NULL,"
                             " next_number INTEGER NOT NULL,"
                             " next_turn INTEGER NOT NULL,"
                             " left INTEGER NOT NULL,"
                             " done INTEGER NOT NULL,"
                             " failed INTEGER NOT NULL);"
                             "INSERT INTO job VALUES (randomblob(16), 1, 1, 0, 0, 0);"
                             "CREATE TABLE print (id INTEGER PRIMARY KEY, prints BLOB NOT NULL);"
                             "CREATE TABLE host ("
                             " id INTEGER PRIMARY KEY,"
                             " key TEXT NOT NULL,"
                             " turn INTEGER);"
                             "CREATE UNIQUE INDEX turns ON host (turn) WHERE turn NOT NULL;"
                             "CREATE TABLE note ("
                             " note INTEGER PRIMARY KEY,"
                             " number INTEGER NOT NULL);"
                             "CREATE TABLE url ("
                             " host INTEGER NOT NULL,"
                             " rank INTEGER NOT NULL,"
                             " number INTEGER NOT NULL,"
                             " text TEXT NOT NULL,"
                             " kind INTEGER NOT NULL,"
                             " tries INTEGER NOT NULL,"
                             " referrer INTEGER NOT NULL,"
                             " PRIMARY KEY (host, rank, number)) WITHOUT ROWID;"
                             "CREATE TABLE later ("
                             " at INTEGER NOT NULL,"
                             " number INTEGER NOT NULL,"
                             " host INTEGER NOT NULL,"
                             " rank INTEGER NOT NULL,"
                             " text TEXT NOT NULL,"
                             " kind INTEGER NOT NULL,"
                             " tries INTEGER NOT NULL,"
                             " referrer INTEGER NOT NULL,"
                             " PRIMARY KEY (at, number)) WITHOUT ROWID;";

/* Rows have the same parameters everywhere: 1 host, 2 rank, 3 number, 4 text, 5 kind, 6 tries, 7
 * referrer, 8 at; and the same columns in that order. */
const char *const frontier_statement_texts[FRONTIER_STATEMENTS] = {
    [FRONTIER_JOB] = "SELECT key, next_number, next_turn, left, done, failed FROM job",
    [FRONTIER_HOSTS] = "SELECT count(*) FROM host WHERE turn NOT NULL",
    [FRONTIER_NEXT_TURN] = "SELECT max(turn) + 1 FROM host",
    [FRONTIER_LATERS] = "SELECT count(*) FROM later",
    [FRONTIER_TOTALS] = "UPDATE job SET next_number = ?1, next_turn = ?2, left = ?3, done = ?4,"
                        " failed = ?5",
    [FRONTIER_PRINTS] = "SELECT prints FROM print",
    [FRONTIER_PRINT_ADD] = "INSERT INTO print (prints) VALUES (?1)",
    [FRONTIER_HOST_COMES] = "INSERT INTO host VALUES (?1, ?4, ?3)"
                            " ON CONFLICT (id) DO UPDATE SET turn = ?3 WHERE turn IS NULL",
    [FRONTIER_HOST_WAITS] = "UPDATE host SET turn = ?3 WHERE id = ?1",
    [FRONTIER_HOST_LEAVES] = "UPDATE host SET turn = NULL WHERE id = ?1",
    [FRONTIER_HOST_RETURNS] = "UPDATE host SET turn = ?3 WHERE id = ?1 AND turn IS NULL",
    [FRONTIER_URL_ADD] = "INSERT INTO url VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [FRONTIER_URL_REMOVE] = "DELETE FROM url WHERE host = ?1 AND rank = ?2 AND number = ?3",
    [FRONTIER_LATER_ADD] = "INSERT INTO later VALUES (?8, ?3, ?1, ?2, ?4, ?5, ?6, ?7)",
    [FRONTIER_LATER_DUE] = "SELECT host, rank, number, text, kind, tries, referrer, at FROM later"
                           " WHERE at <= ?1 ORDER BY at, number LIMIT ?2",
    [FRONTIER_LATER_MOVE] = "INSERT INTO url SELECT host, rank, number, text, kind, tries, referrer"
                            " FROM later WHERE at = ?8 AND number = ?3",
    [FRONTIER_LATER_REMOVE] = "DELETE FROM later WHERE at = ?8 AND number = ?3",
    [FRONTIER_LATER_NEXT] = "SELECT min(at) FROM later",
    [FRONTIER_NOTE] = "INSERT OR REPLACE INTO note VALUES (?1, ?8)",
    [FRONTIER_NOTES] = "SELECT note, number FROM note ORDER BY number DESC",
    [FRONTIER_READ] = "SELECT host, rank, number, text, kind, tries, referrer, 0 FROM url"
                      " WHERE host = ?1 AND (rank, number) > (?2, ?3) ORDER BY rank, number"
                      " LIMIT ?4",
    [FRONTIER_TURNS] = "SELECT id, 0, turn, key, 0, 0, 0, 0 FROM host WHERE turn > ?1"
                       " ORDER BY turn LIMIT ?2",
};

int frontier_schema_prepare(sqlite3 *db, const char **why)
{
    enum sqlite_schema_kind kind;
    int code = sqlite_schema_identify(db, APPLICATION, VERSION, &kind);
    if (!code && kind == SQLITE_SCHEMA_EMPTY)
        return sqlite_schema_make(db, tables);
    if (code)
        return code;
    *why = sqlite_schema_problem(kind);
    return *why ? -EINVAL : 0;
}
