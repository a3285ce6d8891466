/* floor.c - the least a program on libcurl has to do for the main job: what fetch is measured by.
 *
 *     floor [-j N] [--out-null] [--single] [--cacert FILE] LIST [DIR]
 *
 * Reads LIST, a URL a line, and writes each body to DIR/.parts.PID/NAME, which it then renames to
 * DIR/NAME, NAME being the last segment of the path: a bare curl_multi_socket_action() loop on an
 * epoll of its own, easy handles used again and again with only the URL changed. No names made
 * safe, no retries, no redirects, no resolver: neither more nor less than the libcurl and the
 * kernel that fetch runs on. --single is for one large file: a buffer of 512 KiB. The exit status
 * is 0 only when every URL was answered with status 200 and written whole.
 */
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct floor {
    FILE *list;
    const char *cacert;
    unsigned jobs;
    bool out_null;
    bool single;

    CURLM *multi;
    int epoll;
    int dir;             /* DIR */
    int parts;           /* DIR/.parts.PID */
    char parts_name[32]; /* its name: two floors may share DIR */
    int64_t deadline_ms; /* when libcurl wants to be called; -1: never */

    unsigned running;
    uint64_t ok;
    uint64_t failed;
    uint64_t bytes; /* of all bodies */
};

struct slot {
    struct floor *floor;
    CURL *easy;
    int file;  /* -1 until the first byte */
    bool warm; /* used before, so that its connection may be idle now */
    char name[NAME_MAX + 1];
};

static void die(const char *what)
{
    fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
    exit(2);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

static bool slot_open(struct slot *slot)
{
    slot->file =
        openat(slot->floor->parts, slot->name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    return slot->file >= 0;
}

static size_t on_body(char *data, size_t size, size_t count, void *arg)
{
    struct slot *slot = arg;
    size_t length = size * count;
    slot->floor->bytes += length;
    if (slot->floor->out_null)
        return length;
    if (slot->file < 0 && !slot_open(slot))
        return 0;
    for (size_t done = 0; done < length;) {
        ssize_t n = write(slot->file, data + done, length - done);
        if (n < 0)
            return 0;
        done += (size_t)n;
    }
    return length;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *known)
{
    struct floor *floor = arg;
    struct epoll_event event = {.data.fd = fd};
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        /* The descriptor may be closed already; there is nothing to undo then. */
        epoll_ctl(floor->epoll, EPOLL_CTL_DEL, fd, NULL);
        return 0;
    }
    event.events = (what & CURL_POLL_IN ? EPOLLIN : 0U) | (what & CURL_POLL_OUT ? EPOLLOUT : 0U);
    if (epoll_ctl(floor->epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event))
        die("epoll_ctl");
    if (!known)
        curl_multi_assign(floor->multi, fd, floor);
    return 0;
}

static int on_timer(CURLM *multi, long timeout_ms, void *arg)
{
    struct floor *floor = arg;
    (void)multi;
    floor->deadline_ms = timeout_ms < 0 ? -1 : now_ms() + timeout_ms;
    return 0;
}

/* The next line of the list without its newline; false at the end. */
static bool next_url(struct floor *floor, char *url, int size)
{
    if (!fgets(url, size, floor->list))
        return false;
    url[strcspn(url, "\n")] = '\0';
    return true;
}

/* Starts the next URL of the list, if there is one, on a slot that is free. */
static void slot_start(struct slot *slot)
{
    struct floor *floor = slot->floor;
    char url[4096];
    if (!next_url(floor, url, sizeof(url)))
        return;
    const char *slash = strrchr(url, '/');
    const char *name = slash ? slash + 1 : url;
    if (strlen(name) > NAME_MAX)
        die(name);
    memcpy(slot->name, name, strlen(name) + 1);
    slot->file = -1;
    curl_easy_setopt(slot->easy, CURLOPT_URL, url);
    /* At first there is no idle connection for libcurl to find, and its search takes long when
     * ten thousand are busy. */
    curl_easy_setopt(slot->easy, CURLOPT_FRESH_CONNECT, slot->warm ? 0L : 1L);
    slot->warm = true;
    if (curl_multi_add_handle(floor->multi, slot->easy))
        die("curl_multi_add_handle");
    floor->running++;
}

/* The file under its final name; false when that fails. */
static bool slot_publish(struct slot *slot)
{
    struct floor *floor = slot->floor;
    if (floor->out_null)
        return true;
    if (slot->file < 0 && !slot_open(slot))
        return false;
    if (close(slot->file))
        return false;
    return !renameat(floor->parts, slot->name, floor->dir, slot->name);
}

static void slot_finish(struct slot *slot, CURLcode result)
{
    struct floor *floor = slot->floor;
    long status = 0;
    curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_multi_remove_handle(floor->multi, slot->easy);
    floor->running--;
    if (result == CURLE_OK && status == 200 && slot_publish(slot)) {
        floor->ok++;
    } else {
        floor->failed++;
        fprintf(stderr, "floor: %s: %s, status %ld\n", slot->name, curl_easy_strerror(result),
                status);
    }
    slot_start(slot);
}

static void reap(struct floor *floor)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(floor->multi, &left))) {
        char *slot = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &slot);
        slot_finish((struct slot *)(void *)slot, message->data.result);
    }
}

