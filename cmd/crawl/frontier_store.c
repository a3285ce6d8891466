#include "cmd/crawl/frontier_store.h"

#include "cmd/crawl/frontier_connection.h"
#include <errno.h>
#include <string.h>

/* The number that a statement gives; `otherwise` for NULL. */
static int ask(struct frontier_store *store, enum frontier_statement which, int64_t otherwise,
               int64_t *number)
{
    sqlite3_stmt *statement;
    int error = frontier_db_statement(store, which, &statement);
    if (error)
        return error;
    int code = sqlite3_step(statement);
    *number = otherwise;
    if (code == SQLITE_ROW && sqlite3_column_type(statement, 0) == SQLITE_INTEGER)
        *number = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return code == SQLITE_ROW ? 0 : frontier_db_fail(store, code);
}

static int read_job(struct frontier_store *store, struct frontier_found *found)
{
    sqlite3_stmt *statement;
    int error = frontier_db_statement(store, FRONTIER_JOB, &statement);
    if (error)
        return error;
    int code = sqlite3_step(statement);
    bool good = code == SQLITE_ROW && sqlite3_column_bytes(statement, 0) == SEEN_KEY_BYTES;
    if (good) {
        memcpy(found->key, sqlite3_column_blob(statement, 0), SEEN_KEY_BYTES);
        found->totals = (struct frontier_totals){
            .next_number = (uint64_t)sqlite3_column_int64(statement, 1),
            .next_turn = (uint64_t)sqlite3_column_int64(statement, 2),
            .left = (uint64_t)sqlite3_column_int64(statement, 3),
            .done = (uint64_t)sqlite3_column_int64(statement, 4),
            .failed = (uint64_t)sqlite3_column_int64(statement, 5),
        };
    }
    sqlite3_reset(statement);
    if (good)
        return 0;
    return code == SQLITE_ROW || code == SQLITE_DONE
               ? frontier_db_say(store, -EBADMSG, "a table is damaged")
               : frontier_db_fail(store, code);
}

int frontier_store_begin(struct frontier_store *store, struct frontier_found *found)
{
    int64_t hosts = 0, later = 0, next_turn = 0;
    int error = read_job(store, found);
    if (!error)
        error = ask(store, FRONTIER_HOSTS, 0, &hosts);
    if (!error)
        error = ask(store, FRONTIER_LATERS, 0, &later);
    if (!error)
        error = ask(store, FRONTIER_NEXT_TURN, 1, &next_turn);
    if ((uint64_t)next_turn > found->totals.next_turn)
        found->totals.next_turn = (uint64_t)next_turn;
    found->hosts = (uint64_t)hosts;
    found->later = (uint64_t)later;
    return error;
}

/* One commit's. */
static int load_prints(struct seen_set *set, const unsigned char *bytes, int size)
{
    for (int i = 0; i + 8 <= size; i += 8) {
        uint64_t print = 0;
        for (int j = 0; j < 8; j++)
            print |= (uint64_t)bytes[i + j] << (8 * j);
        int error = print ? seen_set_add(set, print) : 0;
        if (error < 0)
            return error;
    }
    return 0;
}

int frontier_store_load(struct frontier_store *store, struct seen_set *set)
{
    sqlite3_stmt *statement;
    int error = frontier_db_statement(store, FRONTIER_PRINTS, &statement);
    int code = SQLITE_DONE;
    while (!error && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        const unsigned char *bytes = sqlite3_column_blob(statement, 0);
        error = load_prints(set, bytes, sqlite3_column_bytes(statement, 0));
        if (error)
            frontier_db_say(store, error, strerror(-error));
    }
    if (error) {
        sqlite3_reset(statement); /* NULL is fine */
        return error;
    }
    return frontier_db_end(store, statement, code);
}

int frontier_store_each_note(struct frontier_store *store,
                             void (*seen)(void *ctx, uint64_t note, int64_t number), void *ctx)
{
    sqlite3_stmt *statement;
    int error = frontier_db_statement(store, FRONTIER_NOTES, &statement);
    if (error)
        return error;
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW)
        seen(ctx, (uint64_t)sqlite3_column_int64(statement, 0), sqlite3_column_int64(statement, 1));
    return frontier_db_end(store, statement, code);
}

