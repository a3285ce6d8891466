"""The toy DNS server of tests/origin, and a client small enough to ask it things."""

import socket
import struct

from .server import Server, built

TYPES = {"A": 1, "CNAME": 5, "SOA": 6, "TXT": 16, "AAAA": 28}
NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED = range(6)


class Dns(Server):
    """`with Dns(delay_ms=20) as dns:`; dns.address goes to --dns-servers. `zone` is the text of a
    zone file; names that are not in it behave as tests/origin/README.md says."""

    def __init__(self, delay_ms=0, ttl=60, negative_ttl=60, zone=""):
        super().__init__()
        self.delay_ms, self.ttl, self.negative_ttl, self.zone = delay_ms, ttl, negative_ttl, zone

    def command(self):
        (self.folder / "zone").write_text(self.zone)
        return [built("DNS_BINARY", "tests/origin/dns"), "--until-stdin-closes",
                "--ready-file", str(self.folder / "ready"), "--listen", "127.0.0.1:0",
                "--delay", str(self.delay_ms), "--ttl", str(self.ttl),
                "--negative-ttl", str(self.negative_ttl), "--zone", str(self.folder / "zone")]

    def is_ready(self):
        ready = self.folder / "ready"
        if not ready.exists():
            return False
        self.address = ready.read_text().split()[-1]
        self.port = int(self.address.rsplit(":", 1)[1])
        return True

    def stats(self, name=None):
        """How often it was asked, for `name` or in all: queries, udp, tcp, a, aaaa."""
        reply = ask(self.port, "stats" + ("." + name if name else ""), "TXT")
        return {key: int(value) for key, value in
                (pair.split("=") for pair in reply.values[0].split())}


class Reply:
    """`code`, `truncated`, `records` [(name, type, ttl, value)] of the answer section."""

    def __init__(self, data, question):
        self.data = data
        ident, flags, questions, answers, authority, _ = struct.unpack_from(">6H", data)
        self.ident, self.code = ident, flags & 15
        self.truncated = bool(flags & 0x0200)
        self.negative_ttl = None
        at = 12
        for _ in range(questions):
            _, at = read_name(data, at)
            at += 4
        self.records = []
        for _ in range(answers):
            record, at = self._read_record(at)
            self.records.append(record)
        for _ in range(authority):
            record, at = self._read_record(at)
            self.negative_ttl = record[2]

    def _read_record(self, at):
        name, at = read_name(self.data, at)
        kind, _, ttl, size = struct.unpack_from(">HHIH", self.data, at)
        at += 10
        raw = self.data[at:at + size]
        if kind == TYPES["A"]:
            value = socket.inet_ntop(socket.AF_INET, raw)
        elif kind == TYPES["AAAA"]:
            value = socket.inet_ntop(socket.AF_INET6, raw)
        elif kind == TYPES["CNAME"]:
            value, _ = read_name(self.data, at)
        elif kind == TYPES["TXT"]:
            value = raw[1:].decode()
        else:
            value = raw
        return (name, kind, ttl, value), at + size

    @property
    def values(self):
        return [record[3] for record in self.records]


def read_name(data, at):
    """(name, offset behind it). Refuses more jumps than a name can have labels."""
    labels, end = [], None
    for _ in range(128):
        size = data[at]
        if size >= 0xC0:
            end = end or at + 2
            at = (size & 0x3F) << 8 | data[at + 1]
        elif size == 0:
            return ".".join(labels), end or at + 1
        else:
            labels.append(data[at + 1:at + 1 + size].decode("latin-1"))
            at += 1 + size
    raise ValueError("a name without end")


def encode_query(name, kind, ident=0x1234):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return (struct.pack(">6H", ident, 0x0100, 1, 0, 0, 0) + labels + b"\0" +
            struct.pack(">2H", TYPES[kind], 1))


def ask(port, name, kind="A", tcp=False, timeout=5):
    """One question to 127.0.0.1:port. socket.timeout when nobody answers."""
    query = encode_query(name, kind)
    family = socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM
    with socket.socket(socket.AF_INET, family) as client:
        client.settimeout(timeout)
        client.connect(("127.0.0.1", port))
        if not tcp:
            client.send(query)
            data = client.recv(65535)
            while data[:2] != query[:2]:
                data = client.recv(65535)
            return Reply(data, query)
        client.sendall(struct.pack(">H", len(query)) + query)
        with client.makefile("rb") as stream:
            size = struct.unpack(">H", stream.read(2))[0]
            return Reply(stream.read(size), query)
