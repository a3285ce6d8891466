/* Connections and datagrams: as tasks, and the same calls on plain threads. */
#include "engine/engine.h"
#include "engine/io/io.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>

static void as_task(task_fn body)
{
    assert_int_equal(engine_run(body, NULL, NULL), 0);
}

static int64_t soon(void)
{
    return deadline_in_ms(5000);
}

static int listen_on_loopback(struct sockaddr_in *addr, int backlog)
{
    *addr = (struct sockaddr_in){.sin_family = AF_INET};
    addr->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t len = sizeof(*addr);
    int fd = io_socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)addr, len), 0);
    assert_int_equal(listen(fd, backlog), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)addr, &len), 0);
    return fd;
}

static int connect_to(const struct sockaddr_in *addr, int64_t deadline, int *fd)
{
    *fd = io_socket(AF_INET, SOCK_STREAM, 0);
    assert_true(*fd >= 0);
    return io_connect(*fd, (const struct sockaddr *)addr, sizeof(*addr), deadline);
}

/* As a task or as a thread: accepts one, echoes what comes. */
static void *echo_once(void *arg)
{
    struct sockaddr_in peer;
    socklen_t len = sizeof(peer);
    char buf[64];
    int fd = io_accept(*(int *)arg, (struct sockaddr *)&peer, &len, soon());
    assert_true(fd >= 0);
    assert_int_equal(len, sizeof(peer));
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    ssize_t got;
    while ((got = io_read(fd, buf, sizeof(buf), soon())) > 0)
        assert_int_equal(io_write(fd, buf, (size_t)got, soon()), got);
    assert_int_equal(got, 0);
    io_close(fd);
    return NULL;
}

static void talk_to_echo(const struct sockaddr_in *addr)
{
    char buf[8];
    int fd;
    assert_int_equal(connect_to(addr, soon(), &fd), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(io_write(fd, "12345678", 8, soon()), 8);
        assert_int_equal(io_read_full(fd, buf, 8, soon()), 8);
        assert_memory_equal(buf, "12345678", 8);
    }
    io_close(fd);
}

static void *echo_as_tasks(void *arg)
{
    struct sockaddr_in addr;
    (void)arg;
    int listener = listen_on_loopback(&addr, 8);
    struct task *server = task_spawn(NULL, echo_once, &listener);
    task_yield();
    talk_to_echo(&addr);
    assert_int_equal(task_join(server, NULL, DEADLINE_NEVER), 0);
    assert_int_equal(io_accept(listener, NULL, NULL, deadline_in_ms(1)), -ETIMEDOUT);
    io_close(listener);
    return NULL;
}

static void connections_between_tasks(void **state)
{
    (void)state;
    as_task(echo_as_tasks);
}

static void connections_between_threads(void **state)
{
    struct sockaddr_in addr;
    pthread_t server;
    (void)state;
    int listener = listen_on_loopback(&addr, 8);
    assert_int_equal(pthread_create(&server, NULL, echo_once, &listener), 0);
    talk_to_echo(&addr);
    pthread_join(server, NULL);
    io_close(listener);
}

static void *failing_connects(void *arg)
{
    struct sockaddr_in addr;
    int fds[8];
    int error = 0;
    int n = 0;
    (void)arg;
    int listener = listen_on_loopback(&addr, 0);
    /* Nobody accepts: soon the backlog is full, and the next one hangs. */
    for (; n < 8 && !error; n++)
        error = connect_to(&addr, deadline_in_ms(50), &fds[n]);
    assert_int_equal(error, -ETIMEDOUT);
    while (n > 0)
        io_close(fds[--n]);
    io_close(listener);
    assert_int_equal(connect_to(&addr, soon(), &fds[0]), -ECONNREFUSED);
    io_close(fds[0]);
    assert_int_equal(io_connect(-1, (struct sockaddr *)&addr, sizeof(addr), soon()), -EBADF);
    return NULL;
}

static void connecting_fails_with_its_reason(void **state)
{
    (void)state;
    as_task(failing_connects);
    failing_connects(NULL);
}

static void *datagrams(void *arg)
{
    struct sockaddr_in addrs[2];
    struct sockaddr_in from;
    socklen_t len = sizeof(from);
    int fds[2];
    char buf[16];
    (void)arg;
    for (int i = 0; i < 2; i++) {
        addrs[i] = (struct sockaddr_in){.sin_family = AF_INET};
        addrs[i].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(addrs[i]);
        fds[i] = io_socket(AF_INET, SOCK_DGRAM, 0);
        assert_int_equal(bind(fds[i], (struct sockaddr *)&addrs[i], size), 0);
        assert_int_equal(getsockname(fds[i], (struct sockaddr *)&addrs[i], &size), 0);
    }
    assert_int_equal(io_recvfrom(fds[0], buf, sizeof(buf), NULL, NULL, deadline_in_ms(5)),
                     -ETIMEDOUT);
    assert_int_equal(
        io_sendto(fds[1], "hello", 5, (struct sockaddr *)&addrs[0], sizeof(addrs[0]), soon()), 5);
    assert_int_equal(io_recvfrom(fds[0], buf, sizeof(buf), (struct sockaddr *)&from, &len, soon()),
                     5);
    assert_int_equal(len, sizeof(from));
    assert_int_equal(from.sin_port, addrs[1].sin_port);
    assert_memory_equal(buf, "hello", 5);
    io_close(fds[0]);
    io_close(fds[1]);
    return NULL;
}

static void datagrams_travel(void **state)
{
    (void)state;
    as_task(datagrams);
    datagrams(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_between_tasks),
        cmocka_unit_test(connections_between_threads),
        cmocka_unit_test(connecting_fails_with_its_reason),
        cmocka_unit_test(datagrams_travel),
    };
    return cmocka_run_group_tests_name("socket", tests, NULL, NULL);
}