static void bind_row(sqlite3_stmt *statement, const struct url_rows *rows,
                     const struct url_row *row)
{
    /* A parameter that the statement does not have is refused, which is as well. */
    sqlite3_bind_int64(statement, 1, (int64_t)row->host);
    sqlite3_bind_int64(statement, 2, row->place.rank);
    sqlite3_bind_int64(statement, 3, (int64_t)row->place.number);
    sqlite3_bind_text(statement, 4, row->length ? url_rows_text(rows, row) : "", (int)row->length,
                      SQLITE_STATIC);
    sqlite3_bind_int(statement, 5, (int)row->kind);
    sqlite3_bind_int(statement, 6, (int)row->tries);
    sqlite3_bind_int64(statement, 7, row->referrer);
    sqlite3_bind_int64(statement, 8, row->at);
}

static int write_rows(struct frontier_store *store, enum frontier_statement which,
                      const struct url_rows *rows)
{
    sqlite3_stmt *statement;
    int error = rows->count ? frontier_db_statement(store, which, &statement) : 0;
    for (size_t i = 0; i < rows->count && !error; i++) {
        bind_row(statement, rows, &rows->rows[i]);
        error = frontier_db_run(store, statement);
    }
    return error;
}

/* In their order: a host may come, leave and come again. */
static int write_hosts(struct frontier_store *store, const struct url_rows *rows)
{
    static const enum frontier_statement statements[] = {
        [HOST_COMES] = FRONTIER_HOST_COMES,
        [HOST_WAITS] = FRONTIER_HOST_WAITS,
        [HOST_LEAVES] = FRONTIER_HOST_LEAVES,
    };
    int error = 0;
    for (size_t i = 0; i < rows->count && !error; i++) {
        sqlite3_stmt *statement;
        error = frontier_db_statement(store, statements[rows->rows[i].kind], &statement);
        if (error)
            return error;
        bind_row(statement, rows, &rows->rows[i]);
        error = frontier_db_run(store, statement);
    }
    return error;
}

/* Little endian whatever the machine's order: in place, for they are not needed after this. */
static int write_prints(struct frontier_store *store, struct frontier_changes *changes)
{
    sqlite3_stmt *statement;
    if (changes->print_count == 0)
        return 0;
    int error = frontier_db_statement(store, FRONTIER_PRINT_ADD, &statement);
    if (error)
        return error;
    unsigned char *bytes = (unsigned char *)changes->prints;
    for (size_t i = 0; i < changes->print_count; i++) {
        uint64_t print = changes->prints[i];
        for (int j = 0; j < 8; j++)
            bytes[8 * i + (size_t)j] = (unsigned char)(print >> (8 * j));
    }
    sqlite3_bind_blob64(statement, 1, bytes, 8 * changes->print_count, SQLITE_STATIC);
    return frontier_db_run(store, statement);
}

static int write_totals(struct frontier_store *store, const struct frontier_totals *totals)
{
    sqlite3_stmt *statement;
    int error = frontier_db_statement(store, FRONTIER_TOTALS, &statement);
    if (error)
        return error;
    sqlite3_bind_int64(statement, 1, (int64_t)totals->next_number);
    sqlite3_bind_int64(statement, 2, (int64_t)totals->next_turn);
    sqlite3_bind_int64(statement, 3, (int64_t)totals->left);
    sqlite3_bind_int64(statement, 4, (int64_t)totals->done);
    sqlite3_bind_int64(statement, 5, (int64_t)totals->failed);
    return frontier_db_run(store, statement);
}

static int write_all(struct frontier_store *store, struct frontier_changes *changes)
{
    url_rows_sort(&changes->added);
    url_rows_sort(&changes->removed);
    int error = write_hosts(store, &changes->hosts);
    if (!error)
        error = write_rows(store, FRONTIER_URL_ADD, &changes->added);
    if (!error)
        error = write_rows(store, FRONTIER_URL_REMOVE, &changes->removed);
    if (!error)
        error = write_rows(store, FRONTIER_LATER_ADD, &changes->later);
    if (!error)
        error = write_rows(store, FRONTIER_NOTE, &changes->notes);
    if (!error)
        error = write_prints(store, changes);
    return error ? error : write_totals(store, &changes->totals);
}

