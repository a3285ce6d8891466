"""What the origin does, seen by Python's own HTTP client and, where that is too polite, a socket."""

import base64
import concurrent.futures
import gzip
import html.parser
import http.client
import json
import socket
import time
import unittest
import urllib.parse

from harness.origin import Origin, body
from harness.web import Web


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.origin = Origin(ipv6=socket.has_ipv6).start()

    @classmethod
    def tearDownClass(cls):
        code = cls.origin.stop()
        assert code == 0, f"exit status {code}:\n{cls.origin.last_output}"

    def ask(self, path="f", method="GET", headers=None, **behaviour):
        """One request on a connection of its own: (response, body)."""
        client = http.client.HTTPConnection("127.0.0.1", self.origin.port, timeout=10)
        self.addCleanup(client.close)
        url = urllib.parse.urlsplit(self.origin.url(path, **behaviour))
        client.request(method, url.path + "?" + url.query, headers=headers or {})
        response = client.getresponse()
        return response, response.read()

    def raw(self, request):
        """Sends bytes; all that comes back until the end. ConnectionResetError passes."""
        with socket.create_connection(("127.0.0.1", self.origin.port), 10) as client:
            client.sendall(request)
            return b"".join(iter(lambda: client.recv(65536), b""))

    def raw_get(self, path="f", **behaviour):
        url = urllib.parse.urlsplit(self.origin.url(path, **behaviour))
        return self.raw(f"GET {url.path}?{url.query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())

    def until_reset(self, **behaviour):
        """What comes before the reset."""
        url = urllib.parse.urlsplit(self.origin.url("f", **behaviour))
        got = b""
        with socket.create_connection(("127.0.0.1", self.origin.port), 10) as client:
            client.sendall(f"GET {url.path}?{url.query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            with self.assertRaises(ConnectionResetError):
                while True:
                    more = client.recv(65536)
                    self.assertTrue(more, "closed, not reset")
                    got += more
        return got


class Served(Case):
    def test_body_follows_from_path_and_offset(self):
        for path, size in (("a.bin", 0), ("a.bin", 1), ("b/c%20d.bin", 64), ("a.bin", 100_000)):
            response, got = self.ask(path, size=size)
            self.assertEqual(response.status, 200)
            self.assertEqual(got, body("/" + path, size), path)
        self.assertNotEqual(body("/a", 64), body("/b", 64))

    def test_default_size_and_units(self):
        self.assertEqual(len(self.ask()[1]), 1024)
        self.assertEqual(len(self.ask(size="3K")[1]), 3072)
        self.assertEqual(self.ask("big", size="2M")[1], body("/big", 2 << 20))

    def test_seed_changes_the_body(self):
        self.assertEqual(self.ask(seed="2")[1], body("/f", seed="2"))
        self.assertNotEqual(body("/f"), body("/f", seed="2"))

    def test_ipv6(self):
        if not self.origin.base6:
            self.skipTest("no IPv6")
        client = http.client.HTTPConnection("::1", urllib.parse.urlsplit(self.origin.base6).port,
                                            timeout=10)
        self.addCleanup(client.close)
        client.request("GET", "/f")
        self.assertEqual(client.getresponse().read(), body("/f"))

    def test_keep_alive_and_pipelining(self):
        one = b"GET /f?size=10 HTTP/1.1\r\nHost: x\r\n\r\n"
        last = b"GET /f?size=10&conn=close HTTP/1.1\r\nHost: x\r\n\r\n"
        got = self.raw(one + one + last)
        self.assertEqual(got.count(b"HTTP/1.1 200"), 3)
        self.assertEqual(got.count(b"Connection: close"), 1)

    def test_head_has_no_body(self):
        response, got = self.ask(method="HEAD", size=10)
        self.assertEqual((response.getheader("Content-Length"), got), ("10", b""))

    def test_framings(self):
        response, got = self.ask(size="40K", chunked=1)
        self.assertEqual(response.getheader("Transfer-Encoding"), "chunked")
        self.assertEqual(got, body("/f", 40 << 10))
        response, got = self.ask(size=500, nolength=1)
        self.assertIsNone(response.getheader("Content-Length"))
        self.assertEqual(got, body("/f", 500))
        response, got = self.ask(size=500, http10=1)
        self.assertEqual((response.version, got), (10, body("/f", 500)))

    def test_http10_clients_get_no_chunks(self):
        got = self.raw(b"GET /f?size=64&chunked=1 HTTP/1.0\r\n\r\n")
        self.assertNotIn(b"chunked", got)
        self.assertTrue(got.endswith(b"\r\n\r\n" + body("/f", 64)))

    def test_gzip(self):
        response, got = self.ask(size="100K", gzip=1)
        self.assertEqual(response.getheader("Content-Encoding"), "gzip")
        self.assertEqual(int(response.getheader("Content-Length")), len(got))
        self.assertEqual(gzip.decompress(got), body("/f", 100 << 10))
        for megabytes in (2, 9):  # beyond eight there is no Content-Length
            response, got = self.ask(size=f"{megabytes}M", gzip=1)
            self.assertEqual(gzip.decompress(got), body("/f", megabytes << 20))
            self.assertEqual(response.getheader("Content-Length") is None, megabytes == 9)
        self.assertIsNone(self.ask(gzip="negotiate")[0].getheader("Content-Encoding"))
        response, got = self.ask(gzip="negotiate", headers={"Accept-Encoding": "br, gzip;q=0.5"})
        self.assertEqual(gzip.decompress(got), body("/f"))

    def test_gzip_bomb(self):
        response, got = self.ask(size="20M", gzip="bomb")
        self.assertEqual(response.getheader("Content-Encoding"), "gzip")
        self.assertLess(len(got), 40_000)
        self.assertEqual(gzip.decompress(got), bytes(20 << 20))

    def test_gzip_that_is_broken(self):
        for size in ("100K", 0):
            whole = self.ask(size=size, gzip=1)[1]
            for how, expected in (("cut", whole[:-1]),
                                  ("damaged", whole[:-1] + bytes([whole[-1] ^ 1]))):
                response, got = self.ask(size=size, gzip=how)
                self.assertEqual(response.getheader("Content-Encoding"), "gzip")
                self.assertEqual(int(response.getheader("Content-Length")), len(got))
                self.assertEqual(got, expected)
                self.assertEqual(self.ask(size=size, gzip=how, chunked=1)[1], expected)

    def test_headers_of_the_content(self):
        response, _ = self.ask(type="text/plain", disposition="a b.txt", cookie="k=v; Path=/",
                               header=["X-One: 1", "X-Two: 2"])
        self.assertEqual(response.getheader("Content-Type"), "text/plain")
        self.assertEqual(response.getheader("Content-Disposition"),
                         'attachment; filename="a b.txt"')
        self.assertEqual(response.getheader("Set-Cookie"), "k=v; Path=/")
        self.assertEqual((response.getheader("X-One"), response.getheader("X-Two")), ("1", "2"))

    def test_etag(self):
        self.assertEqual(self.ask(etag="v1")[0].getheader("ETag"), '"v1"')
        self.assertEqual(self.ask(etag="W/v1")[0].getheader("ETag"), 'W/"v1"')
        for tags, status in (('"v1"', 304), ('W/"v1"', 304), ('"x", "v1"', 304), ("*", 304),
                             ('"v2"', 200), ("v1", 200)):
            response, got = self.ask(etag="v1", headers={"If-None-Match": tags})
            self.assertEqual(response.status, status, tags)
            self.assertEqual(got, b"" if status == 304 else body("/f"))

    def test_modified(self):
        date = "Tue, 14 Nov 2023 22:13:20 GMT"
        later = "Wed, 15 Nov 2023 22:13:20 GMT"
        sooner = "Mon, 13 Nov 2023 22:13:20 GMT"
        for modified in ("@1700000000", date):
            self.assertEqual(self.ask(modified=modified)[0].getheader("Last-Modified"), date)
        for since, status in ((date, 304), (later, 304), (sooner, 200), ("yesterday", 200)):
            response, _ = self.ask(modified=date, headers={"If-Modified-Since": since})
            self.assertEqual(response.status, status, since)
        # A tag that does not match outweighs a date that does.
        response, _ = self.ask(modified=date, etag="v2", headers={
            "If-Modified-Since": date, "If-None-Match": '"v1"'})
        self.assertEqual(response.status, 200)

    def test_ranges(self):
        whole = body("/f", 1000)
        for text, first, end in (("0-0", 0, 1), ("100-199", 100, 200), ("990-", 990, 1000),
                                 ("-5", 995, 1000), ("900-5000", 900, 1000), ("-5000", 0, 1000)):
            response, got = self.ask(size=1000, ranges=1, headers={"Range": "bytes=" + text})
            self.assertEqual(response.status, 206, text)
            self.assertEqual(response.getheader("Content-Range"), f"bytes {first}-{end - 1}/1000")
            self.assertEqual(got, whole[first:end])
            self.assertEqual(got, body("/f", end, first=first))

    def test_ranges_that_cannot_be(self):
        for text in ("1000-", "5000-6000", "-0"):
            response, got = self.ask(size=1000, ranges=1, headers={"Range": "bytes=" + text})
            self.assertEqual((response.status, got), (416, b""), text)
            self.assertEqual(response.getheader("Content-Range"), "bytes */1000")

    def test_ranges_that_are_ignored(self):
        for text in ("bytes=5-1", "bytes=x-", "bytes=-", "bytes=0-1,3-4", "lines=1-2", "bytes=1",
                     "bytes=99999999999999999999-"):
            response, got = self.ask(size=1000, ranges=1, headers={"Range": text})
            self.assertEqual((response.status, len(got)), (200, 1000), text)
        response, got = self.ask(size=1000, headers={"Range": "bytes=0-1"})
        self.assertEqual((response.status, len(got)), (200, 1000))
        self.assertIsNone(response.getheader("Accept-Ranges"))

    def test_if_range(self):
        date = "Tue, 14 Nov 2023 22:13:20 GMT"
        for validator, etag, status in (('"v1"', "v1", 206), ('"v0"', "v1", 200), (date, "v1", 206),
                                        ('W/"v1"', "W/v1", 200), ("rubbish", "v1", 200)):
            response, _ = self.ask(size=1000, ranges=1, etag=etag, modified=date, headers={
                "Range": "bytes=1-2", "If-Range": validator})
            self.assertEqual(response.status, status, validator)

    def test_wrong_ranges(self):
        response, got = self.ask(size=1000, ranges="wrong", headers={"Range": "bytes=100-199"})
        self.assertEqual(response.getheader("Content-Range"), "bytes 0-99/1000")
        self.assertEqual(got, body("/f", 100))

    def test_echo(self):
        response, got = self.ask("p/q", echo=1, headers={"X-Test": "caf\xe9"})
        echo = json.loads(got)
        self.assertEqual(response.getheader("Content-Type"), "application/json")
        self.assertEqual((echo["method"], echo["path"], echo["query"]), ("GET", "/p/q", "echo=1"))
        self.assertIn(["X-Test", "caf\xe9"], echo["headers"])
        self.assertIn(["Host", self.origin.host], echo["headers"])

    def test_as_a_proxy(self):
        got = self.raw(b"GET http://a.test/p?echo=1 HTTP/1.1\r\nHost: a.test\r\n"
                       b"Connection: close\r\n\r\n")
        echo = json.loads(got.split(b"\r\n\r\n", 1)[1])
        self.assertEqual((echo["target"], echo["path"]), ("http://a.test/p?echo=1", "/p"))

    def test_auth(self):
        response, _ = self.ask(auth="me:pass word")
        self.assertEqual(response.status, 401)
        self.assertIn("Basic", response.getheader("WWW-Authenticate"))
        for login, status in (("me:pass word", 200), ("me:pass", 401), ("", 401)):
            token = base64.b64encode(login.encode()).decode()
            response, _ = self.ask(auth="me:pass word", headers={"Authorization": "Basic " + token})
            self.assertEqual(response.status, status, login)


class Misbehaved(Case):
    def test_delay(self):
        begun = time.monotonic()
        self.ask(delay="200ms")
        self.assertGreaterEqual(time.monotonic() - begun, 0.2)
        self.ask(delay="0.2")
        self.assertGreaterEqual(time.monotonic() - begun, 0.4)

    def test_drip(self):
        begun = time.monotonic()
        _, got = self.ask(size=50, drip="10/40ms")
        self.assertEqual(got, body("/f", 50))
        self.assertGreaterEqual(time.monotonic() - begun, 0.16)

    def test_stall(self):
        with socket.create_connection(("127.0.0.1", self.origin.port), 10) as client:
            client.sendall(b"GET /f?size=100&stall=7 HTTP/1.1\r\nHost: x\r\n\r\n")
            got = b""
            while not got.endswith(b"\r\n\r\n" + body("/f", 7)):
                more = client.recv(65536)
                self.assertTrue(more, "closed, not stalled")
                got += more
            client.settimeout(0.3)
            with self.assertRaises(socket.timeout):
                client.recv(1)
        self.assertIn(b"Content-Length: 100\r\n", got)

    def test_truncate(self):
        with self.assertRaises(http.client.IncompleteRead) as caught:
            self.ask(size=100, truncate=9)
        self.assertEqual(caught.exception.partial, body("/f", 9))

    def test_wrong_length(self):
        got = self.raw_get(size=100, length=200)
        self.assertIn(b"Content-Length: 200\r\n", got)
        self.assertTrue(got.endswith(b"\r\n\r\n" + body("/f", 100)))
        got = self.raw_get(size=100, length=10)
        self.assertIn(b"Content-Length: 10\r\n", got)
        self.assertTrue(got.endswith(b"\r\n\r\n" + body("/f", 100)))

    def test_resets(self):
        self.assertEqual(self.until_reset(reset="accept", delay="1m"), b"")
        self.assertEqual(self.until_reset(reset="request", delay="10ms"), b"")
        got = self.until_reset(reset="headers")
        self.assertTrue(got.startswith(b"HTTP/1.1 200 OK\r\nDate: "))
        self.assertNotIn(b"\r\n\r\n", got)
        self.assertTrue(self.until_reset(reset="after-headers").endswith(b"\r\n\r\n"))
        got = self.until_reset(size="1M", reset="body")
        self.assertEqual(got.split(b"\r\n\r\n", 1)[1], body("/f", 1 << 19))

    def test_a_port_that_resets(self):
        port = urllib.parse.urlsplit(self.origin.reset_base).port
        with self.assertRaises(ConnectionResetError):  # while connecting, or after
            with socket.create_connection(("127.0.0.1", port), 10) as client:
                client.recv(1)

    def test_closes(self):
        got = self.raw_get(close="headers")
        self.assertTrue(got.startswith(b"HTTP/1.1 200 OK\r\n") and got.endswith(b"\r\n"))
        self.assertNotIn(b"\r\n\r\n", got)
        self.assertNotIn(b"Content-Length", got)
        self.assertEqual(self.raw_get(close="silent"), b"")

    def test_chunks(self):
        half = b"\r\n\r\n000001f4\r\n" + body("/f", 500) + b"\r\n"
        self.assertTrue(self.raw_get(size=1000, chunks="broken").endswith(
            half + b"zz\r\nthis is no chunk\r\n"))
        self.assertTrue(self.raw_get(size=1000, chunks="cut").endswith(
            half + b"00001000\r\n"))
        self.assertTrue(self.raw_get(size=500, chunks="unended").endswith(half))

    def test_huge_headers(self):
        got = self.raw_get(size=1, headers="64K", conn="close")
        self.assertGreater(got.index(b"\r\n\r\n"), 65536)
        self.assertTrue(got.endswith(body("/f", 1)))

    def test_endless_headers(self):
        got = self.raw_get(headers="endless")
        self.assertGreater(len(got), 10_000_000)
        self.assertNotIn(b"\r\n\r\n", got)

    def test_interim(self):
        got = self.raw_get(size=1, interim=103, conn="close")
        self.assertTrue(got.startswith(b"HTTP/1.1 103 Early Hints\r\n"))
        self.assertIn(b"\r\n\r\nHTTP/1.1 200 OK\r\n", got)

    def test_conn(self):
        got = self.raw_get(size=1, conn="drop")
        self.assertNotIn(b"Connection", got)
        self.assertIn(b"Connection: close", self.raw_get(size=1, conn="close"))

    def test_noise(self):
        got = self.raw_get(noise=1)
        self.assertTrue(got and not got.startswith(b"HTTP"))


class Instead(Case):
    def test_status(self):
        for status in (204, 304, 404, 429, 500, 503, 599):
            response, got = self.ask(status=status, size=5)
            self.assertEqual(response.status, status)
            self.assertEqual(got, b"" if status in (204, 304) else body("/f", 5))

    def test_retry_after(self):
        self.assertEqual(self.ask(status=503, retry_after=7)[0].getheader("Retry-After"), "7")
        date = self.ask(status=429, retry_after="date+5")[0].getheader("Retry-After")
        away = time.mktime(time.strptime(date, "%a, %d %b %Y %H:%M:%S GMT")) - time.mktime(
            time.gmtime())
        self.assertTrue(2 <= away <= 6, date)

    def test_redirects(self):
        url, statuses = "/f?size=3&redirect=3", []
        for _ in range(5):
            got = self.raw(f"GET {url} HTTP/1.0\r\n\r\n".encode())
            statuses.append(int(got.split()[1]))
            if b"Location: " not in got:
                break
            url = got.split(b"Location: ")[1].split(b"\r\n")[0].decode()
        self.assertEqual((statuses, url), ([302, 302, 302, 200], "/f?size=3&redirect=0"))

    def test_redirect_loop_and_location(self):
        response, _ = self.ask(redirect="loop", status=307)
        self.assertEqual(response.status, 307)
        self.assertEqual(response.getheader("Location"), "/f?redirect=loop&status=307")
        response, _ = self.ask(location="http://other.test/?a=1&b=2", status=301)
        self.assertEqual((response.status, response.getheader("Location")),
                         (301, "http://other.test/?a=1&b=2"))

    def test_times(self):
        got = [self.ask("times", size=9, status=503, times=2)[0].status for _ in range(4)]
        self.assertEqual(got, [503, 503, 200, 200])
        other = self.ask("times", size=8, status=503, times=2)[0].status
        self.assertEqual(other, 503, "another URL is counted apart")
        response, got = self.ask("once", size=9, reset="body", times=0, etag="v")
        self.assertEqual((got, response.getheader("ETag")), (body("/once", 9), '"v"'))

    def test_unknown_keys_and_values(self):
        for query in ("dealy=1", "size=big", "size=1X", "size=-1", "delay=1h", "reset=never",
                      "chunked=2", "status=99", "size", "type=%0d%0aX:%201", "type=%zz", "type=%4",
                      "drip=10", "drip=0/1s", "size=99999999999999999999", "interim=101",
                      "type=" + "a" * 5000, "&".join(["header=a:b"] * 9)):
            got = self.raw(f"GET /f?{query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            self.assertTrue(got.startswith(b"HTTP/1.1 400 "), query[:50])
            self.assertIn(b"does not understand", got)
        self.assertEqual(self.ask(n=1)[0].status, 200)

    def test_malformed_requests(self):
        for request, status in ((b"nonsense\r\n\r\n", 400), (b"GET / HTTP/1.1\r\n\r\n", 400),
                                (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 400),
                                (b"POST / HTTP/1.1\r\nHost: x\r\n\r\n", 405),
                                (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a: b\r\n" * 70 + b"\r\n", 431),
                                (b"GET /" + b"a" * 17000, 431)):
            self.assertTrue(self.raw(request).startswith(b"HTTP/1.1 %d " % status), request[:40])
        self.assertEqual(self.raw(b"\x16\x03\x01\r\n\r\n")[:12], b"HTTP/1.1 400")


class Stats(Case):
    def setUp(self):
        self.origin.reset_stats()

    def test_counts(self):
        for _ in range(3):
            self.ask("a", size=1)
        self.raw(b"GET /b HTTP/1.1\r\nHost: b.test\r\nConnection: close\r\n\r\n")
        stats = self.origin.stats()
        self.assertEqual((stats["requests"], stats["requests_now"], stats["requests_max"]),
                         (4, 0, 1))
        self.assertEqual(stats["hosts"]["b.test"],
                         {"requests": 1, "now": 0, "max": 1, "connections": 1})
        self.assertEqual(stats["hosts"][self.origin.host]["requests"], 3)

    def test_concurrency_is_seen(self):
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda i: self.ask(n=i, delay="500ms"), range(8)))
        stats = self.origin.stats()
        self.assertEqual((stats["requests_max"], stats["hosts"][self.origin.host]["max"]), (8, 8))
        self.assertGreaterEqual(stats["connections_max"], 8)

    def test_when(self):
        self.ask("slow/x", delay="100ms", size=1)
        self.ask("other", size=1)
        [entry] = self.origin.requests("slow/x")
        self.assertGreaterEqual(entry["end_ms"] - entry["begin_ms"], 100)
        self.assertEqual(entry["target"], "/slow/x?delay=100ms&size=1")

    def test_a_client_that_leaves_is_noticed(self):
        with socket.create_connection(("127.0.0.1", self.origin.port), 10) as client:
            client.sendall(b"GET /f?delay=1m HTTP/1.1\r\nHost: x\r\n\r\n")
            while self.origin.stats()["requests_now"] == 0:
                time.sleep(0.01)
        deadline = time.monotonic() + 10
        while self.origin.stats()["requests_now"] and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertEqual(self.origin.stats()["requests_now"], 0)

    def test_only_the_last_five_thousand_are_remembered(self):
        request = b"".join(b"GET /r?size=1&n=%d HTTP/1.1\r\nHost: x\r\n\r\n" % i
                           for i in range(5100))
        self.raw(request + b"GET /last?size=1&conn=close HTTP/1.1\r\nHost: x\r\n\r\n")
        recent = self.origin.requests()
        self.assertEqual((len(recent), recent[0]["target"], recent[-1]["target"]),
                         (5000, "/r?size=1&n=101", "/last?size=1&conn=close"))


class Links(html.parser.HTMLParser):
    """(kind, target) of every link in a page."""

    def __init__(self, base):
        super().__init__()
        self.base, self.found = base, []

    def handle_starttag(self, tag, attributes):
        target = dict(attributes).get({"a": "href", "img": "src"}.get(tag))
        if target:
            self.found.append((tag, urllib.parse.urljoin(self.base, target)))


class SyntheticWeb(unittest.TestCase):
    def setUp(self):
        self.origin = Origin(web="20:40:3000").start()
        self.addCleanup(self.origin.stop)
        self.web = Web(20, 40, self.origin.port)

    def get(self, url):
        parts = urllib.parse.urlsplit(url)
        client = http.client.HTTPConnection("127.0.0.1", self.origin.port, timeout=10)
        self.addCleanup(client.close)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        client.request("GET", target, headers={"Host": parts.netloc})
        response = client.getresponse()
        return response, response.read().decode("latin-1")

    def test_pages_link_as_computed(self):
        for host in (0, 4, 19):
            for page in range(40):
                url = self.web.url(host, Web.path(page))
                response, text = self.get(url)
                links = Links(url)
                links.feed(text)
                self.assertEqual(links.found, self.web.links(host, page))
                self.assertEqual(response.status, 200)
                self.assertGreater(len(text), 2900)

    def test_all_is_answered_as_computed(self):
        for url, status in self.web.expected([3], requisites=True).items():
            response, _ = self.get(url)
            if "/flaky/" in url:
                self.assertEqual(response.status, 503)
                response, _ = self.get(url)
            self.assertEqual(response.status, status, url)

    def test_robots_differ(self):
        self.assertEqual(self.get(self.web.url(4, "/robots.txt"))[0].status, 404)
        self.assertIn("Crawl-delay: 0.05", self.get(self.web.url(8, "/robots.txt"))[1])
        self.assertNotIn("Crawl-delay", self.get(self.web.url(1, "/robots.txt"))[1])

    def test_other_hosts_are_served_as_ever(self):
        text = self.get("http://h20.web.test/p/1.html?size=7")[1]
        self.assertEqual(text, body("/p/1.html", 7).decode())


class Life(unittest.TestCase):
    def test_ends_while_clients_are_served(self):
        with Origin() as origin:
            clients = []
            for query in (b"delay=1m", b"stall=1", b"size=1G", b"drip=1/1s"):
                client = socket.create_connection(("127.0.0.1", origin.port), 10)
                client.sendall(b"GET /f?" + query + b" HTTP/1.1\r\nHost: x\r\n\r\n")
                clients.append(client)
            clients.append(socket.create_connection(("127.0.0.1", origin.port), 10))
            while origin.stats()["connections_max"] < 6:
                time.sleep(0.01)
            begun = time.monotonic()
            code = origin.stop()
            self.assertEqual(code, 0, origin.last_output)
            self.assertLess(time.monotonic() - begun, 5)
            for client in clients:
                client.close()


if __name__ == "__main__":
    unittest.main()
