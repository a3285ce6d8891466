#include "cmd/get/entry_queue.h"

#include "cmd/get/limits.h"
#include "cmd/get/wire.h"
#include "engine/offload/offload.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* As it lies on disk too, in a file that only this process can see. */
struct packed_head {
    const char *source;
    uint64_t line;
    uint64_t number;
    int64_t taken_up;
    struct past past;
    unsigned twin;
    bool named;
    /* Of the strings, each with its NUL; 0: there is none. */
    uint32_t name_size;
    uint32_t url_size;
    uint32_t etag_size;
    uint32_t modified_size;
    uint32_t known_size;   /* of the struct, which lies among them; 0: nothing is known */
    uint32_t details_size; /* of a message, likewise */
};

struct packed_entry {
    struct packed_entry *next;
    struct packed_head head;
    char strings[]; /* the name, the URL's text, what is known and its strings, the details */
};

struct leaving {
    struct entry_queue *queue;
    struct packed_entry *packed; /* owned */
};

int entry_pool_init(struct entry_pool *pool)
{
    *pool = (struct entry_pool){.spill = spill_new()};
    return pool->spill ? 0 : -ENOMEM;
}

void entry_pool_clear(struct entry_pool *pool)
{
    for (size_t i = 0; i < pool->leaving_count; i++)
        free(pool->leaving[i].packed);
    free(pool->leaving);
    url_parser_clear(&pool->parser);
    spill_free(pool->spill);
    *pool = (struct entry_pool){0};
}

static bool memory_is_full(const struct entry_pool *pool)
{
    return pool->in_memory >= LIMIT_WAITING || pool->bytes >= LIMIT_WAITING_BYTES;
}

bool entry_pool_full(const struct entry_pool *pool)
{
    return memory_is_full(pool) && spill_size(pool->spill) >= LIMIT_SPILL_BYTES;
}

static size_t strings_size(const struct packed_head *head)
{
    return (size_t)head->name_size + head->url_size + head->known_size + head->etag_size +
           head->modified_size + head->details_size;
}

static size_t packed_size(const struct packed_entry *packed)
{
    return sizeof *packed + strings_size(&packed->head);
}

/* Strings are shorter than a line of a list, or a header. */
static uint32_t string_size(const char *text)
{
    return text ? (uint32_t)strlen(text) + 1 : 0;
}

/* Copies `size` bytes to `to` and returns where they end. `from` may be NULL for none. */
static char *put_bytes(char *to, const void *from, size_t size)
{
    if (size > 0)
        memcpy(to, from, size);
    return to + size;
}

/* `details` is for the time being: what most entries do without. */
static struct packed_entry *pack(const struct entry *entry, struct wire *details)
{
    const struct known *known = entry->known;
    const char *etag = known ? known->etag : NULL;
    const char *last_modified = known ? known->last_modified : NULL;
    struct packed_head head = {
        .source = entry->source,
        .line = entry->line,
        .number = entry->number,
        .taken_up = entry->taken_up,
        .past = entry->past,
        .twin = entry->twin,
        .named = entry->named,
        .name_size = string_size(entry->name),
        .url_size = string_size(entry->url.text),
        .etag_size = string_size(etag),
        .modified_size = string_size(last_modified),
        .known_size = known ? sizeof *known : 0,
    };
    if (entry->details)
        wire_put_details(details, entry->details);
    head.details_size = (uint32_t)details->length;
    if (details->bad)
        return NULL;
    struct packed_entry *packed = malloc(sizeof *packed + strings_size(&head));
    if (!packed)
        return NULL;
    packed->next = NULL;
    packed->head = head;
    char *place = put_bytes(packed->strings, entry->name, head.name_size);
    place = put_bytes(place, entry->url.text, head.url_size);
    place = put_bytes(place, known, head.known_size);
    place = put_bytes(place, etag, head.etag_size);
    place = put_bytes(place, last_modified, head.modified_size);
    put_bytes(place, details->body, head.details_size);
    return packed;
}