/* Ends what BEGIN IMMEDIATE began. */
static int finish(struct frontier_store *store, int error)
{
    if (!error)
        error = frontier_db_execute(store, "COMMIT");
    /* Some errors have ended the transaction already. */
    if (error && !sqlite3_get_autocommit(store->db))
        (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return error;
}

int frontier_store_write(struct frontier_store *store, struct frontier_changes *changes)
{
    int error = frontier_db_execute(store, "BEGIN IMMEDIATE");
    return error ? error : finish(store, write_all(store, changes));
}

/* The rows of a statement whose parameters are bound. */
static int read_rows(struct frontier_store *store, sqlite3_stmt *statement, struct url_rows *rows)
{
    int code, error = 0;
    while (!error && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        struct url_row row = {
            .host = (uint64_t)sqlite3_column_int64(statement, 0),
            .place.rank = (uint32_t)sqlite3_column_int64(statement, 1),
            .place.number = (uint64_t)sqlite3_column_int64(statement, 2),
            .kind = (unsigned)sqlite3_column_int(statement, 4),
            .tries = (unsigned)sqlite3_column_int(statement, 5),
            .referrer = sqlite3_column_int64(statement, 6),
            .at = sqlite3_column_int64(statement, 7),
        };
        const char *text = (const char *)sqlite3_column_text(statement, 3);
        row.length = (uint32_t)sqlite3_column_bytes(statement, 3);
        error = text ? url_rows_add(rows, &row, text) : -ENOMEM;
    }
    if (!error)
        return frontier_db_end(store, statement, code);
    sqlite3_reset(statement);
    return frontier_db_say(store, error, strerror(-error));
}

int frontier_store_read(struct frontier_store *store, uint64_t host, struct url_place after,
                        unsigned limit, struct url_rows *rows)
{
    sqlite3_stmt *statement;
    int error = frontier_db_statement(store, FRONTIER_READ, &statement);
    if (error)
        return error;
    sqlite3_bind_int64(statement, 1, (int64_t)host);
    sqlite3_bind_int64(statement, 2, after.rank);
    sqlite3_bind_int64(statement, 3, (int64_t)after.number);
    sqlite3_bind_int64(statement, 4, limit);
    return read_rows(store, statement, rows);
}

int frontier_store_turns(struct frontier_store *store, uint64_t turn, unsigned limit,
                         struct url_rows *rows)
{
    sqlite3_stmt *statement;
    int error = frontier_db_statement(store, FRONTIER_TURNS, &statement);
    if (error)
        return error;
    sqlite3_bind_int64(statement, 1, (int64_t)turn);
    sqlite3_bind_int64(statement, 2, limit);
    return read_rows(store, statement, rows);
}

static int read_due(struct frontier_store *store, int64_t now, unsigned limit,
                    struct url_rows *rows)
{
    sqlite3_stmt *statement;
    int error = frontier_db_statement(store, FRONTIER_LATER_DUE, &statement);
    if (error)
        return error;
    sqlite3_bind_int64(statement, 1, now);
    sqlite3_bind_int64(statement, 2, limit);
    return read_rows(store, statement, rows);
}

/* In the same transaction: a host that has URLs has a turn, whatever happens next. */
static int give_turns(struct frontier_store *store, const struct url_rows *rows, uint64_t turn)
{
    sqlite3_stmt *statement;
    int error = rows->count ? frontier_db_statement(store, FRONTIER_HOST_RETURNS, &statement) : 0;
    for (size_t i = 0; i < rows->count && !error; i++) {
        sqlite3_bind_int64(statement, 1, (int64_t)rows->rows[i].host);
        sqlite3_bind_int64(statement, 3, (int64_t)(turn + i));
        error = frontier_db_run(store, statement);
    }
    return error;
}

int frontier_store_recall(struct frontier_store *store, int64_t now, unsigned limit, uint64_t turn,
                          struct url_rows *rows, int64_t *next)
{
    int error = frontier_db_execute(store, "BEGIN IMMEDIATE");
    if (error)
        return error;
    error = read_due(store, now, limit, rows);
    if (!error)
        error = write_rows(store, FRONTIER_LATER_MOVE, rows);
    if (!error)
        error = write_rows(store, FRONTIER_LATER_REMOVE, rows);
    if (!error)
        error = give_turns(store, rows, turn);
    error = finish(store, error);
    return error ? error : ask(store, FRONTIER_LATER_NEXT, INT64_MAX, next);
}

const char *frontier_store_problem(const struct frontier_store *store)
{
    return store->problem;
}
