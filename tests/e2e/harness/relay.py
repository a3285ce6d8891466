"""What servers that pass bytes on are made of: sockets in threads, as programs of their own.

A module that is both harness and program says own_program(__file__, ...) in command().
"""

import socket
import socketserver
import sys
import threading


def own_program(file, *arguments):
    """The command that runs `file` as a program with the harness in its path."""
    return [sys.executable, "-B", file, *map(str, arguments)]


def relay(one, other):
    """Passes bytes both ways until both ends have closed."""
    def copy(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        try:
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass
    back = threading.Thread(target=copy, args=(other, one), daemon=True)
    back.start()
    copy(one, other)
    back.join()


class Listener(socketserver.ThreadingTCPServer):
    """A thread a connection."""
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 512

    def handle_error(self, request, client_address):
        """Clients come and go as they like."""


def serve(port, handler):
    """For ever, on loopback."""
    with Listener(("127.0.0.1", port), handler) as listener:
        listener.serve_forever()
