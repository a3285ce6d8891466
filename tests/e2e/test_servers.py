"""Real counterparts: nginx over HTTP, TLS and HTTP/2, and a proxy."""

import os
import socket
import threading
import time
import unittest

from harness.case import Case
from harness.nginx import Nginx
from harness.program import Program
from harness.proxy import Proxy
from harness.told import MODES, failures, log, summary

FILES = {
    "small.txt": b"small\n" * 10,
    "empty": b"",
    "docs/index.html": b"<p>hello\n" * 1000,
    "large.bin": bytes(range(256)) * (20 << 10),
}
TEXT = b"the same again and again\n" * 4000


class Servers(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        lines = "location /packed/ { gzip on; gzip_types *; gzip_min_length 1; } " \
            "location /connection { return 200 $connection; }"
        cls.nginx = Nginx(files={**FILES, "packed/text": TEXT}, lines=lines)
        cls.nginx.__enter__()
        cls.addClassCleanup(cls.nginx.__exit__, None, None, None)

    def urls(self, base):
        return [f"{base}/{name}" for name in FILES]

    def assert_all_here(self):
        self.fetch.assert_files([name.rsplit("/", 1)[-1] for name in FILES])
        for name, content in FILES.items():
            self.fetch.assert_contents(name.rsplit("/", 1)[-1], content)

    def test_http_in_all_modes(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", self.urls(self.nginx.base))
                done = self.fetch.run(*arguments, "urls.txt", "-o", "out")
                self.assertEqual(done.code, 0, done)
                self.assert_all_here()

    def test_tls_in_all_modes(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", self.urls(self.nginx.tls_base))
                done = self.fetch.run(*arguments, "--cacert", self.nginx.ca, "urls.txt", "-o",
                                      "out")
                self.assertEqual(done.code, 0, done)
                self.assert_all_here()

    def test_unknown_authority(self):
        """Nobody is trusted who is not known, unless told to (-k)."""
        url = f"{self.nginx.tls_base}/small.txt"
        done = self.fetch.run(url, "-o", "out/")
        self.assertEqual(done.code, 1, done)
        self.assertIn("certificate", failures(done)[url])
        self.fetch.assert_files([])
        done = self.fetch.run("-k", url, "-o", "out/")
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_contents("small.txt", FILES["small.txt"])

    def test_http2(self):
        """Over TLS HTTP/2 is what one gets, and --http1.1 is what one asks for."""
        urls = [f"{self.nginx.tls_base}/small.txt?{number}" for number in range(20)]
        for arguments, version in (([], "2"), (["--http2"], "2"), (["--http1.1"], "1.1")):
            with self.subTest(arguments=arguments), Program() as self.fetch:
                self.fetch.write("urls.txt", urls)
                done = self.fetch.run(*arguments, "--cacert", self.nginx.ca, "--log", "log",
                                      "urls.txt", "-o", "out")
                self.assertEqual(done.code, 0, done)
                self.assertEqual({line["http_version"] for line in log(self.made())}, {version})
                self.assertEqual(len(self.fetch.files()), 20)

    def test_one_connection(self):
        """--http2 lets transfers of a host share one connection, also when all begin at once."""
        urls = [f"{self.nginx.tls_base}/connection?{number}" for number in range(200)]
        for arguments in ([], ["--threads", "2"], ["--mode", "sync"]):
            with self.subTest(arguments), Program() as self.fetch:
                self.fetch.write("urls.txt", urls)
                done = self.fetch.run("--http2", "-j", "100", *arguments, "--cacert",
                                      self.nginx.ca, "urls.txt", "-o", "out")
                self.assertEqual(done.code, 0, done)
                used = {(self.fetch.folder / "out" / name).read_text()
                        for name in self.fetch.files()}
                self.assertEqual(len(used), 2 if "--threads" in arguments else 1)

    def test_time_condition(self):
        """-z: only what is newer than a date, or than a file; whether the server looks or not."""
        os.utime(self.nginx.files / "small.txt", (1_000_000_000, 1_000_000_000))
        old = self.nginx.base + "/small.txt"
        careless = self.origin.url("x", modified="@1000000000")
        for url in (old, careless):
            for date, unchanged in (("20000101", 0), ("Sun, 09 Sep 2001 01:46:40 GMT", 1),
                                    ("20300101", 1), ("-20300101", 0), ("-20000101", 1)):
                for mode in MODES:
                    with self.mode(mode) as arguments:
                        done = self.fetch.run("-z", date, *arguments, "--log", "log", url, "-o",
                                              "out/")
                        self.assertEqual(done.code, 0, (date, done))
                        self.assertEqual(summary(done)["unchanged"], unchanged, date)
                        self.assertEqual(len(self.fetch.files()), 1 - unchanged)
                        self.assertEqual(log(self.made())[0]["path"] is None, bool(unchanged))
        here = self.fetch.folder / "here"
        here.write_text("")
        os.utime(here, (1_000_000_001, 1_000_000_001))
        done = self.fetch.run("-z", "here", old, "-o", "out/")
        self.assertEqual(summary(done)["unchanged"], 1)
        done = self.fetch.run("-z", "nonsense", old)
        self.assertEqual(done.code, 2, done)
        self.assertIn("'nonsense' is neither a date nor a file", done.err)

    def test_compressed(self):
        url = f"{self.nginx.base}/packed/text"
        done = self.fetch.run("--compressed", url, "-o", "text")
        self.assertEqual(done.code, 0, done)
        self.assertEqual((self.fetch.folder / "text").read_bytes(), TEXT)

    def test_remote_time(self):
        """A file has the server's time, unless told otherwise."""
        modified = (self.nginx.files / "small.txt").stat().st_mtime
        os.utime(self.nginx.files / "small.txt", (modified - 1000, modified - 1000))
        for mode in MODES:
            for words, late in (([], False), (["--no-remote-time"], True)):
                with self.mode(mode) as arguments:
                    done = self.fetch.run(*words, *arguments, f"{self.nginx.base}/small.txt",
                                          "-o", "out/")
                    self.assertEqual(done.code, 0, done)
                    got = (self.fetch.folder / "out/small.txt").stat().st_mtime
                    self.assertEqual(got > modified - 500, late)
                    self.assertTrue(late or int(got) == int(modified - 1000))

    def test_a_thousand_files(self):
        for number in range(1000):
            (self.nginx.files / f"n{number}").write_bytes(b"%d\n" % number * (number % 50))
        urls = [f"{self.nginx.base}/n{number}" for number in range(1000)]
        for arguments in (["-j", "50"], ["-j", "50", "--threads", "2"]):
            with self.subTest(arguments=arguments), Program() as self.fetch:
                self.fetch.write("urls.txt", urls)
                done = self.fetch.run(*arguments, "urls.txt", "-o", "out", timeout=60)
                self.assertEqual(done.code, 0, done)
                self.assertEqual(summary(done)["ok"], 1000)
                for number in range(1000):
                    self.fetch.assert_contents(f"n{number}", b"%d\n" % number * (number % 50))


class ThroughProxy(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nginx = Nginx(files=FILES)
        cls.nginx.__enter__()
        cls.addClassCleanup(cls.nginx.__exit__, None, None, None)

    def setUp(self):
        super().setUp()
        self.proxy = self.enter(Proxy())

    def requests(self, count):
        """The proxy writes its log a moment later."""
        deadline = time.monotonic() + 5
        while len(self.proxy.requests()) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.proxy.requests()

    def test_plain(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                url = f"{self.nginx.base}/large.bin"
                done = self.fetch.run("-x", self.proxy.url, *arguments, url, "-o", "out/")
                self.assertEqual(done.code, 0, done)
                self.fetch.assert_contents("large.bin", FILES["large.bin"])
        self.assertEqual(len(self.requests(len(MODES))), len(MODES))
        self.assertIn("/large.bin", self.proxy.requests()[0])

    def test_tunnel(self):
        """TLS goes through a tunnel: the proxy sees host and port, no more."""
        url = f"{self.nginx.tls_base}/small.txt"
        done = self.fetch.run("-x", self.proxy.url, "--cacert", self.nginx.ca, url, "-o", "out/")
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_contents("small.txt", FILES["small.txt"])
        self.assertIn(f"CONNECT 127.0.0.1:{self.nginx.tls_port}", self.requests(1)[0])

    def test_environment(self):
        """http_proxy and no_proxy, as everywhere."""
        url = f"{self.nginx.base}/small.txt"
        done = self.fetch.run(url, "-o", "a/", environment={"http_proxy": self.proxy.url})
        self.assertEqual(done.code, 0, done)
        self.assertEqual(len(self.requests(1)), 1)
        done = self.fetch.run(url, "-o", "b/", environment={"http_proxy": self.proxy.url,
                                                            "no_proxy": "127.0.0.1"})
        self.assertEqual(done.code, 0, done)
        self.assertEqual(len(self.proxy.requests()), 1)

    def test_name_is_the_proxys_affair(self):
        """A host that only the proxy could know is not asked of our resolver."""
        done = self.fetch.run("-x", self.proxy.url, "--retry", "0", "http://nowhere.invalid/a",
                              "-o", "out/")
        self.assertEqual(done.code, 1, done)
        self.assertIn("server answered 5", done.err)
        self.assertNotIn("could not resolve", done.err)

    def test_login(self):
        url = f"{self.nginx.base}/small.txt"
        with Proxy(login=("user", "secret")) as proxy:
            done = self.fetch.run("-x", proxy.url, "--retry", "0", url, "-o", "out/")
            self.assertEqual(done.code, 1, done)
            self.assertIn("407", done.err)
            known = proxy.url.replace("//", "//user:secret@")
            done = self.fetch.run("-x", known, "-v", "--log", "log", url, "-o", "out/")
            self.assertEqual(done.code, 0, done)
            self.assertNotIn("secret", done.err + self.made())

    def test_no_proxy_there(self):
        """The proxy is named as what failed, its password is not."""
        url = f"{self.nginx.base}/small.txt"
        for proxy in ("http://me:hunter2@127.0.0.1:1", "socks5://me:hunter2@127.0.0.1:1"):
            with self.subTest(proxy):
                done = self.fetch.run("-x", proxy, "--retry", "0", url, "-o", "out/")
                self.assertEqual(done.code, 1, done)
                self.assertEqual(failures(done), {
                    url: "could not connect to the proxy 127.0.0.1:1: connection refused"})
                self.fetch.assert_files([])

    def test_no_tunnel(self):
        with Proxy(login=("user", "secret")) as proxy:
            url = f"{self.nginx.tls_base}/small.txt"
            done = self.fetch.run("-x", proxy.url.replace("//", "//me:hunter2@"), "--retry", "0",
                                  url, "-o", "out/")
        self.assertEqual(done.code, 1, done)
        self.assertRegex(failures(done)[url], rf"\Athe proxy 127.0.0.1:{proxy.port} refused the "
                         r"connection \(HTTP 40[0-9]\)\Z")

    def test_socks_that_refuses(self):
        """No method of login is good enough for it: 0xFF (RFC 1928 section 3)."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            def refuse():
                client = server.accept()[0]
                with client:
                    client.recv(100)
                    client.sendall(b"\x05\xff")
                    client.recv(100)
            thread = threading.Thread(target=refuse)
            thread.start()
            port, url = server.getsockname()[1], f"{self.nginx.base}/small.txt"
            done = self.fetch.run("-x", f"socks5://127.0.0.1:{port}", "--retry", "0", url, "-o",
                                  "out/")
            thread.join()
        self.assertEqual(done.code, 1, done)
        self.assertRegex(failures(done)[url],
                         rf"\Athe proxy 127.0.0.1:{port} refused the connection: .*\w")


if __name__ == "__main__":
    unittest.main()
