"""A SOCKS proxy (4, 4a, 5, 5h), and one that wraps another in TLS: small enough to tell what was
asked of them."""

import pathlib
import socket
import socketserver
import ssl
import struct
import sys

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
# pylint: disable=wrong-import-position
from harness.certificates import authority
from harness.relay import own_program, relay, serve
from harness.server import Server, accepts, free_port


class Socks(Server):
    """`with Socks() as socks:`; -x f"socks5://{socks.address}". `login` ("user", "password") makes
    version 5 ask for these; of version 4 it wants the user. Names it is asked for lead to
    127.0.0.1."""

    def __init__(self, login=None):
        super().__init__()
        self.login = login

    def prepare(self):
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        (self.folder / "log").touch()

    def command(self):
        return own_program(__file__, "socks", self.port, self.folder / "log", *(self.login or ()))

    def is_ready(self):
        return accepts(self.port)

    def asked(self):
        """In order: ("5", "127.0.0.1:80"), ("4a", "name:80"), ..."""
        return [tuple(line.split()) for line in (self.folder / "log").read_text().splitlines()]


class TlsProxy(Server):
    """`with TlsProxy(proxy.port) as tls:` speaks TLS on tls.port and hands on what it hears to the
    proxy at that port of loopback. tls.ca is the certificate to trust."""

    def __init__(self, behind):
        super().__init__()
        self.behind = behind

    def prepare(self):
        self.port = free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self.ca = authority().ca

    def command(self):
        return own_program(__file__, "tls", self.port, self.behind, authority().certificate,
                           authority().key)

    def is_ready(self):
        return accepts(self.port)


class SocksConversation(socketserver.StreamRequestHandler):
    """One client: greeting, request, bytes."""
    log = login = None

    def word(self):
        """A string that ends with a zero byte."""
        text = b""
        while (byte := self.rfile.read(1)) not in (b"\0", b""):
            text += byte
        return text.decode()

    def connect(self, version, name, address, port):
        with open(self.log, "a", encoding="utf-8") as log:
            log.write(f"{version} {name or address}:{port}\n")
        try:
            return socket.create_connection((address, port), 10)
        except OSError:
            return None

    def version4(self):
        _, port, a, b, c, d = struct.unpack(">BH4B", self.rfile.read(7))
        user, name = self.word(), None
        if (a, b, c) == (0, 0, 0) and d:
            name = self.word()
        if self.login and user != self.login[0]:
            self.wfile.write(b"\0\x5d" + bytes(6))
            return None
        there = self.connect("4a" if name else "4", name,
                             "127.0.0.1" if name else f"{a}.{b}.{c}.{d}", port)
        self.wfile.write((b"\0\x5a" if there else b"\0\x5b") + bytes(6))
        return there

    def logs_in(self):
        """RFC 1929."""
        methods = self.rfile.read(self.rfile.read(1)[0])
        wanted = 2 if self.login else 0
        if wanted not in methods:
            self.wfile.write(b"\x05\xff")
            return False
        self.wfile.write(bytes([5, wanted]))
        if not self.login:
            return True
        self.rfile.read(1)
        said = tuple(self.rfile.read(self.rfile.read(1)[0]).decode() for _ in range(2))
        self.wfile.write(b"\x01" + (b"\0" if said == self.login else b"\1"))
        return said == self.login

    def version5(self):
        """RFC 1928."""
        if not self.logs_in():
            return None
        kind = self.rfile.read(4)[3]
        name = None
        if kind == 1:
            address = socket.inet_ntop(socket.AF_INET, self.rfile.read(4))
        elif kind == 4:
            address = socket.inet_ntop(socket.AF_INET6, self.rfile.read(16))
        else:
            name, address = self.rfile.read(self.rfile.read(1)[0]).decode(), "127.0.0.1"
        port = struct.unpack(">H", self.rfile.read(2))[0]
        there = self.connect("5h" if name else "5", name, address, port)
        self.wfile.write(bytes([5, 0 if there else 5, 0, 1]) + bytes(6))
        return there

    def handle(self):
        version = self.rfile.read(1)
        there = {b"\4": self.version4, b"\5": self.version5}.get(version, lambda: None)()
        if there:
            with there:
                relay(self.request, there)


class TlsConversation(socketserver.BaseRequestHandler):
    """One client, spoken to over TLS."""
    context = behind = None

    def handle(self):
        with self.context.wrap_socket(self.request, server_side=True) as client, \
                socket.create_connection(("127.0.0.1", self.behind), 10) as there:
            relay(client, there)


def main():
    if sys.argv[1] == "socks":
        SocksConversation.log = sys.argv[3]
        SocksConversation.login = tuple(sys.argv[4:6]) or None
        serve(int(sys.argv[2]), SocksConversation)
    TlsConversation.behind = int(sys.argv[3])
    TlsConversation.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    TlsConversation.context.load_cert_chain(sys.argv[4], sys.argv[5])
    serve(int(sys.argv[2]), TlsConversation)


if __name__ == "__main__":
    main()