static void loop(struct floor *floor)
{
    struct epoll_event events[256];
    int running;
    while (floor->running) {
        int wait = -1;
        if (floor->deadline_ms >= 0) {
            int64_t left = floor->deadline_ms - now_ms();
            wait = left > 0 ? (int)left : 0;
        }
        int count = epoll_wait(floor->epoll, events, 256, wait);
        if (count < 0 && errno != EINTR)
            die("epoll_wait");
        for (int i = 0; i < count; i++) {
            unsigned seen = events[i].events;
            int mask = (seen & EPOLLIN ? CURL_CSELECT_IN : 0) |
                       (seen & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                       (seen & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR | CURL_CSELECT_IN : 0);
            curl_multi_socket_action(floor->multi, events[i].data.fd, mask, &running);
        }
        if (floor->deadline_ms >= 0 && floor->deadline_ms <= now_ms()) {
            floor->deadline_ms = -1;
            curl_multi_socket_action(floor->multi, CURL_SOCKET_TIMEOUT, 0, &running);
        }
        reap(floor);
    }
}

static void slot_init(struct slot *slot, struct floor *floor)
{
    slot->floor = floor;
    slot->easy = curl_easy_init();
    if (!slot->easy)
        die("curl_easy_init");
    curl_easy_setopt(slot->easy, CURLOPT_PRIVATE, slot);
    curl_easy_setopt(slot->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(slot->easy, CURLOPT_WRITEDATA, slot);
    curl_easy_setopt(slot->easy, CURLOPT_NOSIGNAL, 1L);
    if (floor->single)
        curl_easy_setopt(slot->easy, CURLOPT_BUFFERSIZE, 512L * 1024);
    if (floor->cacert) {
        curl_easy_setopt(slot->easy, CURLOPT_CAINFO, floor->cacert);
        /* With a directory of authorities beside the file, libcurl reads both for every connection
         * instead of keeping them. */
        curl_easy_setopt(slot->easy, CURLOPT_CAPATH, NULL);
    }
}

static void raise_file_limit(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files))
        die("getrlimit");
    files.rlim_cur = files.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &files))
        die("setrlimit");
}

static void open_directories(struct floor *floor, const char *dir)
{
    floor->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (floor->dir < 0)
        die(dir);
    snprintf(floor->parts_name, sizeof(floor->parts_name), ".parts.%d", (int)getpid());
    if (mkdirat(floor->dir, floor->parts_name, 0777))
        die(floor->parts_name);
    floor->parts = openat(floor->dir, floor->parts_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (floor->parts < 0)
        die(floor->parts_name);
}

static void open_multi(struct floor *floor)
{
    floor->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (floor->epoll < 0)
        die("epoll_create1");
    if (curl_global_init(CURL_GLOBAL_DEFAULT))
        die("curl_global_init");
    floor->multi = curl_multi_init();
    if (!floor->multi)
        die("curl_multi_init");
    floor->deadline_ms = -1;
    curl_multi_setopt(floor->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(floor->multi, CURLMOPT_SOCKETDATA, floor);
    curl_multi_setopt(floor->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(floor->multi, CURLMOPT_TIMERDATA, floor);
    curl_multi_setopt(floor->multi, CURLMOPT_MAXCONNECTS, (long)floor->jobs);
}

static void floor_run(struct floor *floor)
{
    struct slot *slots = calloc(floor->jobs, sizeof(*slots));
    if (!slots)
        die("calloc");
    for (unsigned i = 0; i < floor->jobs; i++) {
        slot_init(&slots[i], floor);
        slot_start(&slots[i]);
    }
    loop(floor);
    for (unsigned i = 0; i < floor->jobs; i++)
        curl_easy_cleanup(slots[i].easy);
    free(slots);
}

static void floor_close(struct floor *floor)
{
    curl_multi_cleanup(floor->multi);
    curl_global_cleanup();
    close(floor->epoll);
    fclose(floor->list);
    if (floor->out_null)
        return;
    close(floor->parts);
    if (unlinkat(floor->dir, floor->parts_name, AT_REMOVEDIR))
        die(floor->parts_name);
    close(floor->dir);
}

int main(int argc, char **argv)
{
    enum { OUT_NULL = 1, SINGLE, CACERT };
    static const struct option options[] = {
        {"jobs", required_argument, NULL, 'j'},
        {"out-null", no_argument, NULL, OUT_NULL},
        {"single", no_argument, NULL, SINGLE},
        {"cacert", required_argument, NULL, CACERT},
        {NULL, 0, NULL, 0},
    };
    struct floor floor = {.jobs = 1};
    int option;
    while ((option = getopt_long(argc, argv, "j:", options, NULL)) != -1) {
        if (option == 'j')
            floor.jobs = (unsigned)strtoul(optarg, NULL, 10);
        else if (option == OUT_NULL)
            floor.out_null = true;
        else if (option == SINGLE)
            floor.single = true;
        else if (option == CACERT)
            floor.cacert = optarg;
        else
            return 2;
    }
    if (floor.jobs < 1 || argc - optind != (floor.out_null ? 1 : 2)) {
        fputs("usage: floor [-j N] [--out-null] [--single] [--cacert FILE] LIST [DIR]\n", stderr);
        return 2;
    }
    raise_file_limit();
    floor.list = fopen(argv[optind], "re");
    if (!floor.list)
        die(argv[optind]);
    if (!floor.out_null)
        open_directories(&floor, argv[optind + 1]);
    open_multi(&floor);
    floor_run(&floor);
    floor_close(&floor);
    printf("%llu ok, %llu failed, %llu bytes\n", (unsigned long long)floor.ok,
           (unsigned long long)floor.failed, (unsigned long long)floor.bytes);
    return floor.ok && !floor.failed ? 0 : 1;
}
