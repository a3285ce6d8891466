"""Proxies of all kinds, who is reached without them, and from where we go out."""

import unittest

from harness.case import Case
from harness.nginx import Nginx
from harness.program import Program
from harness.proxy import Proxy
from harness.socks import Socks, TlsProxy
from harness.told import MODES

FILES = {"a": b"hello\n" * 1000}


class Proxies(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nginx = Nginx(files=FILES)
        cls.nginx.__enter__()
        cls.addClassCleanup(cls.nginx.__exit__, None, None, None)

    def bases(self):
        """By address and by name, plain and over TLS."""
        return [base.replace("127.0.0.1", host) for base in (self.nginx.base, self.nginx.tls_base)
                for host in ("127.0.0.1", "localhost")]

    def get(self, *arguments):
        """From all bases, and all of it."""
        for number, base in enumerate(self.bases()):
            done = self.fetch.run("--cacert", self.nginx.ca, *arguments, f"{base}/a", "-o",
                                  f"out{number}/")
            self.assertEqual(done.code, 0, done)
            self.assertEqual((self.fetch.folder / f"out{number}" / "a").read_bytes(), FILES["a"])

    def test_socks(self):
        """Whether the proxy is told a name or an address."""
        port, tls_port = self.nginx.port, self.nginx.tls_port
        for kind, by_name in (("socks4", False), ("socks4a", True), ("socks5", False),
                              ("socks5h", True)):
            with self.subTest(kind), Socks() as socks, Program() as self.fetch:
                self.get("-4", "-x", f"{kind}://{socks.address}")
                name = "localhost" if by_name else "127.0.0.1"
                self.assertEqual([where for _, where in socks.asked()],
                                 [f"127.0.0.1:{port}", f"{name}:{port}",
                                  f"127.0.0.1:{tls_port}", f"{name}:{tls_port}"])

    def test_socks_in_all_modes(self):
        with Socks() as socks:
            for mode in MODES:
                with self.mode(mode) as arguments:
                    urls = [f"{self.nginx.base}/a?{number}" for number in range(20)]
                    self.fetch.write("urls.txt", urls)
                    done = self.fetch.run("-x", f"socks5h://{socks.address}", *arguments,
                                          "urls.txt", "-o", "out")
                    self.assertEqual(done.code, 0, done)
                    self.assertEqual(len(self.fetch.files()), 20)

    def test_socks_by_name(self):
        """The proxy's own name is looked up by us."""
        with Socks() as socks:
            self.get("-4", "-x", f"socks5://localhost:{socks.port}")

    def test_socks_login(self):
        url = f"{self.nginx.base}/a"
        with Socks(login=("me", "hunter2")) as socks:
            for kind in ("socks5", "socks5h"):
                for words in (["-x", f"{kind}://me:hunter2@{socks.address}"],
                              ["-x", f"{kind}://{socks.address}", "-U", "me:hunter2"]):
                    with self.subTest(words), Program() as self.fetch:
                        done = self.fetch.run(*words, "-v", "--log", "log", url, "-o", "out/")
                        self.assertEqual(done.code, 0, done)
                        self.assertNotIn("hunter2", done.err + self.made())
            for words in ([], ["-U", "me:wrong"]):
                with self.subTest(words), Program() as self.fetch:
                    done = self.fetch.run("-x", f"socks5://{socks.address}", *words, url, "-o",
                                          "out/")
                    self.assertEqual(done.code, 1, done)
                    self.assertIn("proxy", done.err)
                    self.assertNotIn("wrong", done.err)

    def test_socks_with_nobody_behind(self):
        with Socks() as socks:
            done = self.fetch.run("-x", f"socks5h://{socks.address}", "--retry", "0",
                                  "http://127.0.0.1:1/", "-o", "out/")
            self.assertEqual(done.code, 1, done)
            self.assertIn("proxy", done.err)

    def test_https_proxy(self):
        with Proxy(login=("me", "hunter2")) as proxy, TlsProxy(proxy.port) as tls:
            self.get("-x", tls.url, "--proxy-cacert", tls.ca, "-U", "me:hunter2")
            self.get("-x", tls.url, "--proxy-insecure", "-U", "me:hunter2")
            done = self.fetch.run("-x", tls.url, "-U", "me:hunter2", "-k",
                                  f"{self.nginx.base}/a", "-o", "out/")
            self.assertEqual(done.code, 1, done)
            self.assertIn("certificate", done.err)

    def test_login_by_option(self):
        with Proxy(login=("me", "hunter2")) as proxy:
            self.get("-x", proxy.url, "-U", "me:hunter2")
            self.get("--proxy", proxy.url, "--proxy-user", "me:hunter2")

    def test_login_is_for_the_proxy_alone(self):
        url = self.origin.url("a", echo=1)
        done = self.fetch.run("-U", "me:hunter2", "-o", "-", url)
        self.assertEqual(done.code, 0, done)
        self.assertNotIn(b"uthorization", done.out)
        with Proxy(login=("me", "hunter2")) as proxy:
            done = self.fetch.run("-x", proxy.url, "-U", "me:hunter2", "-o", "-", url)
            self.assertEqual(done.code, 0, done)
            self.assertNotIn(b"uthorization", done.out)

    def test_no_proxy(self):
        url = f"{self.nginx.base}/a"
        nobody = ["-x", "http://127.0.0.1:1", "--retry", "0"]
        for words, environment, code in (
                (["--noproxy", "127.0.0.1"], {}, 0), (["--noproxy", "x,127.0.0.0/8"], {}, 0),
                (["--noproxy", "*"], {}, 0), (["--noproxy", "localhost"], {}, 1),
                ([], {"no_proxy": "127.0.0.1"}, 0), (["--noproxy", ""], {"no_proxy": "*"}, 1)):
            with self.subTest(words, environment=environment), Program() as self.fetch:
                done = self.fetch.run(*nobody, *words, url, "-o", "out/", environment=environment)
                self.assertEqual(done.code, code, done)


class Interfaces(Case):
    def test_address(self):
        """The origin sees from where we come."""
        with Nginx(lines="location /who { return 200 $remote_addr; }") as nginx:
            for mode in MODES:
                for where in ("127.0.0.7", "host!127.0.0.7"):
                    with self.mode(mode) as arguments:
                        done = self.fetch.run("--interface", where, *arguments,
                                              nginx.base.replace("127.0.0.1", "localhost") +
                                              "/who", "-o", "out/")
                        self.assertEqual(done.code, 0, done)
                        self.fetch.assert_contents("who", b"127.0.0.7")

    def test_device(self):
        for where in ("lo", "if!lo"):
            done = self.fetch.run("--interface", where, self.origin.url("a"), "-o", "out/")
            self.assertEqual(done.code, 0, done)

    def test_none(self):
        for where in ("nosuch0", "if!127.0.0.1", "host!lo", "", "x" * 100):
            with self.subTest(where):
                done = self.fetch.run("--interface", where, self.origin.url("a"), "-o", "out/")
                self.assertEqual(done.code, 2, done)
                self.assertIn("--interface", done.err)

    def test_other_family(self):
        done = self.fetch.run("--interface", "::1", "--retry", "0", self.origin.url("a"), "-o",
                              "out/")
        self.assertEqual(done.code, 1, done)


if __name__ == "__main__":
    unittest.main()