/* 0 or -ENOMEM. */
static int unpack_known(struct known **out, const struct packed_entry *packed)
{
    const struct packed_head *head = &packed->head;
    const char *place = packed->strings + head->name_size + head->url_size;
    struct known known;
    if (head->known_size == 0)
        return 0;
    memcpy(&known, place, sizeof known);
    place += sizeof known;
    known.etag = head->etag_size ? place : NULL;
    known.last_modified = head->modified_size ? place + head->etag_size : NULL;
    *out = known_new(&known);
    return *out ? 0 : -ENOMEM;
}

/* 0 or -ENOMEM. */
static int unpack_details(struct details **details, const struct packed_entry *packed)
{
    const struct packed_head *head = &packed->head;
    size_t before = strings_size(head) - head->details_size;
    if (head->details_size == 0)
        return 0;
    struct wire read = {
        .body = (char *)packed->strings + before, /* only read */
        .length = head->details_size,
    };
    return wire_get_details(&read, details);
}

/* 0 or -ENOMEM. Should libcurl not take its own spelling of a URL, that is the entry's problem. */
static int unpack(struct entry_pool *pool, struct entry **out, const struct packed_entry *packed)
{
    const struct packed_head *head = &packed->head;
    const char *text = packed->strings + head->name_size;
    struct entry *entry = calloc(1, sizeof *entry);
    if (!entry)
        return -ENOMEM;
    entry->source = head->source;
    entry->line = head->line;
    entry->number = head->number;
    entry->taken_up = head->taken_up;
    entry->past = head->past;
    entry->twin = head->twin;
    entry->named = head->named;
    int error =
        url_parser_parse(&pool->parser, &entry->url, text, head->url_size - 1, &entry->problem);
    if (!error && head->name_size > 0)
        entry->name = strdup(packed->strings);
    if (error)
        entry->text = strdup(text);
    int lost = error ? 0 : unpack_known(&entry->known, packed);
    if (!error && !lost)
        lost = unpack_details(&entry->details, packed);
    if (error == -ENOMEM || lost || (head->name_size > 0 && !error && !entry->name) ||
        (error && !entry->text)) {
        entry_free(entry);
        return -ENOMEM;
    }
    *out = entry;
    return 0;
}

static void queue_append(struct entry_pool *pool, struct entry_queue *queue,
                         struct packed_entry *packed)
{
    if (queue->first)
        queue->last->next = packed;
    else
        queue->first = packed;
    queue->last = packed;
    pool->in_memory++;
    pool->bytes += packed_size(packed);
}

static void queue_drop_first(struct entry_pool *pool, struct entry_queue *queue)
{
    struct packed_entry *packed = queue->first;
    queue->first = packed->next;
    pool->in_memory--;
    pool->bytes -= packed_size(packed);
    free(packed);
}

/* What a thread of the pool does meanwhile. */
struct disk_job {
    struct entry_pool *pool;
    struct entry_queue *queue; /* to load from */
    struct packed_entry *loaded[LIMIT_SPILL_BATCH];
    size_t count;
    int error;
};

/* Whoever waits for it waits in any case: the job works on what is the queues'. */
static int run_away(offload_fn fn, struct disk_job *job)
{
    if (offload(fn, job, NULL, DEADLINE_NEVER))
        fn(job); /* it has not begun */
    return job->error;
}

static void *write_leaving(void *arg)
{
    struct disk_job *job = arg;
    struct entry_pool *pool = job->pool;
    for (size_t i = 0; i < pool->leaving_count && !job->error; i++) {
        const struct leaving *leaving = &pool->leaving[i];
        const struct packed_head *head = &leaving->packed->head;
        job->error = spill_put(pool->spill, &leaving->queue->spilled, head,
                               sizeof *head + strings_size(head));
    }
    return NULL;
}

/* All that is on its way goes to disk. 0 or -errno: then no queue is to be trusted. */
static int pool_write(struct entry_pool *pool)
{
    struct disk_job job = {.pool = pool};
    int error = run_away(write_leaving, &job);
    if (error)
        return error;
    for (size_t i = 0; i < pool->leaving_count; i++) {
        pool->leaving[i].queue->leaving--;
        free(pool->leaving[i].packed);
    }
    pool->leaving_count = 0;
    return 0;
}

