/* udp_chat.c - talking and listening at the same time, over UDP.
 *
 * Each side of a chat is two tasks: talk() waits for its input and sends, hear() waits for the
 * socket and prints. Neither knows of the other, and nothing is polled in turns: whichever has
 * something to do runs. Without arguments ann and bob chat inside one process, with typist() at
 * their keyboards. For two terminals:
 *
 *     udp_chat ann 5001 5002
 *     udp_chat bob 5002 5001
 *
 * An empty datagram says goodbye (end of input, Ctrl-D); a chat ends when both have said it.
 */
#include "engine/engine.h"
#include "must.h"
#include <arpa/inet.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 512 };

struct chat {
    const char *name;
    int input;
    int socket;
    struct sockaddr_in peer;
};

static void *talk(void *arg)
{
    struct chat *chat = arg;
    char line[LINE_MAX_BYTES];
    ssize_t got;
    do {
        /* A terminal or a pipe hands over a line at a time. */
        must(io_wait(chat->input, IO_IN, DEADLINE_NEVER), "io_wait");
        got = read(chat->input, line, sizeof(line));
        if (got < 0)
            perror("read");
        size_t size = got > 0 ? (size_t)got : 0;
        must(io_sendto(chat->socket, line, size, (struct sockaddr *)&chat->peer, sizeof(chat->peer),
                       DEADLINE_NEVER),
             "io_sendto");
    } while (got > 0);
    return NULL;
}

static void *hear(void *arg)
{
    struct chat *chat = arg;
    char line[LINE_MAX_BYTES];
    for (;;) {
        long got = must(io_recvfrom(chat->socket, line, sizeof(line), NULL, NULL, DEADLINE_NEVER),
                        "io_recvfrom");
        if (got == 0)
            break;
        printf("%s hears: %.*s", chat->name, (int)got, line);
        fflush(stdout);
    }
    printf("%s: the other side has left\n", chat->name);
    return NULL;
}

static uint16_t parse_port(const char *text)
{
    char *end;
    long port = strtol(text, &end, 10);
    if (end == text || *end || port < 1 || port > UINT16_MAX) {
        fprintf(stderr, "%s: not a port\n", text);
        exit(EXIT_FAILURE);
    }
    return (uint16_t)port;
}

/* Port 0: any free one. */
static int bind_on_loopback(uint16_t port, struct sockaddr_in *addr)
{
    *addr = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
    addr->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t len = sizeof(*addr);
    int fd = (int)must(io_socket(AF_INET, SOCK_DGRAM, 0), "io_socket");
    if (bind(fd, (struct sockaddr *)addr, len) < 0 ||
        getsockname(fd, (struct sockaddr *)addr, &len) < 0) {
        perror("bind");
        exit(EXIT_FAILURE);
    }
    return fd;
}

static void run_chat(struct chat *chat, struct group *group)
{
    must(group_spawn(group, talk, chat), "group_spawn");
    must(group_spawn(group, hear, chat), "group_spawn");
}

struct typist {
    int keyboard;
    int first_ms; /* starts after so long, then types a line every 20 ms */
    const char *lines[4];
};

static void *typist(void *arg)
{
    struct typist *self = arg;
    must(task_sleep(deadline_in_ms(self->first_ms)), "task_sleep");
    for (int i = 0; self->lines[i]; i++) {
        must(io_write(self->keyboard, self->lines[i], strlen(self->lines[i]), DEADLINE_NEVER),
             "io_write");
        must(task_sleep(deadline_in_ms(20)), "task_sleep");
    }
    must(io_close(self->keyboard), "io_close");
    return NULL;
}

/* The two ends of a pipe: what is typed into one comes out of the other. */
static int connect_keyboard(struct typist *who)
{
    int ends[2];
    if (pipe(ends) < 0) {
        perror("pipe");
        exit(EXIT_FAILURE);
    }
    who->keyboard = ends[1];
    return ends[0];
}

static void *play(void *arg)
{
    struct typist ann_types = {.lines = {"hello bob\n", "I talk and listen at once\n", "bye\n"}};
    struct typist bob_types = {.first_ms = 10, .lines = {"hello ann\n", "so do I\n", "bye\n"}};
    struct chat ann = {.name = "ann", .input = connect_keyboard(&ann_types)};
    struct chat bob = {.name = "bob", .input = connect_keyboard(&bob_types)};
    struct group group;
    (void)arg;
    ann.socket = bind_on_loopback(0, &bob.peer);
    bob.socket = bind_on_loopback(0, &ann.peer);
    must(group_init(&group), "group_init");
    run_chat(&ann, &group);
    run_chat(&bob, &group);
    must(group_spawn(&group, typist, &ann_types), "group_spawn");
    must(group_spawn(&group, typist, &bob_types), "group_spawn");
    must(group_wait(&group, DEADLINE_NEVER), "group_wait");
    group_close(&group);
    io_close(ann.input);
    io_close(bob.input);
    io_close(ann.socket);
    io_close(bob.socket);
    return NULL;
}

static void *chat_on_terminal(void *arg)
{
    char **argv = arg;
    struct chat chat = {.name = argv[1], .input = STDIN_FILENO};
    struct sockaddr_in own;
    struct group group;
    chat.socket = bind_on_loopback(parse_port(argv[2]), &own);
    chat.peer = own;
    chat.peer.sin_port = htons(parse_port(argv[3]));
    must(group_init(&group), "group_init");
    run_chat(&chat, &group);
    must(group_wait(&group, DEADLINE_NEVER), "group_wait");
    group_close(&group);
    io_close(chat.socket);
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 1 && argc != 4) {
        fprintf(stderr, "usage: udp_chat [NAME PORT PEER_PORT]\n");
        return EXIT_FAILURE;
    }
    must(engine_run(argc == 1 ? play : chat_on_terminal, argv, NULL), "engine_run");
    return 0;
}
