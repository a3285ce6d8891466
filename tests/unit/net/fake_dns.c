#include "tests/unit/net/fake_dns.h"
#include "engine/engine.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TYPE_A = 1, TYPE_CNAME = 5, TYPE_AAAA = 28 };
enum { RCODE_OK = 0, RCODE_SERVFAIL = 2, RCODE_NX = 3, RCODE_REFUSED = 5 };

struct fake_dns {
    int fd;
    char servers[32];
    pthread_t thread;
    struct group answers;
    bool lost_a; /* the one question of this type that is not answered has come */
    bool lost_aaaa;
    struct {
        atomic_bool stop;
        atomic_uint asked;
        atomic_uint open;
        atomic_uint most_open;
    } _shared;
};

struct question {
    struct fake_dns *fake;
    struct sockaddr_in from;
    unsigned type;
    char label[64];
    size_t size; /* of the header and the question */
    unsigned char packet[512];
};

static bool kind_is(const struct question *question, const char *kind)
{
    size_t length = strcspn(question->label, "-");
    return strlen(kind) == length && memcmp(question->label, kind, length) == 0;
}

static int64_t delay_of(const struct question *question)
{
    const char *mark = strstr(question->label, question->type == TYPE_A ? "-a" : "-q");
    return mark ? deadline_in_ms(strtol(mark + 2, NULL, 10)) : DEADLINE_NOW;
}

static unsigned char *put16(unsigned char *p, unsigned value)
{
    p[0] = (unsigned char)(value >> 8);
    p[1] = (unsigned char)value;
    return p + 2;
}

static unsigned char *put_record(unsigned char *p, unsigned name, unsigned type, uint32_t ttl,
                                 const void *data, unsigned size)
{
    p = put16(p, name);
    p = put16(p, type);
    p = put16(p, 1); /* IN */
    p = put16(p, ttl >> 16);
    p = put16(p, ttl & 0xffff);
    p = put16(p, size);
    memcpy(p, data, size);
    return p + size;
}

static uint32_t ttl_of(const struct question *question)
{
    if (kind_is(question, "long"))
        return 999999;
    if (kind_is(question, "short"))
        return 1;
    return kind_is(question, "minus") ? UINT32_MAX : 60;
}

/* Appends the records that the name asks for; how many. */
static unsigned put_records(const struct question *question, unsigned char **p)
{
    unsigned char v4[4] = {192, 0, 2, 1};
    unsigned char v6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1};
    if (kind_is(question, "cname") && question->type == TYPE_A) {
        unsigned target = (unsigned)(question->size + 12); /* where the CNAME's data begins */
        *p = put_record(*p, 0xc00c, TYPE_CNAME, 7, "\x02zz", 4);
        *p = put_record(*p, 0xc000 | target, TYPE_A, 100, v4, sizeof(v4));
        return 2;
    }
    if (kind_is(question, "cname"))
        return 0;
    if (question->type == TYPE_A && !kind_is(question, "v6")) {
        *p = put_record(*p, 0xc00c, TYPE_A, ttl_of(question), v4, sizeof(v4));
        return 1;
    }
    if (question->type == TYPE_AAAA && !kind_is(question, "v4")) {
        *p = put_record(*p, 0xc00c, TYPE_AAAA, ttl_of(question), v6, sizeof(v6));
        return 1;
    }
    return 0;
}

static unsigned rcode_of(const struct question *question)
{
    if (kind_is(question, "nx"))
        return RCODE_NX;
    if (kind_is(question, "servfail") || (kind_is(question, "half") && question->type == TYPE_AAAA))
        return RCODE_SERVFAIL;
    return kind_is(question, "refused") ? RCODE_REFUSED : RCODE_OK;
}

/* Turns the question into its answer; the answer's size. */
static size_t make_answer(struct question *question)
{
    unsigned char *end = question->packet + question->size;
    unsigned rcode = rcode_of(question);
    put16(question->packet + 2, 0x8180 | rcode);
    unsigned count = rcode == RCODE_OK ? put_records(question, &end) : 0;
    put16(question->packet + 6, count);
    put16(question->packet + 8, 0);
    put16(question->packet + 10, 0); /* an OPT record of the question is left out */
    if (kind_is(question, "junk"))
        memset(question->packet + 6, 0xff, (size_t)(end - question->packet - 6));
    return (size_t)(end - question->packet);
}

