"""--deny-private and names whose addresses change: what was public when it was asked about is
private when it is asked about again (DNS rebinding). Nothing may ever reach what is private."""

import http.server
import os
import socket
import socketserver
import struct
import threading
import time
import unittest

from harness import island
from harness.program import Program
from harness.told import MODES, failures, log

PUBLIC, PRIVATE = "8.8.8.8", "10.1.2.3"
PUBLIC6, PRIVATE6 = "2600::1", "fd00::1"
# Private addresses in the clothes of IPv6; the first two can be connected to, if one tries.
DISGUISED = ("::ffff:10.1.2.3", "64:ff9b::a01:203", "2002:a01:203::1", "::10.1.2.3",
             "64:ff9b:1::a01:203")


class Watcher(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """Answers on port 80 of all addresses, and knows to which one each connection was made."""

    address_family = socket.AF_INET6
    daemon_threads = True

    class Answer(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.server.paths.append(self.path)
            kind, _, target = self.path[1:].partition("=")
            if kind == "refuse" and self.server.paths.count(self.path) == 1:
                self.send_response(503)
            elif kind == "go":
                self.send_response(302)
                self.send_header("Location", target)
            else:
                self.send_response(200)
            self.send_header("Content-Length", "3")
            self.end_headers()
            self.wfile.write(b"abc")

        def log_message(self, *_):
            pass

    def __init__(self):
        super().__init__(("::", 80), Watcher.Answer)
        self.reached, self.paths = [], []

    def server_bind(self):
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        socketserver.TCPServer.server_bind(self)

    def get_request(self):
        connection, client = super().get_request()
        self.reached.append(connection.getsockname()[0].removeprefix("::ffff:"))
        return connection, client


class ChangingDns(threading.Thread):
    """Each name has a list of answers, one a query; the last one stays. An answer is a list of
    addresses. All for no time at all."""

    def __init__(self, names):
        super().__init__(daemon=True)
        self.names = {name: {socket.AF_INET: [], socket.AF_INET6: []} for name in names}
        for name, answers in names.items():
            for answer in answers:
                for family in (socket.AF_INET, socket.AF_INET6):
                    self.names[name][family].append(
                        [address for address in answer if (":" in address) == (family != 2)])
        self.asked = []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"

    def answer(self, query):
        labels, at = [], 12
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode())
            at += 1 + query[at]
        kind, = struct.unpack_from(">H", query, at + 1)
        family = socket.AF_INET6 if kind == 28 else socket.AF_INET
        name = ".".join(labels)
        self.asked.append((name, kind))
        answers = self.names[name][family]
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        records = b"".join(
            struct.pack(">HHHIH", 0xC00C, kind, 1, 0, 4 if kind == 1 else 16) +
            socket.inet_pton(family, address) for address in found)
        return (query[:2] + struct.pack(">5H", 0x8180, 1, len(found), 0, 0) + query[12:at + 5] +
                records)

    def run(self):
        while True:
            try:
                query, client = self.socket.recvfrom(2000)
            except OSError:
                return
            self.socket.sendto(self.answer(query), client)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.socket.close()


class Rebinding(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        island.settle(PUBLIC + "/32", PRIVATE + "/32", PUBLIC6 + "/128", PRIVATE6 + "/128",
                      "64:ff9b::a01:203/128", "2002:a01:203::1/128")
        cls.watcher = Watcher()
        threading.Thread(target=cls.watcher.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.watcher.shutdown)

    def setUp(self):
        self.watcher.reached.clear()
        self.watcher.paths.clear()

    def fetch(self, names, *arguments):
        """How it ended, its log line, and what was asked of whom."""
        with ChangingDns(names) as dns, Program() as fetch:
            done = fetch.run("--deny-private", "--dns-servers", dns.address, "--log", "log",
                             *arguments, "-o", "out/")
            line, = log((fetch.folder / "log").read_text())
            reached = set(self.watcher.reached)
            self.watcher.reached.clear()
            self.assertLessEqual(reached, {PUBLIC, PUBLIC6}, done)
            return done, line, dns.asked

    def test_between_check_and_connect(self):
        """There is one question for each family, and what was checked is what is connected to."""
        for mode in MODES.values():
            done, line, asked = self.fetch({"a.test": [[PUBLIC], [PRIVATE]]}, *mode,
                                           "http://a.test/x")
            self.assertEqual((done.code, line["remote_ip"]), (0, PUBLIC), done)
            self.assertEqual(sorted(asked), [("a.test", 1), ("a.test", 28)])

    def test_between_redirects(self):
        for mode in MODES.values():
            for changed in ([PRIVATE], ["127.0.0.1"], [PRIVATE6], *([d] for d in DISGUISED)):
                names = {"a.test": [[PUBLIC]], "b.test": [changed]}
                done, _, _ = self.fetch(names, *mode, "http://a.test/go=http://b.test/x")
                self.assertEqual(done.code, 1, done)
                self.assertIn("b.test has no public address (--deny-private)", done.err)
        done, line, _ = self.fetch({"a.test": [[PUBLIC], [PRIVATE]]},
                                   "http://a.test/go=http://a.test/x")
        self.assertEqual((done.code, line["remote_ip"]), (0, PUBLIC), done)

    def test_between_tries(self):
        """Longer than an answer is remembered."""
        for mode in (MODES["async"], MODES["sync"]):
            self.watcher.paths.clear()
            done, line, asked = self.fetch({"a.test": [[PUBLIC], [PRIVATE]]}, *mode,
                                           "--retry-delay", "6s", "--retry", "1",
                                           "http://a.test/refuse")
            self.assertEqual(len(asked), 4)
            self.assertEqual(done.code, 1, done)
            self.assertIn("no public address", done.err)
            self.assertEqual(self.watcher.paths, ["/refuse"])

    def test_between_lines_of_a_list(self):
        """Not even a connection that is still there is used for a name that has become private."""
        read, write = os.pipe()
        with ChangingDns({"a.test": [[PUBLIC], [PRIVATE]]}) as dns, Program() as fetch:
            with open(read, "rb") as pipe:
                run = fetch.start("--deny-private", "--dns-servers", dns.address, "-", "-o", "out",
                                  stdin=pipe)
            with open(write, "wb", buffering=0) as lines:
                lines.write(b"http://a.test/1\n")
                time.sleep(6)
                lines.write(b"http://a.test/2\nhttp://a.test/3\n")
            done = run.finish()
            self.assertEqual(set(self.watcher.reached), {PUBLIC}, done)
            self.assertEqual((done.code, self.watcher.paths), (1, ["/1"]), done)

    def test_happy_eyeballs(self):
        """Of several addresses only the public ones are tried, also when those do not answer."""
        for answer in ([PUBLIC, PRIVATE], [PRIVATE6, PUBLIC], [DISGUISED[0], PUBLIC],
                       [DISGUISED[1], PUBLIC], ["::1", PUBLIC], [PUBLIC6, PRIVATE]):
            done, _, _ = self.fetch({"a.test": [answer]}, "http://a.test/x")
            self.assertEqual(done.code, 0, done)
        # Nobody listens at port 81.
        for answer in ([PUBLIC, PRIVATE], [PUBLIC6, PRIVATE], [PUBLIC, PRIVATE6]):
            done, _, _ = self.fetch({"a.test": [answer]}, "--retry", "0", "http://a.test:81/x")
            self.assertEqual(done.code, 1, done)

    def test_given_addresses(self):
        """--resolve speaks for the user where it is public, and is not obeyed elsewhere."""
        for given in (PRIVATE, f"{PUBLIC},{PRIVATE}", f"[{PRIVATE6}]", *(f"[{d}]" for d in
                                                                        DISGUISED)):
            done, _, asked = self.fetch({}, "--resolve", f"a.test:80:{given}", "http://a.test/x")
            self.assertEqual((done.code, asked), (1, []), done)
        done, _, asked = self.fetch({}, "--resolve", f"a.test:80:{PUBLIC}", "http://a.test/x")
        self.assertEqual((done.code, asked), (0, []), done)

    def test_proxies(self):
        """The user's own may be anywhere; what it is asked for must be public."""
        names = {"proxy.test": [[PRIVATE]], "a.test": [[PRIVATE]]}
        for url in ("http://a.test/x", "http://10.1.2.3/x", "http://[::ffff:10.1.2.3]/x"):
            with ChangingDns(names) as dns, Program() as fetch:
                done = fetch.run("--deny-private", "--dns-servers", dns.address, "-x",
                                 "http://proxy.test:80", url, "-o", "out/")
                self.assertEqual((done.code, self.watcher.reached), (1, []), done)
                self.assertIn("--deny-private", failures(done)[url])
        with ChangingDns(names) as dns, Program() as fetch:
            done = fetch.run("--deny-private", "--dns-servers", dns.address, "-x",
                             "http://proxy.test:80", f"http://{PUBLIC}/x", "-o", "out/")
            self.assertEqual((done.code, self.watcher.reached), (0, [PRIVATE]), done)
            self.watcher.reached.clear()
            # What the proxy is not used for is no proxy's business.
            done = fetch.run("--deny-private", "--dns-servers", dns.address, "-x",
                             "http://proxy.test:80", "--noproxy", "a.test", "http://a.test/x", "-o",
                             "out/")
            self.assertEqual((done.code, self.watcher.reached), (1, []), done)

    def test_remembered_places(self):
        """--alt-svc sends nobody to what is private."""
        with ChangingDns({"a.test": [[PUBLIC]], "b.test": [[PRIVATE]]}) as dns:
            for place in (PRIVATE, "b.test", f"[{DISGUISED[0]}]"):
                with Program() as fetch:
                    (fetch.folder / "places").write_text(
                        f'h1 a.test 443 h1 {place} 80 "20991231 00:00:00" 0 0\n')
                    done = fetch.run("--deny-private", "--dns-servers", dns.address, "--retry", "0",
                                     "--alt-svc", "places", "https://a.test/x", "-o", "out/")
                    self.assertEqual((done.code, self.watcher.reached), (1, []), done)


if __name__ == "__main__":
    island.main()
