/* silent_port.h - a port of this machine that answers no connection: its queue is full, and the
 * kernel drops what else comes.
 *
 * Ownership: the caller's struct, silent_port_open() to silent_port_close(). Thread: any.
 */
#ifndef TESTS_UNIT_NET_SILENT_PORT_H
#define TESTS_UNIT_NET_SILENT_PORT_H

#define SILENT_PORT_FILLERS 4

struct silent_port {
    int listener;
    int fillers[SILENT_PORT_FILLERS];
    unsigned port;
};

/* On 127.0.0.1 (AF_INET) or ::1 (AF_INET6); port 0: any. 0 or -errno. */
int silent_port_open(struct silent_port *silent, int family, unsigned port);
void silent_port_close(struct silent_port *silent);

#endif