/* Takes the packed entry over, unless it fails. */
static int queue_spill(struct entry_pool *pool, struct entry_queue *queue,
                       struct packed_entry *packed)
{
    if (!pool->leaving)
        pool->leaving = calloc(LIMIT_SPILL_BATCH, sizeof *pool->leaving);
    if (!pool->leaving)
        return -ENOMEM;
    int error = pool->leaving_count == LIMIT_SPILL_BATCH ? pool_write(pool) : 0;
    if (error)
        return error;
    pool->leaving[pool->leaving_count++] = (struct leaving){queue, packed};
    queue->leaving++;
    return 0;
}

static bool has_spilled(const struct entry_queue *queue)
{
    return queue->spilled.bytes > 0 || queue->leaving > 0;
}

int entry_queue_put(struct entry_pool *pool, struct entry_queue *queue, struct entry *entry)
{
    struct wire details = {0};
    struct packed_entry *packed = pack(entry, &details);
    wire_clear(&details);
    if (!packed)
        return -ENOMEM;
    /* The first of each queue stays in memory, where its number can be seen. */
    bool spills = has_spilled(queue) || (queue->first && memory_is_full(pool));
    int error = 0;
    if (spills)
        error = queue_spill(pool, queue, packed);
    else
        queue_append(pool, queue, packed);
    if (error) {
        free(packed);
        return error;
    }
    queue->count++;
    entry_free(entry);
    return 0;
}

/* Behind the first, which somebody may be about to take while the disk is waited for. */
static void queue_insert(struct entry_pool *pool, struct entry_queue *queue,
                         struct packed_entry *packed)
{
    packed->next = queue->first->next;
    queue->first->next = packed;
    if (queue->last == queue->first)
        queue->last = packed;
    pool->in_memory++;
    pool->bytes += packed_size(packed);
}

int entry_queue_put_early(struct entry_pool *pool, struct entry_queue *queue, struct entry *entry)
{
    struct wire details = {0};
    struct packed_entry *packed = pack(entry, &details);
    wire_clear(&details);
    if (!packed)
        return -ENOMEM;
    if (queue->first)
        queue_insert(pool, queue, packed);
    else
        queue_append(pool, queue, packed);
    queue->count++;
    entry_free(entry);
    return 0;
}

/* The first entry on disk. 0 or -errno. */
static int load_one(struct spill *spill, struct spill_queue *queue, struct packed_entry **out)
{
    struct packed_head head;
    int error = spill_get(spill, queue, &head, sizeof head);
    if (error)
        return error;
    struct packed_entry *packed = malloc(sizeof *packed + strings_size(&head));
    if (!packed)
        return -ENOMEM;
    packed->next = NULL;
    packed->head = head;
    error = spill_get(spill, queue, packed->strings, strings_size(&head));
    if (error)
        free(packed);
    else
        *out = packed;
    return error;
}

static void *load_some(void *arg)
{
    struct disk_job *job = arg;
    struct spill_queue *spilled = &job->queue->spilled;
    while (spilled->bytes > 0 && job->count < LIMIT_SPILL_BATCH && !job->error) {
        job->error = load_one(job->pool->spill, spilled, &job->loaded[job->count]);
        job->count += !job->error;
    }
    return NULL;
}

/* Brings the first entries that are on disk back into memory. */
static int queue_load(struct entry_pool *pool, struct entry_queue *queue)
{
    struct disk_job job = {.pool = pool, .queue = queue};
    int error = queue->spilled.bytes == 0 ? pool_write(pool) : 0;
    if (error)
        return error;
    error = run_away(load_some, &job);
    for (size_t i = 0; i < job.count; i++)
        queue_append(pool, queue, job.loaded[i]);
    return error;
}

int entry_queue_take(struct entry_pool *pool, struct entry_queue *queue, struct entry **entry)
{
    int error = unpack(pool, entry, queue->first);
    if (error)
        return error;
    if (!queue->first->next && has_spilled(queue))
        error = queue_load(pool, queue);
    if (error) {
        entry_free(*entry);
        return error;
    }
    queue_drop_first(pool, queue);
    queue->count--;
    return 0;
}

uint64_t entry_queue_number(const struct entry_queue *queue)
{
    return queue->first->head.number;
}

void entry_queue_clear(struct entry_pool *pool, struct entry_queue *queue)
{
    while (queue->first)
        queue_drop_first(pool, queue);
}