/* Whether nobody is to hear from it again. */
static bool is_dropped(struct question *question)
{
    if (!kind_is(question, "lost"))
        return kind_is(question, "silent");
    bool *lost = question->type == TYPE_A ? &question->fake->lost_a : &question->fake->lost_aaaa;
    bool first = !*lost;
    *lost = true;
    return first;
}

static void *answer(void *arg)
{
    struct question *question = arg;
    struct fake_dns *fake = question->fake;
    int error = task_sleep(delay_of(question));
    atomic_fetch_sub(&fake->_shared.open, 1);
    if (!error && !is_dropped(question)) {
        size_t size = make_answer(question);
        (void)io_sendto(fake->fd, question->packet, size, (struct sockaddr *)&question->from,
                        sizeof(question->from), DEADLINE_NEVER); /* the asker may have gone */
    }
    free(question);
    return NULL;
}

/* Reads the first label and the type; false for what is no question. */
static bool read_question(struct question *question, size_t received)
{
    const unsigned char *packet = question->packet;
    size_t at = 12;
    if (received < 17 || packet[at] == 0 || packet[at] > 63)
        return false;
    memcpy(question->label, packet + at + 1, packet[at]);
    while (at < received && packet[at] != 0)
        at += packet[at] + 1u;
    question->size = at + 5;
    if (question->size > received || question->size > 300)
        return false;
    question->type = (unsigned)packet[at + 1] << 8 | packet[at + 2];
    return true;
}

static void take_question(struct fake_dns *fake, struct question *question)
{
    unsigned open = atomic_fetch_add(&fake->_shared.open, 1) + 1;
    atomic_fetch_add(&fake->_shared.asked, 1);
    if (open > atomic_load(&fake->_shared.most_open))
        atomic_store(&fake->_shared.most_open, open);
    if (group_spawn(&fake->answers, answer, question))
        free(question);
}

static void *serve(void *arg)
{
    struct fake_dns *fake = arg;
    group_init(&fake->answers);
    while (!atomic_load(&fake->_shared.stop)) {
        struct question *question = calloc(1, sizeof(*question));
        socklen_t length = sizeof(question->from);
        question->fake = fake;
        ssize_t got = io_recvfrom(fake->fd, question->packet, sizeof(question->packet),
                                  (struct sockaddr *)&question->from, &length, deadline_in_ms(20));
        if (got > 0 && read_question(question, (size_t)got))
            take_question(fake, question);
        else
            free(question);
    }
    group_close(&fake->answers);
    return NULL;
}

static void *run(void *arg)
{
    engine_run(serve, arg, NULL);
    return NULL;
}

struct fake_dns *fake_dns_start(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    struct fake_dns *fake = calloc(1, sizeof(*fake));
    if (!fake)
        return NULL;
    fake->fd = io_socket(AF_INET, SOCK_DGRAM, 0);
    if (fake->fd < 0 || bind(fake->fd, (struct sockaddr *)&address, length) ||
        getsockname(fake->fd, (struct sockaddr *)&address, &length) ||
        pthread_create(&fake->thread, NULL, run, fake)) {
        io_close(fake->fd);
        free(fake);
        return NULL;
    }
    snprintf(fake->servers, sizeof(fake->servers), "127.0.0.1:%u", ntohs(address.sin_port));
    return fake;
}

void fake_dns_stop(struct fake_dns *fake)
{
    atomic_store(&fake->_shared.stop, true);
    pthread_join(fake->thread, NULL);
    io_close(fake->fd);
    free(fake);
}

const char *fake_dns_servers(const struct fake_dns *fake)
{
    return fake->servers;
}

unsigned fake_dns_asked(const struct fake_dns *fake)
{
    return atomic_load(&fake->_shared.asked);
}

unsigned fake_dns_most_open(const struct fake_dns *fake)
{
    return atomic_load(&fake->_shared.most_open);
}
