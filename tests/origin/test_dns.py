"""What the toy DNS server answers."""

import concurrent.futures
import socket
import struct
import time
import unittest

from harness import dns
from harness.dns import Dns, ask

ZONE = """# names of this test
www.zone.test A 127.0.0.7
www.zone.test A 127.0.0.8 5
WWW.zone.test AAAA ::1 6
alias.zone.test CNAME www.zone.test
nx.zone.test A 127.0.0.9
"""


class Answers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Dns(ttl=77, negative_ttl=33, zone=ZONE).start()
        cls.port = cls.server.port

    @classmethod
    def tearDownClass(cls):
        code = cls.server.stop()
        assert code == 0, f"exit status {code}:\n{cls.server.last_output}"
        assert "queries" in cls.server.last_output

    def test_every_name_is_loopback(self):
        reply = ask(self.port, "Some.Name.example")
        self.assertEqual((reply.code, reply.values), (dns.NOERROR, ["127.0.0.1"]))
        self.assertEqual(reply.records[0][0], "Some.Name.example", "spelt as it was asked")
        self.assertEqual(reply.records[0][2], 77)
        reply = ask(self.port, "some.name.example", "AAAA")
        self.assertEqual((reply.code, reply.values, reply.negative_ttl), (dns.NOERROR, [], 33))

    def test_errors(self):
        for name, code in (("nx", dns.NXDOMAIN), ("servfail", dns.SERVFAIL),
                           ("refused", dns.REFUSED), ("nodata", dns.NOERROR)):
            reply = ask(self.port, name + ".x.test")
            self.assertEqual((reply.code, reply.values), (code, []), name)
        self.assertEqual(ask(self.port, "nx.x.test").negative_ttl, 33)

    def test_silence(self):
        for name, kind in (("silent.x", "A"), ("silent.x", "AAAA"), ("silent-v6.x", "AAAA"),
                           ("lossy.x", "A")):
            with self.assertRaises(socket.timeout):
                ask(self.port, name, kind, timeout=0.3)
        self.assertEqual(ask(self.port, "silent-v6.x").values, ["127.0.0.1"])
        self.assertEqual(ask(self.port, "lossy.x").values, ["127.0.0.1"])

    def test_slow(self):
        begun = time.monotonic()
        self.assertEqual(ask(self.port, "slow-v6.x").values, ["127.0.0.1"])
        self.assertLess(time.monotonic() - begun, 0.9)
        self.assertEqual(ask(self.port, "slow-v6.x", "AAAA").values, ["::1"])
        self.assertGreater(time.monotonic() - begun, 0.9)

    def test_truncation(self):
        reply = ask(self.port, "tc.x")
        self.assertEqual((reply.truncated, reply.values), (True, []))
        reply = ask(self.port, "tc.x", tcp=True)
        self.assertEqual((reply.truncated, reply.values), (False, ["127.0.0.1"]))

    def test_ipv6(self):
        for name, v4 in (("v6refused.x", ["127.0.0.1"]), ("v6only.x", [])):
            self.assertEqual(ask(self.port, name, "AAAA").values, ["::1"])
            self.assertEqual(ask(self.port, name).values, v4)

    def test_aliases(self):
        reply = ask(self.port, "cname.x.test")
        self.assertEqual(reply.values, ["hop1.x.test", "hop2.x.test", "hop3.x.test", "127.0.0.1"])
        self.assertEqual([record[0] for record in reply.records],
                         ["cname.x.test", "hop1.x.test", "hop2.x.test", "hop3.x.test"])
        self.assertEqual(ask(self.port, "cname-loop.x").values, ["cname-loop.x"])

    def test_many_and_short(self):
        self.assertEqual(ask(self.port, "many.x").values, [f"127.0.0.{i}" for i in range(1, 21)])
        self.assertEqual(ask(self.port, "short-ttl.x").records[0][2], 1)

    def test_malformed_answers(self):
        with self.assertRaises((ValueError, IndexError, struct.error)):
            ask(self.port, "garbage.x")

    def test_spoofed_answers(self):
        query = dns.encode_query("spoof.x", "A")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(5)
            client.connect(("127.0.0.1", self.port))
            client.send(query)
            wrong, right = (dns.Reply(client.recv(512), query) for _ in range(2))
        self.assertNotEqual(wrong.ident, right.ident)
        self.assertEqual((wrong.values, right.values), (["127.0.0.66"], ["127.0.0.1"]))

    def test_zone(self):
        reply = ask(self.port, "www.zone.test")
        self.assertEqual(reply.values, ["127.0.0.7", "127.0.0.8"])
        self.assertEqual([record[2] for record in reply.records], [77, 5])
        self.assertEqual(ask(self.port, "www.Zone.test", "AAAA").values, ["::1"])
        self.assertEqual(ask(self.port, "alias.zone.test").values, ["www.zone.test"])
        self.assertEqual(ask(self.port, "nx.zone.test").values, ["127.0.0.9"], "the zone is first")
        self.assertEqual(ask(self.port, "nx.zone.test", "AAAA").values, [])

    def test_counts(self):
        ask(self.port, "counted.x")
        ask(self.port, "counted.x", tcp=True)
        ask(self.port, "counted.x", "AAAA")
        self.assertEqual(self.server.stats("counted.x"),
                         {"queries": 3, "udp": 2, "tcp": 1, "a": 2, "aaaa": 1})
        self.assertEqual(self.server.stats("never.x")["queries"], 0)
        self.assertGreaterEqual(self.server.stats()["queries"], 3)

    def test_what_is_no_query(self):
        query = dns.encode_query("a.x", "A")
        bad = [b"", b"\0", query[:11], query[:12], query[:-1], query[:12] + b"\x40a\0\0\1\0\1",
               query[:12] + b"\xc0\x0c\0\1\0\1", b"\0" * 12, b"\xff" * 200,
               query[:4] + b"\0\2" + query[6:], query[:12] + b"\x3fa"]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.connect(("127.0.0.1", self.port))
            for data in bad:
                client.send(data)
        for data in bad:
            with socket.create_connection(("127.0.0.1", self.port), 5) as client:
                client.sendall(struct.pack(">H", len(data)) + data)
        with socket.create_connection(("127.0.0.1", self.port), 5) as client:
            client.sendall(b"\xff\xff" + query)
        self.assertEqual(ask(self.port, "still.alive").values, ["127.0.0.1"])


class Delay(unittest.TestCase):
    def test_queries_wait_side_by_side(self):
        with Dns(delay_ms=200) as server, concurrent.futures.ThreadPoolExecutor(20) as pool:
            begun = time.monotonic()
            list(pool.map(lambda i: ask(server.port, f"n{i}.x"), range(20)))
            self.assertTrue(0.2 <= time.monotonic() - begun < 2)


if __name__ == "__main__":
    unittest.main()
